import type { ParsedQuery, ParseResult, Refusal, SqlParser, SqlSyntaxError } from '../../core/sql/parser.ts'
import { type PortableReading, readPortableTokens } from '../../core/sql/portable-ast.ts'
import { type PortableDialect, portableDialectRules } from '../../core/sql/portable-ast-dialect.ts'
import { type PortableToken, portableTokens } from '../../core/sql/portable-ast-tokens.ts'
import { relationNames, selectedNames, statementType } from '../../core/sql/portable-ast-tree.ts'
import { keywords } from '../../core/sql/portable-ast-words.ts'
import { type Grammar, type GrammarResult, loadGrammar } from './grammar.ts'
import { refusalOf } from './rules.ts'

/** The dialects that `createPortableParser` takes. */
export const portableDialects: readonly string[] = portableDialectRules.map((each) => each.name)

/** A parser for a dialect without an engine here: node-sql-parser's grammar says what is SQL and which relations there are, our own
 * reading of the tokens where they stand and which of them are CTEs. Where the two disagree the text is refused. */
export function createPortableParser(dialect: string): SqlParser {
  const rules = portableDialectRules.find((each) => each.name === dialect)
  if (!rules)
    throw new Error(`no grammar for the dialect ${dialect}; there are ${portableDialects.join(', ')}`)
  const grammars = new Map<string, Grammar>()
  const grammarOf = async (name: string): Promise<Grammar> => {
    const grammar = grammars.get(name) ?? (await loadGrammar(name))
    grammars.set(name, grammar)
    return grammar
  }
  return {
    dialect,
    async parse(texts) {
      const results: ParseResult[] = []
      for (const text of texts) {
        const source = readSource(text, rules)
        const parsed = (await grammarOf(dialect))(source.statement)
        const isRetried = !parsed.ok && parsed.defective && rules.standIn !== undefined
        results.push(
          parseOne(source, isRetried ? (await grammarOf(rules.standIn))(source.statement) : parsed),
        )
      }
      return results
    },
    async close() {
      grammars.clear()
    },
  }
}

/** A text cut at its first statement: what follows, comments too, is none of the grammar's business, and some stumble over it. */
interface Source {
  readonly text: string
  readonly dialect: PortableDialect
  readonly tokens: readonly PortableToken[]
  readonly statement: string
  /** The first token after the statement's semicolon. */
  readonly another: PortableToken | undefined
}

function readSource(text: string, dialect: PortableDialect): Source {
  const all = portableTokens(text, dialect.lexical)
  const start = all.findIndex((token) => !isSemicolon(token))
  const semicolon = all.findIndex((token, index) => index > start && isSemicolon(token))
  const end = semicolon < 0 ? all.length : semicolon
  const tokens = start < 0 ? [] : all.slice(start, end)
  return {
    text,
    dialect,
    tokens,
    statement: withUnions(text, tokens),
    another: all.slice(end).find((token) => !isSemicolon(token)),
  }
}

/** Most of the library's grammars know no set operation but UNION. Which relations a query reads is the same for all of them, so they
 * are shown a UNION of the same length. */
function withUnions(text: string, tokens: readonly PortableToken[]): string {
  let shown = ''
  let at = 0
  for (const [index, token] of tokens.entries()) {
    if (!isSetOperator(tokens, index)) continue
    shown += text.slice(at, token.start) + 'union'.padEnd(token.end - token.start)
    at = token.end
  }
  return shown + text.slice(at, tokens.at(-1)?.end ?? 0)
}

function isSetOperator(tokens: readonly PortableToken[], index: number): boolean {
  const token = tokens[index]!
  if (token.kind !== 'word' || !['intersect', 'except', 'minus'].includes(token.value)) return false
  const next = tokens.slice(index + 1).find(({ kind, value }) => kind !== 'symbol' || value !== '(')
  return next?.kind === 'word' && ['select', 'with', 'all', 'distinct', 'values'].includes(next.value)
}

