import type { SqlSyntaxError } from '../../core/sql/parser.ts'

/** The statements of a text as trees, or what is wrong with it; `defective` means that the library's own code gave up. */
export type GrammarResult =
  | { readonly ok: true; readonly statements: readonly unknown[] }
  | { readonly ok: false; readonly error: SqlSyntaxError; readonly defective: boolean }

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
      return { ok: false, error: syntaxError(error), defective: error.name !== 'SyntaxError' }
    }
  }
}

/** The library's messages list every character that could follow; its place says more. */
function syntaxError(error: Error): SqlSyntaxError {
  const offset = offsetOf(error)
  return offset === undefined ? { message: error.message } : { message: 'syntax error', offset }
}

function offsetOf(error: Error): number | undefined {
  if (!('location' in error)) return undefined
  const { location } = error as { readonly location?: { readonly start?: { readonly offset?: unknown } } }
  const offset = location?.start?.offset
  return typeof offset === 'number' ? offset : undefined
}
