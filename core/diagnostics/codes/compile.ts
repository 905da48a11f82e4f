export const compileCodes = {
  SL351: {
    title: 'A check has the name of a relation',
    help: 'A custom check is the node `checks.NAME` of the graph. A model of the same name stands in its way: rename one of the two.',
  },
  SL353: {
    title: 'A setting names an upstream that the model does not read',
    help: '`reads` and `follow` are about upstreams that the model’s SQL reads, directly or through views; `reads` only about those with partitions. Correct the name, or remove the entry.',
  },
  SL354: {
    title: 'A check names a relation that does not exist',
    help: '`relationships: { to: … }` must name a model, seed or source of the project.',
  },
  SL355: {
    title: 'A condition of a check is not valid SQL',
    help: '`where` and `expression` hold one condition over the columns of the relation, such as `delay is null or delay < 5000`.',
  },
  SL356: {
    title: 'A partition reads other tables than the model was compiled with',
    help: 'The template’s logic looks at the partition and brings in a table for some partitions only. Dependencies must be the same for all partitions: name the table in every case, for example with a condition that is false.',
  },
  SL357: {
    title: 'A model that is not incremental reads itself',
    help: 'A view cannot read itself, and a table that reads itself would give other rows each time it is built. Only incremental models may use `{{this}}`.',
  },
  SL358: {
    title: 'A check reads nothing that is built',
    help: 'A custom check must read at least one model, seed or source, so that Sluice knows when to run it.',
  },
} as const
