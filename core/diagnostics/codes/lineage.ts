export const lineageCodes = {
  SL380: {
    title: 'Lineage of an unknown relation',
    help: '`sluice lineage` takes the name of a model, a seed or a source, with or without a column: `marts.daily_by_origin`, `marts.daily_by_origin.flights`. A name without a schema means the one relation of that name.',
  },
  SL381: {
    title: 'Lineage of an unknown column',
    help: 'The relation does not have a column of this name. The message names near ones; `sluice lineage MODEL` lists all.',
  },
  SL382: {
    title: 'Several relations of that name',
    help: 'A name without a schema means the one relation of that name; here there are several. Write the schema before the name.',
  },
} as const
