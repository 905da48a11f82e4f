import type { BinderFactory } from './bind/binder.ts'
import type { NumberColumns, NumberKind, ReadHints } from './columns.ts'
import type { ColumnType, TargetConfig } from './config/project.ts'
import type { SqlParser } from './sql/parser.ts'

/** A physical relation of a target. */
export interface RelationName {
  readonly database?: string
  readonly schema: string
  readonly name: string
}

/** A column as the engine knows it; `type` is the engine's own canonical name, usable in DDL. */
export interface Column {
  readonly name: string
  readonly type: string
}

export type Param = string | number | bigint | boolean | null | Date
/** Values are plain: number (integers beyond 2^53 are bigint), string, boolean, null, Date for timestamps in UTC,
 * `YYYY-MM-DD` strings for dates; anything else as the engine's text. */
export type Row = Readonly<Record<string, unknown>>

export interface Statement {
  readonly sql: string
  readonly params?: readonly Param[]
}

/** One connection. Placeholders are `$1`, `$2`, … on every engine. */
export interface Session {
  query(sql: string, params?: readonly Param[]): Promise<readonly Row[]>
  /** Runs a statement and tells how many rows it inserted, updated or deleted. */
  execute(sql: string, params?: readonly Param[]): Promise<number>
  /** Reads a query whose columns are all numbers or instants, column by column: many times faster where there are many rows. A session that
   * has no such way leaves it out (`readNumbers` of `core/columns.ts` serves both). */
  readNumbers?(sql: string, kinds: readonly NumberKind[], hints?: ReadHints): Promise<NumberColumns>
}

/** A session with an open transaction (READ COMMITTED on Postgres, snapshot on DuckDB). */
export interface Transaction extends Session {
  /** Statements that commit together with the transaction under the target-wide ordering lock: lock, these and COMMIT travel
   * as one. They may call the expression `dialect.nextChange`. The rows of the last one are returned by the commit. */
  commitWith(statements: readonly Statement[]): void
}

export interface Committed<T> {
  readonly value: T
  /** Rows of the last statement given to `commitWith`, empty if none was given. */
  readonly rows: readonly Row[]
}

/** A session that can change nothing: each of its queries is one statement in a transaction of its own, which is rolled back. */
export interface ReadingSession extends Session {
  /** Hands the rows of a query over as they come, the next ones when `take` has done with these. */
  portions(
    sql: string,
    params: readonly Param[],
    take: (rows: readonly Row[]) => Promise<void>,
  ): Promise<void>
  readNumbers(sql: string, kinds: readonly NumberKind[]): Promise<NumberColumns>
}

/** What differs between engines and matters to the core, said as data. */
export interface Capabilities {
  /** Data, DDL and ledger commit in one transaction. */
  readonly transactional: boolean
  /** Other processes may write at the same time: leases need heartbeats and waiting. */
  readonly sharedServer: boolean
  readonly rowLocks: boolean
  readonly grants: boolean
  /** Partition columns and merge keys get an index of their own. */
  readonly needsIndexes: boolean
  readonly defaultThreads: number
  /** Source files can be read in place. */
  readonly readsFiles: boolean
}

