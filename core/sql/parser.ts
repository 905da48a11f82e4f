import type { Relational } from './relational/ir.ts'

/** What Sluice understands of one SQL text, whatever engine parses it. All offsets are UTF-16 indexes into the
 * text that was parsed, `start` inclusive, `end` exclusive. */

/** A reference to a relation: one occurrence of a table name that is neither a CTE nor a table function. */
export interface TableReference {
  /** Name parts as written, unquoted: `["staging", "flights"]`. */
  readonly parts: readonly string[]
  /** Whether each part was written in quotes. */
  readonly quoted: readonly boolean[]
  /** Span of the dotted name as written, alias excluded. */
  readonly start: number
  readonly end: number
  /** The alias given to it, if any. */
  readonly alias?: string
  /** True if it has no alias and its last name alone cannot stand for it wherever its columns are used: something else of the same
   * FROM clause (`from a.t, b.t`), or of a subquery that names it in full, goes by the same name. */
  readonly ambiguous?: boolean
}

/** A column reference that names its relation with a qualified name (`staging.flights.origin`), so that rewriting
 * the relation must rewrite the column too. Spans the relation part and the dot after the last-but-one part. */
export interface QualifiedColumn {
  /** Relation parts, without the column: `["staging", "flights"]`. */
  readonly parts: readonly string[]
  /** Span of `staging.` — everything before the relation's last name. */
  readonly start: number
  readonly end: number
  /** Where the reference that it names starts, if the parser resolved it. */
  readonly reference?: number
}

/** A literal file read as a table (`from 'data.parquet'`). */
export interface FileReference {
  readonly path: string
  readonly start: number
  readonly end: number
}

export interface FunctionCall {
  /** Lower-cased name, with schema if written. */
  readonly name: string
  readonly kind: 'scalar' | 'table'
  readonly start: number
}

/** A reason why this text may not be a model (section 12 of the semantics), found by the parser. */
export interface Refusal {
  readonly kind:
    | 'not_a_query'
    | 'several_statements'
    | 'empty'
    | 'writes'
    | 'select_into'
    | 'locking'
    | 'hidden_dependency'
    | 'volatile_function'
    | 'table_function'
    | 'file_reference'
  /** What was met, e.g. the function's name or the statement's kind. */
  readonly what: string
  readonly start: number
}

export interface ParsedQuery {
  readonly tables: readonly TableReference[]
  readonly qualifiedColumns: readonly QualifiedColumn[]
  readonly files: readonly FileReference[]
  readonly functions: readonly FunctionCall[]
  /** Output column names where the text alone tells them; `*` stands for a star. */
  readonly columns: readonly string[]
  /** Everything of section 12 that this text does, before the project's allow-list is applied. */
  readonly refusals: readonly Refusal[]
  /** Offset after the last token of the query, before any `;` and trailing comments. */
  readonly end: number
  /** A text that is equal for two queries iff they differ in comments, layout, keyword case or positions only. */
  readonly normalized: string
  /** The query as relations and expressions, only where it was asked for and the grammar is an engine's own. */
  readonly relational?: Relational
}

export interface SqlSyntaxError {
  readonly message: string
  /** UTF-16 offset of the error, if the parser gives one. */
  readonly offset?: number
}

export type ParseResult =
  | { readonly ok: true; readonly query: ParsedQuery }
  | { readonly ok: false; readonly error: SqlSyntaxError }

/** One SQL grammar. Implementations: `adapters/duckdb` (the engine's own), `adapters/postgres` (libpg-query),
 * `adapters/portable` (node-sql-parser, every other dialect). */
export interface SqlParser {
  readonly dialect: string
  /** Tells how many texts are about to come, so that a parser can make ready for many. */
  expect?(count: number): void
  /** The texts that were expected have come or never will: lets go of what was made ready for them. */
  settle?(): Promise<void>
  /** Parses each text on its own; the result has the same length and order. Never throws for bad SQL. `relational` has the indexes of the
   * texts whose `ParsedQuery.relational` is wanted, which costs time and memory. */
  parse(texts: readonly string[], relational?: ReadonlySet<number>): Promise<readonly ParseResult[]>
  close(): Promise<void>
}
