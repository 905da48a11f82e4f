import { findWord, wordOf } from '../../core/sql/duckdb-ast-names.ts'
import type { ParsedQuery, ParseResult, Refusal } from '../../core/sql/parser.ts'
import { endOfStatement, isToken, nextToken, type Token, tokenize } from '../../core/sql/tokens.ts'

/** What `json_serialize_sql` says of a text that it did not serialize. */
export interface SerializeError {
  readonly type: string
  readonly message: string
  /** In characters (code points), not bytes. */
  readonly position: number | undefined
}

/** The result for a text that is not one query: a refusal where it is good SQL of another kind, else the engine's error. */
export function notSerialized(text: string, error: SerializeError): ParseResult {
  if (error.message.startsWith('Only SELECT statements can be serialized')) return otherStatement(text)
  const refusal = refusalFor(text, error.message)
  if (refusal) return refused(text, [refusal])
  return {
    ok: false,
    error: {
      message: messageOf(error.message),
      ...(error.position !== undefined && { offset: unitOfCharacter(text, error.position) }),
    },
  }
}

/** A query that is good SQL and may not be a model. */
export function refused(text: string, refusals: readonly Refusal[]): ParseResult {
  const query: ParsedQuery = {
    tables: [],
    qualifiedColumns: [],
    files: [],
    functions: [],
    columns: [],
    refusals,
    end: endOfStatement(text).end,
    normalized: text,
  }
  return { ok: true, query }
}

export function emptyText(text: string): ParseResult {
  return refused(text, [{ kind: 'empty', what: 'nothing', start: 0 }])
}

export function severalStatements(text: string, start: number): Refusal {
  return { kind: 'several_statements', what: statementName(text, nextToken(text, start)), start }
}

const WRITING = new Set([
  'insert',
  'update',
  'delete',
  'merge',
  'truncate',
  'create',
  'alter',
  'drop',
  'copy',
])
const WRITING_AFTER_WITH = new Set(['insert', 'update', 'delete', 'merge'])
const QUERY_STARTS = new Set(['select', 'from', 'with', 'values', 'table', 'pivot', 'pivot_wider', 'unpivot'])

/** The parser knew the text as something else than queries. */
function otherStatement(text: string): ParseResult {
  const { another } = endOfStatement(text)
  if (another !== undefined) return refused(text, [severalStatements(text, another)])
  const tokens = tokenize(text)
  const first = tokens.find((token) => !isToken(text, token, '(') && !isToken(text, token, ';'))
  const word = wordOf(text, first)
  const start = first?.start ?? 0
  if (word === undefined || QUERY_STARTS.has(word)) {
    const writing = outerWord(text, tokens, WRITING_AFTER_WITH)
    if (writing) {
      return refused(text, [{ kind: 'writes', what: statementName(text, writing), start: writing.start }])
    }
    const pivot = findWord(text, 'pivot') ?? findWord(text, 'pivot_wider')
    if (pivot !== undefined) return dynamicPivot(pivot)
  }
  const kind = word !== undefined && WRITING.has(word) ? 'writes' : 'not_a_query'
  return refused(text, [{ kind, what: statementName(text, first), start }])
}

/** Its columns depend on the rows, so DuckDB runs it as several statements. */
function dynamicPivot(offset: number): ParseResult {
  const message =
    'a PIVOT in a model must list its values, as in ON origin IN (…): without them its columns depend on the data'
  return { ok: false, error: { message, offset } }
}

function statementName(text: string, token: Token | undefined): string {
  return wordOf(text, token)?.toUpperCase() ?? 'a statement'
}

/** The first of these words outside all parentheses. */
function outerWord(text: string, tokens: readonly Token[], words: ReadonlySet<string>): Token | undefined {
  let depth = 0
  for (const token of tokens) {
    if (isToken(text, token, '(')) depth++
    else if (isToken(text, token, ')')) depth--
    else if (depth === 0 && words.has(wordOf(text, token) ?? '')) return token
  }
  return undefined
}

/** Errors of DuckDB's parser that mean a refusal of Sluice. */
function refusalFor(text: string, message: string): Refusal | undefined {
  if (message === 'A CTE needs a SELECT') {
    const token = writingCte(text)
    return { kind: 'writes', what: statementName(text, token), start: token?.start ?? 0 }
  }
  if (message.startsWith('SELECT INTO not supported')) {
    return { kind: 'select_into', what: 'SELECT INTO', start: findWord(text, 'into') ?? 0 }
  }
  if (message.startsWith('SELECT locking clause is not supported')) {
    return { kind: 'locking', what: 'a locking clause', start: findWord(text, 'for') ?? 0 }
  }
  return undefined
}

/** The word after `AS (` or `AS [NOT] MATERIALIZED (` that begins a statement which is no query. */
function writingCte(text: string): Token | undefined {
  const tokens = tokenize(text)
  return tokens.find((token, index) => {
    const before = tokens[index - 1]
    const opener = wordOf(text, tokens[index - 2])
    const opens = opener === 'as' || opener === 'materialized'
    return opens && isToken(text, before, '(') && WRITING.has(wordOf(text, token) ?? '')
  })
}

function messageOf(message: string): string {
  if (message === 'NameListToString NOT IMPLEMENTED') {
    return 'a name of a relation has at most three parts: catalog.schema.table'
  }
  return message.replace(/^Parser Error: /, '')
}

/** DuckDB counts error positions in code points. */
function unitOfCharacter(text: string, character: number): number {
  let unit = 0
  for (let seen = 0; seen < character && unit < text.length; seen++) {
    unit += text.codePointAt(unit)! > 0xffff ? 2 : 1
  }
  return unit
}