/** The texts of one engine. Every function returns SQL; none touches a database. Identifiers are quoted by it. */
export interface Dialect {
  readonly name: string
  /** Schema of models and seeds without a folder of their own. */
  readonly defaultSchema: string
  /** Longest identifier in bytes (UTF-8), if the engine truncates. */
  readonly maxIdentifierBytes?: number
  /** An SQL expression for the next number of the change sequence; only valid inside `commitWith`. */
  readonly nextChange: string
  /** An SQL expression for the number that `nextChange` gave last in this transaction's `commitWith`. */
  readonly lastChange: string
  /** An SQL expression for the database's clock as a UTC timestamp of the ledger's column type. */
  readonly now: string
  /** How the engine folds an identifier for lookup: unquoted and quoted names that collide give the same text. */
  fold(name: string, quoted: boolean): string
  quote(identifier: string): string
  relation(relation: RelationName): string
  /** A string, number, boolean or null as a literal. Strings can hold any text that the engine can store. */
  literal(value: string | number | bigint | boolean | null): string
  /** A list or map, written as JSON, as a value of this type. */
  fromJson(json: string, type: string): string
  /** A list of literals for IN: `'a', 'b'`. */
  list(values: readonly (string | number | boolean | null)[]): string
  /** The instant (UTC ms) as a literal of exactly this type. Text and integer need `format`. */
  instant(ms: number, type: ColumnType, format?: string): string
  /** A table expression that reads files; only where `capabilities.readsFiles`. */
  readFiles(
    path: string,
    format: string,
    options: Readonly<Record<string, string | number | boolean>>,
  ): string
  /** The engine's name of a timestamp without time zone. */
  readonly timestampType: string
  /** The partition column type that an engine type is, or undefined if it cannot be one. */
  columnType(engineType: string): ColumnType | undefined
  /** Two different values of this type are never equal (false for json, for `1.0` and `1.00`, for `0` and `-0`). */
  comparable(engineType: string): boolean
  /** Whether every value of one type is the same value of another, and compares, joins and prints as before: readers need not know. */
  widens(before: string, after: string): boolean
  /** An expression over one of this type that is equal for two values only if they are the same; undefined where there is none. */
  identity(expression: string, engineType: string): string | undefined
  /** A condition that holds where two expressions of this type have different values, NULL being one; of a type without equality their texts. */
  differs(left: string, right: string, engineType: string): string
  /** An SQL expression over the alias `r` that gives a whole number for each row: the same for rows of the same content, NULLs and floats of
   * which 12 significant digits are the same included, as engines add floats in any order. Such numbers add up without overflow. Undefined
   * where a column has a type of which that cannot be said. */
  rowHash(columns: readonly Column[]): string | undefined
  /** An SQL expression for the engine's version: another one may hash differently. */
  readonly version: string

  /** A statement that lets one transaction at a time go on under this name, until its end, and then see what the others committed;
   * undefined where transactions cannot meet. */
  exclusive(name: string): string | undefined
  /** A statement that many transactions can hold at once under this name, until their end, but none while another has `exclusive`; the
   * statements after it, of the same text too, see what that one committed. Undefined where transactions cannot meet, or have a snapshot each. */
  shared(name: string): string | undefined
  createSchema(schema: string): string
  createTable(relation: RelationName, columns: readonly Column[]): string
  /** A temporary table of the session, dropped at the end of the transaction or with the session. */
  createStage(name: string, select: string): Embedded
  /** How to name a stage in later statements. */
  stage(name: string): string
  dropStage(name: string): string
  /** INSERT … by column name from a query; the query's text stands verbatim after the returned `prefix`. */
  insertByName(target: string, columns: readonly string[], select: string): Embedded
  merge(input: MergeStatement): string
  createIndex(relation: RelationName, name: string, columns: readonly string[], unique: boolean): string
  dropIndex(relation: RelationName, name: string): string
  addColumn(relation: RelationName, column: Column): string
  dropColumn(relation: RelationName, column: string): string
  alterColumnType(relation: RelationName, column: Column): string
  createOrReplaceView(relation: RelationName, select: string): Embedded
  dropRelation(relation: RelationName, kind: RelationKind): string
  /** One statement that runs the first statements, or if one of them fails, without a trace of them, the second. Only asked for where
   * the catalogue knows dependents. */
  orElse(first: readonly string[], second: readonly string[]): string
  grant(relation: RelationName, privilege: string, role: string): string
  revoke(relation: RelationName, privilege: string, role: string): string
  comment(relation: RelationName, kind: RelationKind, text: string | null): string
}