function parseOne(source: Source, parsed: GrammarResult): ParseResult {
  const { text, tokens, dialect } = source
  const [first] = tokens
  if (!first) return { ok: true, query: notAQuery(source, { kind: 'empty', what: '', start: 0 }) }
  if (!parsed.ok) return { ok: false, error: namingToken(source, parsed.error) }
  const [statement] = parsed.statements
  const kind = statementType(statement)
  if (kind !== 'select' && kind !== 'union') {
    const what = (kind ?? first.value).toUpperCase()
    return { ok: true, query: notAQuery(source, { kind: 'not_a_query', what, start: first.start }) }
  }
  const reading = readPortableTokens(text, tokens, dialect)
  const problem = disagreement(reading, statement)
  return problem ? { ok: false, error: problem } : { ok: true, query: understood(source, reading, statement) }
}

/** The library's errors point at a character; a person looks for the word. The grammar is named, because it may be what is wrong: it does
 * not know all of its dialect. */
function namingToken({ text, tokens, dialect }: Source, error: SqlSyntaxError): SqlSyntaxError {
  const { offset } = error
  if (offset === undefined) return { message: `${error.message} (says node-sql-parser for ${dialect.name})` }
  const token = tokens.find((each) => each.end > offset)
  const found = token ? `or near "${text.slice(token.start, token.end)}"` : 'end of input'
  const message = `syntax error at ${found} (says node-sql-parser for ${dialect.name})`
  return { message, offset: token ? token.start : offset }
}

function isSemicolon(token: PortableToken): boolean {
  return token.kind === 'symbol' && token.value === ';'
}

function notAQuery({ text, tokens }: Source, refusal: Refusal): ParsedQuery {
  return {
    tables: [],
    qualifiedColumns: [],
    files: [],
    functions: [],
    columns: [],
    refusals: [refusal],
    end: tokens.at(-1)?.end ?? 0,
    normalized: normalized(text, tokens),
  }
}

function understood(source: Source, reading: PortableReading, statement: unknown): ParsedQuery {
  const { text, tokens, another } = source
  const { tables, qualifiedColumns, functions } = reading
  const refusals = [...reading.refusals]
  for (const call of functions) {
    const kind = refusalOf(call)
    if (kind) refusals.push({ kind, what: call.name, start: call.start })
  }
  if (another) refusals.push({ kind: 'several_statements', what: '', start: another.start })
  return {
    tables,
    qualifiedColumns,
    files: [],
    functions,
    columns: selectedNames(statement),
    refusals: refusals.sort((a, b) => a.start - b.start),
    end: tokens.at(-1)!.end,
    normalized: normalized(text, tokens),
  }
}

/** Made of the tokens, not of the tree, which leaves out what its grammar does not care for. */
function normalized(text: string, tokens: readonly PortableToken[]): string {
  return tokens
    .map(({ kind, value, start, end }) =>
      kind === 'word' && keywords.has(value) ? value : text.slice(start, end),
    )
    .join(' ')
}

/** Both readings must find the same names the same number of times; what differs cannot be placed. */
function disagreement(
  reading: PortableReading,
  statement: unknown,
): { message: string; offset?: number } | undefined {
  const inTree = new Map<string, number>()
  for (const name of relationNames(statement)) {
    const key = comparable(name)
    inTree.set(key, (inTree.get(key) ?? 0) + 1)
  }
  for (const { parts, start } of reading.relations) {
    const key = comparable(parts.join('.'))
    const count = inTree.get(key) ?? 0
    if (count === 0) {
      return { message: `the table reference ${parts.join('.')} could not be understood here`, offset: start }
    }
    if (count === 1) inTree.delete(key)
    else inTree.set(key, count - 1)
  }
  const [left] = inTree.keys()
  return left === undefined
    ? undefined
    : { message: `the table reference ${left} could not be placed in the text` }
}

/** The library keeps some quotes inside names and writes some names in another case. */
function comparable(name: string): string {
  return name.replace(/["`[\]]/g, '').toLowerCase()
}
