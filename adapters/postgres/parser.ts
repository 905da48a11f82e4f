import { byteOffsets } from '../../core/sql/offsets.ts'
import type { ParseResult, SqlParser } from '../../core/sql/parser.ts'
import { readPostgresTree } from '../../core/sql/postgres-ast.ts'
import type { JsonObject } from '../../core/sql/postgres-ast-node.ts'
import { readPostgresQuery } from '../../core/sql/relational/postgres.ts'
import { postgresTraits } from './function-traits.ts'
import { PostgresGrammar } from './parser-grammar.ts'
import { refusalOf } from './parser-rules.ts'

/** The parser of Postgres targets: the server's own grammar. */
export function createPostgresParser(): SqlParser {
  const grammar = new PostgresGrammar()
  return {
    dialect: 'postgres',
    async parse(texts, relational) {
      const results: ParseResult[] = []
      for (const [index, text] of texts.entries()) {
        await grammar.load()
        results.push(parseOne(grammar, text, relational?.has(index) === true))
      }
      return results
    },
    async close() {
      grammar.unload()
    },
  }
}

const tooDeep: ParseResult = { ok: false, error: { message: 'the query is nested too deeply' } }

function parseOne(grammar: PostgresGrammar, text: string, isRelational: boolean): ParseResult {
  const parsed = grammar.parse(text)
  if (!parsed) return tooDeep
  if (!parsed.ok) return parsed
  try {
    const tree = JSON.parse(parsed.json) as JsonObject
    const query = readPostgresTree({ text, tree, offset: byteOffsets(text), refusalOf })
    const understood = { ...query, normalized: withoutPositions(parsed.json) }
    const read = isRelational ? readPostgresQuery(text, tree, postgresTraits) : undefined
    if (read === undefined) return { ok: true, query: understood }
    return { ok: true, query: { ...understood, relational: { query: read, aliases: 'group_by' } } }
  } catch (error) {
    if (error instanceof RangeError) return tooDeep
    throw error
  }
}

const positions =
  /,?"(?:location|stmt_location|stmt_len|list_start|list_end|rexpr_list_start|rexpr_list_end|name_location)":-?\d+/g

/** Works on the JSON's text, many times faster than on the tree. Exact: a quote inside a JSON string is always escaped and a
 * string is never followed by a colon unless it is a key, so that what matches is a member of the tree. */
function withoutPositions(json: string): string {
  return json.replace(positions, '')
}
