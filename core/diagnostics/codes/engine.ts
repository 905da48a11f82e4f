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

  // Connecting to Postgres and the ledger there: SL530-SL559.
  SL530: {
    title: 'The Postgres server cannot be reached',
    help: 'Nothing answers at the host and port of the target’s `url`, or the network between is closed. Check both, and that the server is running.',
  },
  SL531: {
    title: 'The Postgres server does not accept the login',
    help: 'User or password of the target’s `url` are wrong or missing, or the server’s `pg_hba.conf` does not allow this user from here. Passwords belong in environment variables: `url: "${DATABASE_URL}"`.',
  },
  SL532: {
    title: 'The database does not exist',
    help: 'The server answers, but has no database of the name at the end of the target’s `url` (or of its `database`). Sluice creates schemas and tables, never databases: create it with `createdb`.',
  },
  SL533: {
    title: 'The Postgres server has no free connection',
    help: 'Every connection that `max_connections` (or a limit of the user or the database) allows is taken. A run needs one for each of its threads and one more. Lower `--threads`, end idle clients, or raise the limit.',
  },
  SL534: {
    title: 'The database is read-only',
    help: 'The target leads to a replica, or `default_transaction_read_only` is set for the user or the database. Runs write models and the ledger: use the address of the primary server.',
  },
  SL535: {
    title: 'The Postgres server is too old',
    help: 'Sluice needs PostgreSQL 15 or later: merging uses MERGE, which older versions lack.',
  },
  SL536: {
    title: 'Encryption does not match between Sluice and the server',
    help: 'The server demands TLS and the `url` does not ask for it, or the reverse, or the server’s certificate is not trusted. Add `?sslmode=require` to the `url`; a private authority is named with `sslrootcert`.',
  },
  SL537: {
    title: 'The role of the target cannot be used',
    help: 'The target’s `role` does not exist, or the user who logs in is no member of it. Create it, or grant it to that user.',
  },
  SL538: {
    title: 'The URL of the target cannot be read',
    help: 'A Postgres target needs `url: postgres://USER:PASSWORD@HOST:PORT/DATABASE`. Characters such as `@`, `:`, `/`, `#` and `%` in a password must be percent-encoded. The URL is not repeated in the message, as it may hold the password.',
  },
  SL539: {
    title: 'The session’s settings are not accepted',
    help: 'Sluice sets time zone, timeouts and search path when it connects. A pooler that refuses startup options, or that changes the server’s connection between transactions, cannot be used: connect in session mode or to the server itself.',
  },
  SL540: {
    title: 'The Postgres server is not ready',
    help: 'It is starting, shutting down or recovering, and accepts no connections yet. Try again in a moment.',
  },
  SL541: {
    title: 'The ledger was written by a newer Sluice',
    help: 'A newer version of Sluice has changed the tables in schema `sluice` of this database. Use that version, or a newer one: an older one cannot know what the tables mean.',
  },
  SL542: {
    title: 'The ledger cannot be created or read for lack of rights',
    help: 'Sluice keeps its records in schema `sluice` of the same database. The user, or the target’s `role`, must be allowed to create that schema, or to use it and to create tables in it. The message holds the GRANT to ask for.',
  },
  SL543: {
    title: 'A text cannot be stored by Postgres',
    help: 'Postgres stores any Unicode text but the character NUL (U+0000).',
  },
  SL544: {
    title: 'The Postgres server refused the connection',
    help: 'The message holds the server’s reason.',
  },

  // What another process has to itself: SL545-SL549.
  SL545: {
    title: 'Another Sluice has the database to itself',
    help: 'One process at a time can write to a DuckDB file: the one that is named, with its command, its run and since when. Commands that only read (`status`, `plan`, `show`, `runs`, `history`, …) ask it over a local socket and work meanwhile; a second one that writes has to wait until it has ended, or until `sluice cancel RUN` has ended it.',
  },
  SL546: {
    title: 'The process that has the database does not answer',
    help: 'A process has the DuckDB file open and a socket at which it should answer others, and says nothing. Most likely it was stopped (Ctrl-Z, `kill -STOP`, a debugger): let it go on with `fg` or `kill -CONT`, or end it. What it had not committed is rolled back.',
  },
  SL547: {
    title: 'Another version of Sluice has the database',
    help: 'Commands that only read ask the process that has the DuckDB file, and that one is of a version of Sluice that this one does not understand. Use the same version in both terminals, or wait until it has ended.',
  },
} as const
