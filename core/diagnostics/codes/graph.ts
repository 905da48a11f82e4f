export const graphCodes = {
  SL401: {
    title: 'A date that does not exist',
    help: 'A date, week, month or hour was named that the calendar does not have, such as 2001-02-30 or 2001-W54. The message says what that month or year has.',
  },
  SL402: {
    title: 'Not a partition key',
    help: 'Partitions are named by their interval: `2024` a year, `2024-Q1` a quarter, `2024-01` a month, `2024-W01` an ISO week, `2024-01-05` a day (or a week that begins on another day than Monday), `2024-01-05T13` an hour. Any of them stands for everything within it. All times are in UTC.',
  },
  SL403: {
    title: 'A range that ends before it begins',
    help: '`--from` and `--to` are both inclusive; `--from` must not lie after `--to`.',
  },
  SL404: {
    title: 'A history without partitions',
    help: 'The first partition of a model begins at the first boundary at or after `start`, the last one holds `end`. Between the two there is no partition at all: correct one of them.',
  },
  SL410: {
    title: 'Unknown relation',
    help: 'A query or an exposure reads a relation that is neither a model, a seed or a source of the project, nor a CTE of the query. Correct the name, or declare the table as a source in a YAML file below `models/`.',
  },
  SL411: {
    title: 'Ambiguous relation',
    help: 'A name without a schema means the one relation of that name; here there are several. Write the schema before the name.',
  },
  SL412: {
    title: 'Two relations of one name',
    help: 'Two models, seeds or sources have the same name once the engine has folded upper and lower case. Rename one of them or put it into another folder.',
  },
  SL413: {
    title: 'Cycle',
    help: 'Relations read each other in a circle, so none of them can be built first. The message shows one shortest way around; take out one of its references.',
  },
  SL420: {
    title: 'A selector that matches nothing',
    help: 'A value of `--select` or `--exclude` matches no relation of the project. `sluice ls` lists the names, with `--output json` also tags, owners and the like. Only `state:` and `status:` may find nothing, if something else is selected.',
  },
  SL421: {
    title: 'A selector that cannot be read',
    help: 'Selectors are `name`, `schema.name`, wildcards (`staging.*`) or a method such as `tag:NAME` or `path:FOLDER`, each with `+` before it (everything upstream) or after it (everything downstream); `2+name` goes two steps, `@name` takes everything downstream and what that needs. A space between selectors means either, a comma both; names with other characters stand in quotes. All of it is in docs/selectors.md.',
  },
  SL422: {
    title: 'A selector that fits several relations',
    help: 'A name without a schema selects the one relation of that name, or the whole schema of that name; here there are several. Write the schema before it, `*.name` for all relations of the name, or `name.*` for all of a schema.',
  },
  SL423: {
    title: 'Nothing is left of a selection',
    help: 'Everything that `--select` names is taken out again by `--exclude`. Exclude less, or select more.',
  },
  SL424: {
    title: 'No saved manifest to compare with',
    help: '`state:new`, `state:modified` and the like compare the project with a manifest that `sluice compile` wrote of another version of it. Keep that `target/manifest.json` somewhere and name it, or its folder, by `--state` or `SLUICE_STATE`.',
  },
  SL425: {
    title: 'A saved manifest that cannot be used',
    help: '`--state` names a `manifest.json` that `sluice compile` wrote, or its folder. This one cannot be read, is none, belongs to another project, or was written in another format or for a target on another engine, whose definitions cannot be compared. Write it again: `sluice compile` with the same version of Sluice, for a target on the same engine, in a checkout of the other version.',
  },
  SL426: {
    title: 'Nothing is in the state that is selected',
    help: '`state:` and `status:` select by what has changed and by what is published. Nothing is in that state now, so there is nothing to work on. This has a code of its own, because it may be good news: no partition has failed, or nothing was modified.',
  },
  SL427: {
    title: 'Unknown named selector',
    help: '`selector:NAME`, or `--selector NAME`, means one of the `selectors` of `sluice.yml`.',
  },
  SL428: {
    title: 'The saved manifest was written by another version of Sluice',
    help: 'What another version computes differently counts as modified. To see only what the project changed, write the manifest again with this version.',
  },
  SL429: {
    title: 'Relations of the saved manifest are gone',
    help: 'The project no longer defines something that the saved manifest has. No selector can name it; its tables stay where they are until somebody drops them.',
  },
} as const
