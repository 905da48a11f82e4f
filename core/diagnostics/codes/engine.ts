export const engineCodes = {
  // Opening DuckDB and reading files: SL500-SL529.
  SL500: {
    title: 'The database cannot be opened',
    help: 'DuckDB could not open or create the file of this target. The message holds its reason; check the target’s `path` in `sluice.yml`.',
  },
  SL501: {
    title: 'The database is in use by another process',
    help: 'One process at a time can open a DuckDB file. Wait until the process that the message names has ended, or end it; to work beside it, use another target with a file of its own.',
  },
  SL502: {
    title: 'The file is not a DuckDB database',
    help: 'The target’s `path` leads to a file of another kind, or to a database that a newer DuckDB wrote. Point `path` at a DuckDB file, or at a name that does not exist yet: Sluice creates it.',
  },
  SL503: {
    title: 'The folder of the database does not exist',
    help: 'Sluice creates the database’s file, but not the folder around it: a missing folder is more often a mistyped path. Create the folder or correct `path`.',
  },
  SL504: {
    title: 'No permission for the database file',
    help: 'The file, or its folder, may not be read or written by this user. DuckDB also writes a `.wal` file beside the database. Change the permissions, or open a target with `read_only: true` if you only want to look.',
  },
  SL505: {
    title: 'A setting of the target is not valid',
    help: 'Each entry below `settings` of a DuckDB target is a DuckDB setting (`memory_limit`, `temp_directory`, …). The message holds what DuckDB says about it; <https://duckdb.org/docs/configuration/overview> lists them all. `TimeZone` cannot be set: sessions always run in UTC.',
  },
  SL506: {
    title: 'There is no database to read',
    help: 'A target that is opened read-only must exist already. Run the pipeline once with a writable target, or correct `path`.',
  },
  SL507: {
    title: 'The ledger is newer than this Sluice',
    help: 'A newer version of Sluice has written the tables in schema `sluice` of this database. Use that version, or a newer one: an older one cannot know what the tables mean.',
  },
  SL508: {
    title: 'The database is open with other settings',
    help: 'One process opens a DuckDB file once. Two targets that lead to the same file must therefore have the same `settings` and the same `read_only`.',
  },
  SL520: {
    title: 'A CSV file cannot be read',
    help: 'A seed is a CSV file as in RFC 4180: the first line names the columns, every line has as many fields, and a field that contains the delimiter, a double quote or a line break stands in double quotes (a quote inside is doubled).',
  },
  SL521: {
    title: 'A declared column is not in the CSV file',
    help: 'The seed’s configuration gives a type to a column that the first line of its file does not name. Correct the name in the configuration or in the file.',
  },
  SL522: {
    title: 'A value of a CSV file does not fit its type',
    help: 'The seed’s configuration gives a column a type that one of its values cannot be read as. Correct the value, or leave the type out: it is then inferred.',
  },
} as const
