export const lineagePictureCodes = {
  SL945: {
    title: 'An option of `sluice lineage` that does not fit what was asked',
    help: '`sluice lineage RELATION` follows columns; `--downstream`, `--depth` and `--role` say how. Without a relation `sluice lineage` shows which relations read which, and `--select`, `--exclude` and `--selector` say of which. One call does one of the two.',
  },
} as const