/** A statement around a user's query; `offset` is where that query begins in it (UTF-16), to map error positions. */
export interface Embedded {
  readonly sql: string
  readonly offset: number
}

export interface MergeStatement {
  readonly target: string
  /** Name of a relation or stage to read. */
  readonly source: string
  readonly columns: readonly string[]
  readonly key: readonly string[]
  /** Columns whose inequality makes an update worth doing; undefined: every matched row is updated. */
  readonly compared?: readonly string[]
  /** Newest wins: update only where source.column >= target.column. */
  readonly newestBy?: string
  /** Delete target rows that satisfy this condition (over the alias `target`) and are not in the source. */
  readonly deleteMissingWhere?: string
}

export type RelationKind = 'table' | 'view'

/** A view that reads a relation, directly or not, and all that must come back when it is recreated. */
export interface Dependent {
  readonly relation: RelationName
  readonly kind: RelationKind
  /** Statements that restore it after it was dropped: definition, owner, options, grants, comments; in order. */
  readonly restore: readonly string[]
}

/** Questions to the engine's catalogue, inside whatever transaction the session has. */
export interface Catalog {
  /** Undefined if there is no such relation. */
  kind(session: Session, relation: RelationName): Promise<RelationKind | undefined>
  /** Columns in order; undefined if there is no such relation. */
  columns(session: Session, relation: RelationName): Promise<readonly Column[] | undefined>
  /** Output columns of a query, bound by the engine without running it. Throws the engine's error, positions relative to `select`. */
  describe(session: Session, select: string): Promise<readonly Column[]>
  /** What the engine takes the parameters `$1` to `$count` of a query for, which is bound and not run; undefined where it does not say. A query that
   * cannot be bound says nothing, and leaves a transaction as it was. */
  parameterTypes(session: Session, select: string, count: number): Promise<readonly (string | undefined)[]>
  /** Columns of a relation that are declared never to be NULL, and those of its primary key; none of a view or of what is not there. */
  declared(
    session: Session,
    relation: RelationName,
  ): Promise<{ readonly notNull: readonly string[]; readonly key: readonly string[] }>
  /** Names of the indexes of a relation that Sluice made (they begin with `sluice_`). */
  indexes(session: Session, relation: RelationName): Promise<readonly string[]>
  /** Everything that reads the relation, nearest first, so that reverse order can be dropped. */
  dependents(session: Session, relation: RelationName): Promise<readonly Dependent[]>
  /** Statements that restore a view's owner, grants, comment and options after it is recreated with another definition. */
  preserve(session: Session, relation: RelationName): Promise<readonly string[]>
  grants(
    session: Session,
    relation: RelationName,
  ): Promise<readonly { readonly privilege: string; readonly role: string }[]>
}

/** What is wrong in an engine's error, in the core's terms. */
export interface EngineError {
  /** The engine's sentence, without prefix, position or stack. */
  readonly message: string
  readonly kind:
    | 'syntax'
    | 'unknown_relation'
    | 'unknown_column'
    | 'unknown_function'
    | 'type'
    | 'constraint'
    | 'permission'
    | 'read_only'
    | 'locked'
    | 'unreachable'
    | 'disconnected'
    | 'canceled'
    | 'timeout'
    | 'conflict'
    | 'out_of_resources'
    | 'other'
  /** SQLSTATE or the engine's exception type. */
  readonly engineCode?: string
  /** UTF-16 offset of the error in the statement's text, if the engine says. */
  readonly offset?: number
  readonly hint?: string
  readonly detail?: string
}

