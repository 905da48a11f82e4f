/** What is said of gates beyond single rows: limits, history, reconciliation, checks of the project's own, freshness. */
export const gateCodes = {
  SL180: {
    title: 'A limit that cannot be used',
    help: '`warn_if` and `error_if` hold an operator and a number: `"> 0"`, `">= 10"`. Checks that count failing rows also take a share of the rows that they look at: `error_if: "> 1%"`. They take the place of `severity`: what breaks `error_if` is an error, what breaks only `warn_if` a warning, and what breaks neither passes.',
  },
  SL181: {
    title: 'A comparison with history that cannot be made',
    help: '`volume` and `z_score` compare the number of rows of a partition with those of earlier partitions, and of a table or seed with its former versions, as the ledger recorded them. Views and sources have no recorded numbers, `weekday` needs partitions of days, hours or a cron expression, `where` cannot limit what was recorded, and `min_history` is at most `last`.',
  },
  SL182: {
    title: 'A reconciliation that cannot be made',
    help: '`reconcile: { with: schema.table, by: key, compare: sum(amount) }` compares aggregates of this relation with those of another one, which must be built before it. Of a model with partitions only the rows of one partition are compared, so the other relation must have partitions too, or name by `with_column` the column of dates or timestamps that tells which of its rows belong to it.',
  },
  SL183: {
    title: 'A check of the project cannot be used like this',
    help: 'A file `macros/checks/NAME.sql` is a kind of check: a template that selects failing rows from `{{this}}`. Its parameters are the names that it uses; a use of it must give each of them, and nothing else. `{{default limit 5}}` makes one optional. `column`, `columns`, `name`, `severity`, `where`, `warn_if` and `error_if` have their usual meaning; `this`, `model`, `partition`, `vars` and `target` are there always.',
  },
  SL184: {
    title: 'Freshness that says too little',
    help: '`freshness: { warn: 6h, fail: 24h }` of a source needs something that tells when it was loaded last: `loaded_at`, a `column` or a `query` of its own, or files on this target. `query` returns one date or timestamp; `where` limits the rows of which the newest value of the column is taken.',
  },
  SL680: {
    title: 'Freshness cannot be told',
    help: 'The column or query that tells when a source was loaded last could not be read, or returned something else than one date or timestamp. Correct `freshness` of the source, or `loaded_at`.',
  },
  SL681: {
    title: 'A source cannot be checked',
    help: 'The relation or files of a source could not be read, so that nothing can be said about its freshness, its columns or its rows. The other sources are checked nevertheless.',
  },
  SL682: {
    title: 'The column of a reconciliation does not fit',
    help: 'A reconciliation of a partition limits the other relation to the same time, by the column of its own partitions or by `with_column`. That column must be there, and hold dates or timestamps.',
  },
} as const
