export const snapshotCodes = {
  SL190: {
    title: 'A snapshot that does not say how changes are told',
    help: 'A snapshot needs `unique_key`, the columns that tell its rows apart, and `snapshot`: either `{ strategy: timestamp, updated_at: COLUMN }`, where a column says when a row changed, or `{ strategy: check, columns: all }` (or a list), where values are compared.',
  },
  SL191: {
    title: 'A setting that does not belong to the snapshot',
    help: '`updated_at` belongs to `strategy: timestamp`, `columns` to `strategy: check`, `names: { deleted_at }` to `deletes: close` and `names: { is_deleted }` to `deletes: new_row`; `as_of` has an effect only where Sluice writes instants. The partition column of a snapshot is always `sluice_partition_start`.',
  },
  SL192: {
    title: 'A snapshot that needs partitions',
    help: 'What has no time of its own gets that of the interval in which it was seen: a change found by comparing columns, and a key that is gone. So these snapshots need `partition: { grain: day, start: 2024-01-01 }`. Only `strategy: timestamp` with `deletes: ignore` does without, as each version carries its own time.',
  },
  SL193: {
    title: 'A column of a snapshot that has the name of another',
    help: 'A snapshot adds `valid_from`, `valid_to`, and with `deletes` the column `deleted_at` or `is_deleted`. They must differ from each other, from the key and from the columns that are compared: choose others by `names: { valid_from: …, valid_to: … }`.',
  },
  SL194: {
    title: 'A setting under which a snapshot would lose history',
    help: '`on_schema_change: sync` would drop columns together with their history, and with `ahead` an interval would be recorded before it has ended. Use `on_schema_change: append`, and remove `ahead`.',
  },
  SL690: {
    title: 'A rebuild that would lose history',
    help: 'A snapshot remembers what its source no longer shows. `--full-refresh` deletes that and takes what the query returns now, which is right only if the query still gives the state of every past interval. Leave the snapshot out with `--exclude`, or say that you mean it with `--lose-history`.',
  },
  SL691: {
    title: 'The columns of a snapshot changed',
    help: 'The query returns other columns than the table has. `on_schema_change: append` lets the table follow: new columns are added, and are NULL in versions that were recorded before; columns that are gone stay, and are NULL in new versions. A changed type needs a cast in the query, as nothing may rewrite the history.',
  },
  SL692: {
    title: 'A past that cannot be recorded any more',
    help: 'A snapshot records what its source shows, interval by interval. An interval before the newest recorded one cannot be recorded later, because what followed was told apart from it; and a query that does not name its partition shows only the present, so that only the latest interval can be recorded.',
  },
  SL693: {
    title: 'A history that contradicts itself',
    help: 'Of each key at most one version is current, and versions do not overlap. Nothing that Sluice writes breaks this, so somebody changed the table, or `unique_key` is not what it was when the history began. Nothing was published.',
  },
  SL694: {
    title: 'A time of change that cannot be used',
    help: '`updated_at` must be a date, a timestamp or a timestamptz, and never NULL: a version of a row begins there. With `deletes` and a grain below a day it must not be a date, as it also tells when a key was gone.',
  },
  SL695: {
    title: 'A column that the snapshot adds is in the query already',
    help: 'The query returns a column with the name of one that the snapshot adds. Rename it in the query, or choose another name by `snapshot: { names: { valid_from: … } }`.',
  },
} as const
