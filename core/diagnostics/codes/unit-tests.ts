/** SL170–SL179 and SL670–SL679: unit tests of models. */
export const unitTestCodes = {
  SL170: {
    title: 'A unit test names something that is not there',
    help: '`model` must be a model of the project, and `given` may only name what the model reads (and the model itself, if it reads its own rows). Columns of given rows must be columns of the relation.',
  },
  SL171: {
    title: 'A unit test is not complete',
    help: 'A test of an incremental model needs `partition`, the key of one of its partitions; other models have no partitions. Rows are given as a list of maps, or as one of `rows`, `csv` (a file beside the test) and `sql` (one query that reads no relation).',
  },
  SL172: {
    title: 'Two unit tests have one name',
    help: 'The tests of one model need different names, so that a report can tell them apart.',
  },
  SL670: {
    title: 'A unit test failed',
    help: 'The rows that the model gives for the given rows are not the expected ones. The table shows them: `-` is expected and missing, `+` is there and not expected, `a → b` is a value that is expected to be `a` and is `b`. Only the columns that `expect` names are compared, numbers of floating point to 12 digits; the order of rows does not matter.',
  },
  SL671: {
    title: 'A unit test could not be run',
    help: 'The given or expected rows do not fit the columns of their relations, or the engine refused the query of the model over them.',
  },
  SL672: {
    title: 'A unit test cannot be recorded',
    help: '`sluice test --record` reads published rows of what a model reads. They must be there, and the model must be one that a test can run.',
  },
} as const
