/** What is said of sources: how they are observed and waited for. */
export const sourceCodes = {
  SL151: {
    title: 'A source that cannot be observed like that',
    help: '`observe` says how changes of a source are seen: `{ column: loaded_at }` counts its rows and looks at the newest value of a column, `{ query: "select …" }` takes what a query of one row returns, `files` looks at size and time of its files, and `true` does what the source allows: its files, else `loaded_at`, else the rows of each partition.',
  },
  SL152: {
    title: '`ready` that says too little',
    help: '`ready: { column: loaded_at }` waits until the newest value of the column has come to the end of the partition, `within: 3h` to three hours before it. A source without partitions is ready while the newest value is at most that old. `ready: { query: "select …" }` asks a query for one boolean.',
  },
  SL153: {
    title: 'A query of a source that cannot be used',
    help: '`observe: { query: … }` and `ready: { query: … }` are queries like those of models, with the same templates; they may read sources only. With a `partition` they are asked once for each partition, which they name by `{{partition.start}}`, `{{partition.end}}` or `{{partition.key}}`.',
  },
  SL154: {
    title: 'Files that cannot be looked at',
    help: 'Size and time are known of local files only. For an address such as `s3://…` use `observe: { column: … }` or `observe: { query: … }`.',
  },
  SL650: {
    title: 'A source could not be observed',
    help: 'The query, column or files that `observe` or `ready` names could not be read, so that nobody knows whether the source has changed or is there. What is published keeps its state by the last observation; whatever must be built from the source is blocked (`--upstream accept` builds it nevertheless).',
  },
  SL652: {
    title: 'A query of a source returned something else',
    help: '`observe: { query: … }` must return exactly one row, `ready: { query: … }` one row with one boolean.',
  },
  SL653: {
    title: 'A source’s partition column does not fit',
    help: 'The `partition` of a source names a column that the source does not have, or one of another type than it declares. Correct `partition.column`; text and integer columns need `type` and `format`.',
  },
} as const
