/** What is said of columns that are found without data, and of those that are captured. */
export const bindCodes = {
  SL160: {
    title: 'The file of captured columns cannot be used',
    help: '`sluice sources pull` writes `sources.columns.yml`: below `columns`, for each SQL dialect, each source with its columns, `name: TYPE`, optionally followed by `not null` or `primary key`. The file is committed and may be merged by hand, but not be given another form. Mend the line, or delete the file and capture again.',
  },
  SL161: {
    title: 'Captured columns of a source that is gone',
    help: '`sources.columns.yml` has columns of a source that no YAML file declares any more. They have no effect. `sluice sources pull` without a selection removes them.',
  },
  SL162: {
    title: 'The columns of a source could not be captured',
    help: '`sluice sources pull` asks the target’s catalogue for each selected source, and the engine did not answer for this one: it does not exist there, its files are missing, or the role may not read it. What was captured of it before is kept. Correct its `relation` or `files`, or choose a target on which it exists with `--target`.',
  },
  SL163: {
    title: 'Captured columns are out of date',
    help: '`sluice sources pull --check` compares `sources.columns.yml` with the catalogue and writes nothing. Run `sluice sources pull`, look at what models make of the change with `sluice validate`, and commit the file.',
  },
  SL370: {
    title: 'Nobody knows the columns of a source',
    help: 'Models are bound without data and without the warehouse, so Sluice must be told which columns the sources have. Either capture them once with `sluice sources pull` and commit the file that it writes, or declare all of them with their types: `columns: [{ name: id, type: bigint }, …]`. Until then nothing can be said of the types of models that read the source.',
  },
  SL371: {
    title: 'Declared and captured columns differ',
    help: 'The columns that YAML declares for a source win over those that `sluice sources pull` captured, and here they say different things: another type, or a column that the source did not have. Correct the declaration, or capture again if the source has changed.',
  },
  SL372: {
    title: 'The engine does not know a type',
    help: 'The declared type of a column is not one of the engine’s types. Types are written as in `create table`: `bigint`, `decimal(10, 2)`, `timestamp`. A type that somebody created in the database is not known to DuckDB here; on Postgres it is.',
  },
  SL373: {
    title: 'A model that reads itself and does not say its columns',
    help: '`{{this}}` has the columns of the model’s own table, which do not exist before the first run. Declare all columns with their types in the header: the first run makes the table from them, and validation binds the query with them.',
  },
  SL374: {
    title: 'A query that could not be bound here',
    help: 'Binding reads no file, loads no extension and sees no data, and this query needs one of these to know its columns: a literal path, an extension’s function, a PIVOT whose values are not listed. Nothing is wrong with that; but its columns are unknown to validation, and so are those of the models that read it. A contract on the model would tell them.',
  },
  SL375: {
    title: 'The server that binds cannot be reached',
    help: 'Models of a Postgres target are bound by its server, in a transaction that is rolled back. It could not be reached, so that types and columns are unknown; everything else was looked at. Start the server, name another one with `--target`, or leave types out with `--no-bind`.',
  },
  SL376: {
    title: 'The role may not bind',
    help: 'To bind models, Postgres needs a schema with empty views in place of the sources; it exists only inside a transaction that is always rolled back. The role needs the right to create one: `grant create on database NAME to ROLE`. Rights on tables are not needed. Without it, `--no-bind` leaves types out.',
  },
  SL377: {
    title: 'Two columns of one name',
    help: 'The output of a model becomes a relation, whose columns have different names. Give one of the two another name with `as`, or take one of them out of a star with EXCLUDE.',
  },
} as const
