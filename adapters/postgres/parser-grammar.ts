import type { LibpgQuery } from 'libpg-query/wasm/libpg-query.js'
import type { SqlSyntaxError } from '../../core/sql/parser.ts'

/** The JSON text of a parse tree, or what is wrong with the SQL. */
export type GrammarResult =
  | { readonly ok: true; readonly json: string }
  | { readonly ok: false; readonly error: SqlSyntaxError }

/** The real grammar of PostgreSQL 18, compiled to WebAssembly. Loaded with the first text. */
export class PostgresGrammar {
  #module: LibpgQuery | undefined

  async load(): Promise<void> {
    if (this.#module) return
    const { default: instantiate } = await import('libpg-query/wasm/libpg-query.js')
    this.#module = await instantiate()
  }

  unload(): void {
    this.#module = undefined
  }

  /** Parses one text; `load` comes first. Undefined means that the text exhausted the stack: the instance is gone then, because what
   * it held at that moment can never be given back. */
  parse(text: string): GrammarResult | undefined {
    const nul = text.indexOf('\0')
    if (nul >= 0) return { ok: false, error: { message: 'a NUL character cannot stand in SQL', offset: nul } }
    const module = this.#module
    if (!module) throw new Error('the grammar is not loaded')
    try {
      return parseWith(module, text)
    } catch (error) {
      if (!isExhausted(error)) throw error
      this.#module = undefined
      return undefined
    }
  }
}

/** V8 reports a full stack as a RangeError, a trap of the WebAssembly code as a RuntimeError. */
function isExhausted(error: unknown): boolean {
  return error instanceof Error && (error instanceof RangeError || error.name === 'RuntimeError')
}

/** Layout of PgQueryParseResult: tree, stderr, error; of PgQueryError: message, function, file, line, cursor. */
function parseWith(module: LibpgQuery, text: string): GrammarResult {
  const bytes = module.lengthBytesUTF8(text) + 1
  const input = module._malloc(bytes)
  module.stringToUTF8(text, input, bytes)
  const result = module._wasm_parse_query_raw(input)
  module._free(input)
  if (result === 0) throw new Error('libpg-query has no memory left')
  const error = module.getValue(result + 8, 'i32')
  const answer: GrammarResult =
    error === 0
      ? { ok: true, json: module.UTF8ToString(module.getValue(result, 'i32')) }
      : { ok: false, error: syntaxError(module, error, text) }
  module._wasm_free_parse_result(result)
  return answer
}

function syntaxError(module: LibpgQuery, error: number, text: string): SqlSyntaxError {
  const message = module.UTF8ToString(module.getValue(error, 'i32'))
  const cursor = module.getValue(error + 16, 'i32')
  return cursor > 0 ? { message, offset: unitsOfPoints(text, cursor - 1) } : { message }
}

/** The cursor counts code points, as the server does; locations in the tree count bytes. */
function unitsOfPoints(text: string, points: number): number {
  let index = 0
  for (let point = 0; point < points && index < text.length; point++) {
    index += text.codePointAt(index)! > 0xffff ? 2 : 1
  }
  return index
}