/** A ledger table, said once for all engines. */
export interface LedgerTable {
  readonly name: string
  readonly columns: readonly LedgerColumn[]
  readonly primaryKey: readonly string[]
  readonly indexes: readonly (readonly string[])[]
}
export interface LedgerColumn {
  readonly name: string
  /** `instant` is a timestamp in UTC with microseconds; `json` is text that holds JSON. */
  readonly type: 'text' | 'bigint' | 'integer' | 'boolean' | 'instant' | 'json'
  readonly nullable?: boolean
}
export interface LedgerMigration {
  readonly version: number
  readonly createTables: readonly LedgerTable[]
  readonly addColumns: readonly { readonly table: string; readonly column: LedgerColumn }[]
  /** Only where the engine needs them (`needsIndexes`). */
  readonly addIndexes?: readonly { readonly table: string; readonly columns: readonly string[] }[]
}

/** A database that this process has to itself. */
export interface OwnedDatabase {
  /** The same object for all adapters of this process on this database. */
  readonly identity: object
  /** Like `session`, on behalf of another process; waits for no other work of this one. */
  reading<T>(work: (session: ReadingSession) => Promise<T>, signal?: AbortSignal): Promise<T>
  /** Commits statements of the ledger by themselves; waits for no other work of this process. */
  note(statements: readonly Statement[]): Promise<void>
}

/** One connected target. */
export interface Adapter {
  readonly capabilities: Capabilities
  readonly dialect: Dialect
  readonly catalog: Catalog
  /** Work outside a transaction on one connection. An abort cancels the statement in the engine. */
  session<T>(work: (session: Session) => Promise<T>, signal?: AbortSignal): Promise<T>
  /** One connection, one transaction: commits when `work` returns, rolls back when it throws or `signal` aborts.
   * After any error only ROLLBACK is sent. Throws `CommitUnknownError` if the connection died during COMMIT. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>, signal?: AbortSignal): Promise<Committed<T>>
  /** Only where one process at a time can have the database. */
  readonly owned?: OwnedDatabase
  /** Creates or migrates the schema `sluice` and its sequence; safe when several processes do it at once. Refuses a ledger
   * that is newer than the migrations. */
  migrate(migrations: readonly LedgerMigration[]): Promise<void>
  /** The ledger's version, or 0 if there is none; creates nothing. */
  ledgerVersion(): Promise<number>
  /** Loads a CSV file into a stage (see `createStage`) of the transaction; types are inferred by one rule on every
   * engine unless `types` names them. */
  loadCsv(transaction: Transaction, stage: string, file: CsvFile): Promise<readonly Column[]>
  classify(error: unknown): 'transient' | 'permanent'
  explain(error: unknown): EngineError
  /** Identity of the database for messages, without secrets: `flights.duckdb`, `postgres://host:5432/db`. */
  readonly label: string
  close(): Promise<void>
}

export interface CsvFile {
  /** Absolute. */
  readonly path: string
  readonly delimiter: string
  readonly types: Readonly<Record<string, string>>
}

/** The connection was lost while COMMIT was under way: the ledger knows whether it happened. */
export class CommitUnknownError extends Error {
  constructor(options?: ErrorOptions) {
    super('the connection was lost during COMMIT', options)
    this.name = 'CommitUnknownError'
  }
}

/** What a target is opened with. */
export interface OpenOptions {
  /** Statements that may run at once. */
  readonly threads: number
  readonly readOnly: boolean
  /** Shown by the server as the client's name. */
  readonly applicationName: string
}

/** An engine that Sluice can use; registered by name in `cli/adapters.ts`. */
export interface AdapterFactory {
  readonly name: string
  readonly dialectName: string
  /** The grammar and texts of the engine, without connecting. */
  readonly dialect: Dialect
  readonly capabilities: Capabilities
  parser(): SqlParser
  /** Connects. Throws a `SluiceError` (SL5…) that names the place and the next step, without secrets. */
  open(target: TargetConfig, options: OpenOptions): Promise<Adapter>
  /** The real path of the file that only one process at a time can open, which then owns it; undefined where there is none. */
  ownedFile?(target: TargetConfig): Promise<string | undefined>
  /** How queries are bound without data. */
  readonly binder?: BinderFactory
}
