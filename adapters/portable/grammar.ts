import type { SqlSyntaxError } from '../../core/sql/parser.ts'

/** The statements of a text as trees, or what is wrong with it. */
export type GrammarResult =
  | { readonly ok: true; readonly statements: readonly unknown[] }
  | { readonly ok: false; readonly error: SqlSyntaxError }

export type Grammar = (text: string) => GrammarResult

interface LibraryParser {
  astify(text: string, options: { readonly database: string }): unknown
}

interface Library {
  readonly Parser: new () => LibraryParser
}

/** Loads the one grammar of a dialect: 10 to 30 ms each, the whole package 130. */
export async function loadGrammar(dialect: string): Promise<Grammar> {
  const loaded: Library | { readonly default: Library } = await import(`node-sql-parser/build/${dialect}.js`)
  const library = 'default' in loaded ? loaded.default : loaded
  const parser = new library.Parser()
  return (text) => {
    try {
      const tree = parser.astify(text, { database: dialect })
      return { ok: true, statements: Array.isArray(tree) ? tree : [tree] }
    } catch (error) {
      if (!(error instanceof Error)) throw error
      return { ok: false, error: syntaxError(error) }
    }
  }
}

/** Grammar errors list every token that could follow, which nobody can read; what was found says as much. Errors without
 * a place come from the library's own code and mean that it cannot read the text either. */
function syntaxError(error: Error): SqlSyntaxError {
  const found = / but (.+) found\.$/s.exec(error.message)
  const message = found ? `syntax error at ${found[1]}` : error.message
  const offset = offsetOf(error)
  return offset === undefined ? { message } : { message, offset }
}

function offsetOf(error: Error): number | undefined {
  if (!('location' in error)) return undefined
  const { location } = error as { readonly location?: { readonly start?: { readonly offset?: unknown } } }
  const offset = location?.start?.offset
  return typeof offset === 'number' ? offset : undefined
}
