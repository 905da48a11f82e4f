export const runCodes = {
  SL601: {
    title: 'The engine refused a statement',
    help: 'The engine ran the SQL of a model or a check and reported an error. The message is the engine’s own; the place is where the SQL was written. The transaction was rolled back: what was published before is unchanged.',
  },
  SL602: {
    title: 'The engine could not read the SQL',
    help: 'A syntax error that only the engine itself found. Correct the SQL at the place shown.',
  },
  SL603: {
    title: 'A name that the database does not know',
    help: 'A column, relation or function in the SQL does not exist in the database. Check the spelling, and that the relation has the columns you expect: `sluice show RELATION` prints its first rows.',
  },
  SL604: {
    title: 'Types do not fit',
    help: 'The engine could not convert or compare values. Cast explicitly at the place shown.',
  },
  SL605: {
    title: 'A constraint of the table was violated',
    help: 'The table has a constraint that the new rows break. Nothing was published.',
  },
  SL606: {
    title: 'Permission refused',
    help: 'The target’s user may not do this. Grant the privilege, or set `role:` on the target.',
  },
  SL607: {
    title: 'The connection to the database was lost',
    help: 'The server ended the connection or went away in the middle of a statement; the transaction was rolled back by the server. The same command continues where it stopped.',
  },
  SL608: {
    title: 'Canceled',
    help: 'The run was interrupted. Running statements were canceled in the engine and rolled back; the same command continues where it stopped.',
  },
  SL609: {
    title: 'Timed out',
    help: 'The attempt took longer than the model’s `timeout` or the server’s limit. It was canceled and rolled back.',
  },
  SL610: {
    title: 'Rows fell outside the partition',
    help: 'A model’s query for one partition returned rows whose partition column lies outside of `[partition.start, partition.end)` or is NULL. Such rows would be doubled by the next run, so the partition was rolled back. Filter the input by the same column that you declare under `partition:`.',
  },
  SL611: {
    title: 'A merge key is NULL',
    help: 'Every column of `unique_key` must be non-null in every row, or a row could never be found again. The partition was rolled back.',
  },
  SL612: {
    title: 'A merge key occurs more than once',
    help: 'The query returned several rows with one key, so that the result would depend on chance. Aggregate or pick one row per key. The partition was rolled back.',
  },
  SL613: {
    title: 'The model’s columns changed',
    help: '`on_schema_change: fail` (the default) refuses to write a query’s columns into a table that has others. `append` adds new columns, `sync` also drops and alters; `--full-refresh` rebuilds the table.',
  },
  SL614: {
    title: 'A view stands in the way of a change of columns',
    help: 'Changing this table’s columns needs views that read it to be recreated. Sluice does that for its own views and never drops anybody else’s. A view of its own whose query needs what is gone cannot be made again either. Drop or change the view named, or keep the columns.',
  },
  SL615: {
    title: 'A relation of this name exists and was not made by Sluice',
    help: 'The ledger has no record of this relation, so replacing its rows could destroy somebody’s data. Rename the model, drop the relation, or adopt it with `--full-refresh`, which replaces its contents.',
  },
  SL616: {
    title: 'A published table is gone',
    help: 'The ledger has published partitions of this model, but its table does not exist any more. `--full-refresh` rebuilds all of them.',
  },
  SL617: {
    title: 'The partition column has another type',
    help: 'The bounds of partitions are compared with this column. If the types differ, the engine converts one of them silently, and a bound can move by hours. Declare `column: { name, type }` as the query returns it, or cast in the query.',
  },
  SL618: {
    title: 'A column that the configuration names is not in the query’s output',
    help: 'The partition column, the merge key and columns of indexes must be among the columns that the query returns.',
  },
  SL619: {
    title: 'A model that reads itself has no table yet',
    help: 'The query of a model that reads its own rows can only be bound when its table exists. Declare every column of the model with its type under `columns:`; the first run makes the table from them.',
  },
  SL620: {
    title: 'A blocking check failed',
    help: 'A check with severity `error` found failing rows inside the publishing transaction. It was rolled back: readers still see the previous version, and downstream models are blocked. A sample of the failing rows is kept in the ledger.',
  },
  SL621: {
    title: 'A check could not be evaluated',
    help: 'The query of a check failed in the engine, for example because it names a column that the model does not have. The partition was rolled back.',
  },
  SL622: {
    title: 'The lease was lost',
    help: 'Another process took over this partition while this one was not heard of for longer than the lease’s life. Nothing was written by this one.',
  },
  SL623: {
    title: 'A seed could not be loaded',
    help: 'The CSV file could not be read into its declared or inferred types.',
  },
  SL624: {
    title: 'The relation is of another kind',
    help: 'A view stands where a table is to be written, or the other way around, and Sluice did not make it.',
  },
  SL625: {
    title: 'A merge key vanished from an earlier partition',
    help: 'The merge key does not contain the partition column, so rows of several partitions meet in one key and the newest wins. A rerun of a partition no longer returned a key that it had written; the row that stood there before it is lost, so the partition was rolled back. `--full-refresh` rebuilds every partition in order.',
  },
  SL626: {
    title: 'Partitions were published after a rebuild was planned',
    help: '`--full-refresh` deletes all rows of a model and writes the partitions that its plan knew, in one transaction. Another run published partitions that the plan did not know; they would have been lost, so the rebuild was rolled back. Run it again: the new plan contains them.',
  },
  SL627: {
    title: 'A partition column holds values that are no times',
    help: 'A partition column of text or integers is compared as such, so a value like 20240132 lies within 31 January without being a day. Every value must be what its `format` writes for some instant; the partition was rolled back.',
  },
  SL628: {
    title: 'The partition column cannot hold the partitions',
    help: 'The type that the query returns cannot tell the partitions of this grain and zone apart: a date has no hours, a local clock shows some hours twice. Cast the column to a type that can, or declare its type, so that `sluice compile` says so too.',
  },
  SL629: {
    title: 'A bound is compared with a column of another type',
    help: 'An engine converts one of the two silently, by rules that depend on the zone of the session: a DATE becomes midnight of UTC beside a TIMESTAMPTZ, whatever the zone of the partition. Write the bound as the type that the column has: `{{partition.start.timestamptz}}`, `.timestamp` or `.date`.',
  },
  SL630: {
    title: 'The run timed out',
    help: 'The run took longer than `--timeout`, or than `timeout` under `run` in sluice.yml. Running statements were canceled in the engine and rolled back; what was published stays. `sluice resume RUN` does the rest.',
  },
  SL632: {
    title: 'The run is still running',
    help: 'Only what a run that has ended left undone can be gone on with. Wait until it has ended, or end it: `sluice cancel RUN`.',
  },
  SL633: {
    title: 'The run was on another target',
    help: 'A run is gone on with on the target that it was started on. Name it by `--target`.',
  },
  SL634: {
    title: 'What the run was to do is not known',
    help: 'Runs of earlier versions did not keep their plan. The command that the run was started with does what is left.',
  },
  SL635: {
    title: 'A part of the run cannot be gone on with',
    help: 'Models of the run are gone, or their partitions are cut otherwise now, so that what was left of them cannot be told. The rest goes on.',
  },
  SL636: {
    title: 'The run has ended',
    help: 'A run that has ended, or whose process is gone, cannot be canceled. `sluice runs show RUN` shows how it ended.',
  },
  SL637: {
    title: 'The run has not ended yet',
    help: 'The run was asked to end and has not done so within a minute. The request stays: the run ends as soon as it notices, or its process is found to be gone.',
  },
  SL631: {
    title: 'The run was canceled from outside',
    help: 'Somebody ran `sluice cancel` on it. Running statements were canceled in the engine and rolled back, as Ctrl-C would have done; what was published stays. `sluice resume RUN` does the rest.',
  },
  SL660: {
    title: 'A batch gives other rows than its partitions one by one',
    help: '`--verify-batch` ran the query of adjacent partitions both ways, and some partition differs, so nothing was published. Either `batch:` in the header promises what does not hold, or Sluice’s proof is wrong, or the inputs changed between the two. `batch: 1` runs the model one partition at a time; `sluice compile --explain-batch` says what the proof rests on.',
  },
  SL661: {
    title: 'Rows cannot be compared',
    help: '`--verify-batch` compares rows by a hash of their values, and the engine has none for a column’s type. Leave the model out, or cast the column.',
  },
} as const
