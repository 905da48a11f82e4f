import { type DuckdbQuery, readDuckdbTree } from '../../core/sql/duckdb-ast.ts'
import { type AstNode, isNode, nodes } from '../../core/sql/duckdb-ast-columns.ts'
import type { ParseResult, Refusal, SqlParser } from '../../core/sql/parser.ts'
import { readDuckdbQuery } from '../../core/sql/relational/duckdb.ts'
import type { Relational } from '../../core/sql/relational/ir.ts'
import { endOfStatement, isToken, nextToken } from '../../core/sql/tokens.ts'
import { duckdbTraits } from './function-traits.ts'
import { ParsingEngine, type Serialized } from './parser-engine.ts'
import { functionRefusal } from './parser-functions.ts'
import { plainSpaces } from './parser-spaces.ts'
import { emptyText, notSerialized, refused, severalStatements } from './parser-statement.ts'

/** Texts per statement: large enough that a statement's own cost vanishes, small enough that DuckDB serializes the next batch while this
 * thread reads the last one (10,000 models of 44 lines: 250 was as fast as 500). */
const BATCH = 250
/** Batches that DuckDB works on at once. */
const LANES = 2

/** DuckDB's own grammar, from an in-memory instance that is created with the first text. */
export function createDuckdbParser(): SqlParser {
  const engine = new ParsingEngine()
  return {
    dialect: 'duckdb',
    async parse(texts, relational) {
      const results = new Array<ParseResult>(texts.length)
      let next = 0
      const lane = async () => {
        while (next < texts.length) {
          const from = next
          next = Math.min(from + BATCH, texts.length)
          const batch = texts.slice(from, next)
          const read = await parseBatch(engine, batch, (index) => relational?.has(from + index) === true)
          for (const [index, result] of read.entries()) results[from + index] = result
        }
      }
      await Promise.all(Array.from({ length: LANES }, lane))
      return results
    },
    close: () => engine.close(),
  }
}

/** Whether the relational form of a text of the batch is wanted. */
type IsWanted = (index: number) => boolean

async function parseBatch(
  engine: ParsingEngine,
  texts: readonly string[],
  isRelational: IsWanted,
): Promise<readonly ParseResult[]> {
  const plain = texts.map(plainSpaces)
  let serialized: readonly Serialized[]
  try {
    serialized = await engine.serialize(plain)
  } catch (error) {
    if (texts.length > 1) return await oneByOne(engine, texts, isRelational)
    return [notSerialized(texts[0]!, { type: 'unknown', message: firstLine(error), position: undefined })]
  }
  return plain.map((text, index) => understand(text, serialized[index]!, isRelational(index)))
}

/** One text that the engine cannot stand must not spoil the others of its batch. */
async function oneByOne(
  engine: ParsingEngine,
  texts: readonly string[],
  isRelational: IsWanted,
): Promise<readonly ParseResult[]> {
  const results: ParseResult[] = []
  for (const [index, text] of texts.entries()) {
    results.push(...(await parseBatch(engine, [text], () => isRelational(index))))
  }
  return results
}

function firstLine(error: unknown): string {
  return error instanceof Error ? error.message.split('\n', 1)[0]! : String(error)
}

function understand(text: string, { json, digest }: Serialized, isRelational: boolean): ParseResult {
  const nul = text.indexOf('\0')
  if (nul >= 0) return { ok: false, error: { message: 'the text has a NUL character', offset: nul } }
  const tree = parseTree(json)
  if (tree.error === true) {
    const position = Number(tree.position ?? Number.NaN)
    return notSerialized(text, {
      type: String(tree.error_type),
      message: String(tree.error_message),
      position: Number.isSafeInteger(position) ? position : undefined,
    })
  }
  const statements = nodes(tree.statements)
  const statement = statements[0]
  if (!statement) return emptyText(text)
  const { end, another } = endOfStatement(text)
  const first = nextToken(text)
  if (isToken(text, first, ';')) {
    return { ok: false, error: { message: 'a query does not begin with a semicolon', offset: first!.start } }
  }
  if (statements.length > 1) return refused(text, [severalStatements(text, another ?? end)])
  const query = read(text, statement)
  if (!query) return { ok: false, error: { message: 'the query is nested too deeply' } }
  const { listings, ...understood } = query
  const parsed = { ...understood, refusals: refusalsOf(query), end, normalized: digest }
  const relational = isRelational ? readRelational(text, statement) : undefined
  return { ok: true, query: relational === undefined ? parsed : { ...parsed, relational } }
}

/** Undefined for a tree that is deeper than the stack. */
function readRelational(text: string, statement: AstNode): Relational | undefined {
  try {
    return { query: readDuckdbQuery(text, statement, duckdbTraits), aliases: 'everywhere' }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Undefined for a tree that is deeper than the stack. */
function read(text: string, statement: AstNode): DuckdbQuery | undefined {
  try {
    return readDuckdbTree(text, statement)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** DuckDB writes infinite numbers as `Infinity`, which is no JSON. A constant cannot spell the key: its quotes are escaped. */
function parseTree(json: string): AstNode {
  let tree: unknown
  try {
    tree = JSON.parse(json)
  } catch {
    tree = JSON.parse(json.replace(/"value":(-?Infinity|-?NaN)/gi, '"value":"$1"'))
  }
  if (!isNode(tree)) throw new Error('DuckDB serialized a text as something else than an object')
  return tree
}

function refusalsOf(query: DuckdbQuery): readonly Refusal[] {
  const files = query.files.map(({ path, start }): Refusal => ({ kind: 'file_reference', what: path, start }))
  const listings = query.listings.map(
    ({ what, start }): Refusal => ({ kind: 'hidden_dependency', what, start }),
  )
  const functions = query.functions.map(functionRefusal).filter((refusal) => refusal !== undefined)
  return [...files, ...listings, ...functions].sort((a, b) => a.start - b.start)
}
