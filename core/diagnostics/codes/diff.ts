export const diffCodes = {
  SL430: {
    title: 'The base does not compile',
    help: '`sluice diff --base REF` compiles the project as it is at that commit, for the same target and with the same variables, and it has mistakes there. What is printed are the first of them, in files as the commit has them. Name a commit that compiles, or compare with a manifest that `sluice compile` wrote when it did: `--base path/to/manifest.json`.',
  },
  SL432: {
    title: 'Nothing to compare data of',
    help: '`--data` builds the rows of selected models whose SQL is changed, as the base and as the project say, and compares them. None of what is selected is changed in a way that decides rows and is there on both sides. Take `--select` away, or look at the differences without `--data`.',
  },
  SL433: {
    title: 'Data cannot be compared without the SQL of the base',
    help: '`--data` runs the SQL of both sides, and a `manifest.json` does not hold all that the base needs to run. Name a Git ref: `--base main`.',
  },
  SL434: {
    title: 'No partition to compare',
    help: '`--data` compares the rows of partitions of models that have them. Name one with `--partition`, or a range with `--from` and `--to`, that all of the models have.',
  },
  SL435: {
    title: 'No key to compare rows by',
    help: 'To find the same row on both sides, `--data` needs columns that are unique and not null: those of a `unique` check, the `unique_key` of a merge, or `--key`. Without them rows are compared as a whole: how many are only on one side.',
  },
  SL436: {
    title: 'Rows could not be built for a comparison',
    help: '`--data` runs the SQL of both sides on the target, in tables of its own that are gone afterwards. The engine refused. The message is the engine’s; the side and the model are named.',
  },
  SL438: {
    title: 'A change that breaks readers',
    help: 'Whoever reads the relation may have to change for this: it is gone or has another name, a column is gone or has another name, a column has a narrower type, or may be NULL now. Reports of `sluice diff` say so at the file, so that whoever reviews the change sees it. What reads it within the project is listed by the diff; who reads it elsewhere only you know. See [diff](diff.md).',
  },
} as const
