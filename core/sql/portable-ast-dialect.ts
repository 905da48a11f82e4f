import type { LexicalRules } from './portable-ast-tokens.ts'

/** What of WITH a dialect lets a common table expression see, beside those before it. `itself` and `all` hold after
 * RECURSIVE, or always where the dialect has no such word; `union` is Snowflake: a body with UNION ALL is recursive. */
export interface CteRules {
  readonly plain: 'earlier' | 'itself' | 'all' | 'union'
  readonly recursive: 'itself' | 'all'
}

/** How a dialect is read. */
export interface PortableDialect {
  readonly name: string
  readonly lexical: LexicalRules
  readonly ctes: CteRules
  /** Quoted names are told apart by case, unquoted ones are not. */
  readonly quotedCase: boolean
  /** `t.items` in FROM is an array of `t`, and `` `a.b` `` is a name of two parts. */
  readonly paths: boolean
  /** `from t (nolock)`. */
  readonly hints: boolean
  /** A grammar that is asked where the dialect's own fails in the library's code: Trino's does on every scalar subquery. */
  readonly standIn?: string
}

const lexical: LexicalRules = {
  hashComments: false,
  slashComments: false,
  nestedComments: false,
  dollarStrings: false,
  brackets: false,
  doubleQuotesEscape: false,
}

const base = {
  lexical,
  ctes: { plain: 'earlier', recursive: 'itself' },
  quotedCase: false,
  paths: false,
  hints: false,
} as const

const hashes: LexicalRules = { ...lexical, hashComments: true }
const nested: LexicalRules = { ...lexical, nestedComments: true }

/** The dialects that node-sql-parser ships a grammar for, except those with an engine's own parser. */
export const portableDialectRules: readonly PortableDialect[] = [
  { ...base, name: 'athena', lexical: { ...hashes, doubleQuotesEscape: true } },
  {
    ...base,
    name: 'bigquery',
    lexical: { ...hashes, doubleQuotesEscape: true },
    ctes: { plain: 'earlier', recursive: 'all' },
    paths: true,
  },
  { ...base, name: 'db2', lexical: hashes, ctes: { plain: 'itself', recursive: 'itself' }, quotedCase: true },
  { ...base, name: 'flinksql' },
  { ...base, name: 'hive', lexical: { ...hashes, doubleQuotesEscape: true } },
  {
    ...base,
    name: 'mariadb',
    lexical: { ...hashes, doubleQuotesEscape: true },
    ctes: { plain: 'earlier', recursive: 'all' },
  },
  { ...base, name: 'mysql', lexical: { ...hashes, doubleQuotesEscape: true } },
  {
    ...base,
    name: 'redshift',
    lexical: { ...nested, dollarStrings: true },
    ctes: { plain: 'earlier', recursive: 'all' },
  },
  {
    ...base,
    name: 'snowflake',
    lexical: { ...nested, slashComments: true, dollarStrings: true },
    ctes: { plain: 'union', recursive: 'itself' },
    quotedCase: true,
  },
  { ...base, name: 'sqlite', lexical: hashes, ctes: { plain: 'all', recursive: 'all' } },
  {
    ...base,
    name: 'transactsql',
    lexical: { ...nested, brackets: true },
    ctes: { plain: 'itself', recursive: 'itself' },
    hints: true,
  },
  {
    ...base,
    name: 'trino',
    lexical: { ...nested, slashComments: true, dollarStrings: true },
    standIn: 'snowflake',
  },
]
