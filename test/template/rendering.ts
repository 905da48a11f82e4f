import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { loadTemplateParser } from '../../core/template/parse.ts'
import { type Context, type RenderOptions, render } from '../../core/template/render.ts'
import type { Rendered } from '../../core/template/template.ts'
import type { ParsedTemplate } from '../../core/template/tree.ts'

export const parse = await loadTemplateParser()

export interface Setting {
  readonly macros?: Readonly<Record<string, string>>
  readonly absent?: Readonly<Record<string, string>>
  readonly literal?: RenderOptions['literal']
  readonly maxLength?: number
}

/** Renders the model `model.sql` with macros from `macros/<name>.sql`, in a dialect like Postgres's. */
export function renderText(text: string, context: Context = {}, setting: Setting = {}): Rendered {
  const { macros = {}, literal = sqlLiteral, absent, maxLength } = setting
  const parsed = new Map<string, ParsedTemplate>()
  const partials = (name: string): ParsedTemplate | undefined => {
    if (!Object.hasOwn(macros, name)) return undefined
    const known = parsed.get(name) ?? parse({ file: `macros/${name}.sql`, text: macros[name]! })
    parsed.set(name, known)
    return known
  }
  return render(parse({ file: 'model.sql', text }), context, {
    partials,
    partialNames: () => Object.keys(macros),
    literal,
    quote: (identifier) => `"${identifier.replaceAll('"', '""')}"`,
    ...(absent ? { absent } : {}),
    ...(maxLength ? { maxLength } : {}),
  })
}

export function sqlLiteral(value: string | number | boolean | null): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  return typeof value === 'boolean' ? String(value).toUpperCase() : String(value)
}

/** The diagnostics that `work` throws, each as `CODE file:line:column message | hint`. */
export function mistakesOf(work: () => unknown): readonly string[] {
  try {
    work()
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    return error.diagnostics.map(({ code, place, message, hint }) => {
      const where = place
        ? `${place.file}:${place.line}:${place.column}-${place.endLine}:${place.endColumn}`
        : ''
      return `${code} ${where} ${message}${hint === undefined ? '' : ` | ${hint}`}`
    })
  }
  return []
}
