export const configCodes = {
  // Files and YAML: SL100-SL109.
  SL100: {
    title: 'No project',
    help: 'A project is a folder with a file `sluice.yml`. Sluice looks in the folder given by `--project`, or in the current folder and those above it. `sluice init` writes a small one to begin with.',
  },
  SL101: {
    title: 'A file of the project cannot be read',
    help: 'The operating system refused the file, or it is not UTF-8 text. Check that it exists (a link may lead nowhere), its permissions and its encoding.',
  },
  SL102: {
    title: 'YAML that cannot be read',
    help: 'The text is not valid YAML 1.2. Indent with spaces, put values that hold `: `, `#` or begin with a special character in quotes, and close every bracket and quote. The place is where reading stopped; the mistake may stand a line before.',
  },
  SL103: {
    title: 'A key that stands twice',
    help: 'A map of YAML holds each key once: of two, one would be lost without a word. Keep one of them.',
  },
  SL104: {
    title: 'Unknown key',
    help: 'Every key must be known, so that a mistyped one is not ignored. The hint names the key that was probably meant, or those that are allowed here.',
  },
  SL105: {
    title: 'A value of the wrong kind',
    help: 'The key takes another kind of value: text, a number, true or false, a list (`[a, b]`) or a map (`{ key: value }`). Text that looks like a number needs quotes.',
  },
  SL106: {
    title: 'A value that is not allowed',
    help: 'The value has the right kind, but is not one of those that the key takes, or lies outside its limits. The message says what is allowed.',
  },
  SL107: {
    title: 'A key that is missing',
    help: 'This key has no default and must be given. Keys of `partition` may also come from the defaults of a folder in `sluice.yml`.',
  },
  SL108: {
    title: 'Not a duration',
    help: 'A duration is a number with a unit: `500ms`, `30s`, `90m`, `26h`, `1d`, `2w`, or several together: `1h30m`. A day is always 24 hours.',
  },
  SL109: {
    title: 'A name that cannot be used',
    help: 'Names of models, seeds, sources, schemas, targets and vars are made of letters, digits, `_` and (except for vars) `-` and `$`. A dot separates schema and table, so it cannot be part of either. The schema `sluice` belongs to the ledger.',
  },
  // Targets, environment and vars: SL110-SL119.
  SL110: {
    title: 'An environment variable is not set',
    help: 'A target takes values from the environment by `${NAME}`. Set the variable, or give a default: `${NAME:-default}`. Only the target in use needs its variables.',
  },
  SL111: {
    title: '`${…}` where it has no meaning',
    help: 'Environment variables are read below `targets` only, as `${NAME}` or `${NAME:-default}`: what a model computes must not depend on the environment. Use `vars`, which `--vars` and `SLUICE_VARS` can set.',
  },
  SL112: {
    title: 'Unknown target',
    help: 'The target is chosen by `--target`, else `SLUICE_TARGET`, else `default_target` of `sluice.yml`, and must be one of its `targets`.',
  },
  SL113: {
    title: 'A connection URL that cannot be read',
    help: 'The `url` of a Postgres target has the form `postgres://user:password@host:5432/database`. Special characters in user and password must be percent-encoded (`@` is `%40`). Sluice never shows the URL, as it holds a password.',
  },
  SL114: {
    title: 'Unknown time zone',
    help: '`timezone` takes a name of the IANA database, such as `America/New_York`, `Asia/Kolkata` or `UTC`: of the whole project, or of the `partition` of one model. Abbreviations and offsets would not say when clocks change.',
  },
  SL115: {
    title: 'Unknown var',
    help: 'A var can be set by `--vars` or `SLUICE_VARS` only if `sluice.yml` declares it, below `vars` or the `vars` of a target; otherwise a mistyped name would change nothing.',
  },
  SL116: {
    title: '`SLUICE_VARS` cannot be read',
    help: 'The environment variable must hold a JSON object: `SLUICE_VARS=\'{"name": "value"}\'`.',
  },
  SL117: {
    title: 'No target is chosen',
    help: 'There are several targets and none is the default. Add `default_target` to `sluice.yml`, or name one by `--target` or `SLUICE_TARGET`.',
  },
  SL118: {
    title: 'Defaults for a folder that does not exist',
    help: 'Keys below `folders` are paths below `models/`, such as `staging` or `marts/daily`. These defaults concern no model.',
  },
  // Headers and what a model may say: SL120-SL149.
  SL120: {
    title: 'A header that is not closed',
    help: 'The configuration of a model stands between `/*---` and `---*/` at the beginning of the file. The closing dashes belong to it.',
  },
  SL121: {
    title: 'A header that is not at the beginning',
    help: 'Only blank lines may stand before `/*---`; anywhere else it is a comment and the configuration in it would be ignored.',
  },
  SL124: {
    title: 'An incremental model without partitions',
    help: 'An incremental model is built one partition at a time, so it needs `partition: { column: …, grain: …, start: … }`. Use `materialized: table` to build all of it every time.',
  },
  SL125: {
    title: 'A key that does not apply',
    help: 'The key has no effect on a model of this materialization or strategy, so it is probably a mistake. `partition`, `strategy`, `unique_key` and `delete_missing` belong to incremental models (the last two to `strategy: merge`), `indexes` and `on_schema_change` to tables and incremental models.',
  },
  SL126: {
    title: 'A merge without a key',
    help: '`strategy: merge` finds the rows to update by `unique_key: [column, …]`, whose values must be unique and not null.',
  },
  SL127: {
    title: '`delete_missing` needs the partition column in the key',
    help: 'Rows that left the source can be deleted only if it is certain to which partition they belong: the `unique_key` must contain the partition column.',
  },
  SL128: {
    title: 'Unknown pool',
    help: '`pool` names one of the `pools` of `sluice.yml`, each with the number of tasks that may run at once: `pools: { warehouse: 4 }`.',
  },
  SL129: {
    title: 'A grain finer than the partition column',
    help: 'A DATE holds no hours, and a format such as `YYYY-MM` no days: several partitions would share one value. Use a coarser grain, or a column that tells the partitions apart.',
  },
  SL130: {
    title: 'A format that does not work for partitions',
    help: 'Text and integer columns are compared as they are, so their values must sort by time and name exactly one instant: `YYYY`, then `MM`, `DD`, `HH`, `mm`, `ss` without a gap, such as `YYYY-MM-DD`, `YYYYMMDD`, `YYYYMM` or `YYYY-MM-DD HH:mm`. An integer has digits only.',
  },
  SL131: {
    title: 'A cron expression that cannot be read',
    help: '`schedule`, and `grain` of a partition, take the five fields of cron: minute (0-59), hour (0-23), day of the month (1-31), month (1-12 or jan-dec), day of the week (0-7 or sun-sat). Each is `*`, a number, a range `1-5`, a list `1,3` or a step `*/15`.',
  },
  SL132: {
    title: 'A check that cannot be read',
    help: 'A check is a map with one kind: `not_null: [a]`, `unique: [a, b]`, `accepted_values: { column: a, values: [x, y] }`, `relationships: { column: a, to: staging.t, field: b }`, `row_count: { min: 1 }` or `expression: "a > 0"`. `name`, `severity` and `where` stand beside the kind or inside its map.',
  },
  SL133: {
    title: 'Two checks of one name',
    help: 'Checks are named by kind and columns unless `name` is given, and each name of a model must be its own: results are recorded under it. Give one of the two a `name`.',
  },
  SL134: {
    title: 'A column that is described twice',
    help: 'Each column stands once in the `columns` of a model, seed or source.',
  },
  SL135: {
    title: 'A named selector that cannot be read',
    help: 'Each of the `selectors` of `sluice.yml` is a text as for `--select`, a list of such (any of them), or a map of `union`, `intersection` and `exclude`, each a list of the same kinds of thing: `hot: { union: ["tag:hot", "marts.*"], exclude: ["tag:slow"] }`.',
  },
  SL136: {
    title: 'Named selectors that go in a circle',
    help: 'A named selector may name others by `selector:NAME`, but not itself, directly or through others. Take one of these references out.',
  },
  SL137: {
    title: 'A named selector names one that does not exist',
    help: '`selector:NAME` within the `selectors` of `sluice.yml` means another one of them.',
  },
  // YAML files, seeds, names: SL140-SL159.
  SL140: {
    title: 'An entry for something that does not exist',
    help: 'Entries below `models` and `seeds` of a YAML file describe a model or seed of the project by its name, `schema.table`. Correct the name, or remove the entry.',
  },
  SL141: {
    title: 'Two entries for one name',
    help: 'A model, seed or source is described by one entry. Move everything into one of them.',
  },
  SL142: {
    title: 'A name longer than the database allows',
    help: 'Postgres cuts names after 63 bytes (UTF-8), so that two long names could become one. Shorten the name, or the prefix of the target’s schemas.',
  },
  SL143: {
    title: 'A source says two things about one target',
    help: 'On each target a source is either a relation (`relation`, `relations`) or files (`files`), not both.',
  },
  SL144: {
    title: 'The format of the files is not known',
    help: 'The format of a source’s files is taken from the ending (`.parquet`, `.csv`, `.json`, `.jsonl`, `.ndjson`, also with `.gz`). For other endings give `format: parquet`, `csv` or `json`.',
  },
  SL145: {
    title: 'Hours of a clock that shows some of them twice',
    help: 'Where clocks are set back, a local clock shows an hour twice, so that rows of two partitions could not be told apart. Partitions under a day need a column that holds instants (`timestamptz`, or `clock: utc`), or a zone without such changes in the history of the model.',
  },
  SL146: {
    title: 'A clock that the partition column does not have',
    help: '`clock: local` says that a timestamp, text or integer shows the time of the partition’s zone, `clock: utc` that it shows UTC. A date is always the local one, a timestamptz always an instant.',
  },
  SL150: {
    title: 'A seed without a header',
    help: 'The first line of a seed names its columns. One that holds only numbers is taken for data: begin the file with a line of names.',
  },
} as const
