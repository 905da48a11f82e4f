export const batchCodes = {
  SL360: {
    title: 'A batch is declared whose rows were not shown to be the same',
    help: '`batch` of this model is more than 1, but its SQL does not show that several partitions in one statement give the same rows as one by one. Sluice does as it was told. Run `sluice compile --explain-batch` for the reason, `sluice run --verify-batch` to compare the rows, and say `allow: unproven_batch` once you are sure. See [batches](batches.md).',
  },
  SL361: {
    title: 'A declared batch has no effect',
    help: 'Partitions of this model run one at a time whatever `batch` says: it reads its own earlier partitions, its template’s logic or its SQL uses one partition’s own key, or it merges by a key without the partition column. Remove `batch`, or say `batch: 1`.',
  },
  SL362: {
    title: 'A partitioned model reads the clock',
    help: 'A partition stands for an interval of time and must give the same rows whenever it runs; `now()`, `current_date` and the like give others tomorrow. Use `{{partition.start}}` and `{{partition.end}}`, or a column of the data. If it is meant, say `allow: reads_clock` in the model’s header.',
  },
  SL363: {
    title: 'A partitioned model uses random numbers or a sequence',
    help: 'Running the same partition again gives other rows, so that everything downstream is rebuilt for nothing. Derive the value from the row, for example with a hash of its key. If it is meant, say `allow: random` in the model’s header.',
  },
  SL364: {
    title: 'A partitioned model reads all partitions of an upstream',
    help: 'No condition bounds what it reads by the window, so that each partition reads the whole history of the upstream, also what Sluice does not wait for. Add `column >= {{partition.start}} and column < {{partition.end}}`, or the bounds of `reads`. If it is meant, say `allow: no_partition_filter` in the model’s header.',
  },
} as const
