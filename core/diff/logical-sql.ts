import type { Dialect } from '../adapter.ts'
import type { CompiledSql } from '../compile/compiled.ts'
import type { Part } from '../template/edit.ts'

/** A model's SQL as it is written, macros and values put in, whatever the target: relations by their logical names, the window as `{{…}}`. */
export function shownSql({ parts }: CompiledSql): string {
  return textOf(parts, {
    relation: (name) => name,
    symbol: (symbol) => `{{${symbol}}}`,
  })
}

/** The same for the parser: the window is a literal that tells one symbol from another. Only to be parsed, never to be run.
 * @param nameOf what a relation is to be called; two texts are compared by it as if it had that name */
export function parsableSql(
  { parts }: CompiledSql,
  dialect: Dialect,
  nameOf: (relation: string) => string = (name) => name,
): string {
  return textOf(parts, {
    relation: (name) =>
      nameOf(name)
        .split('.')
        .map((each) => dialect.quote(each))
        .join('.'),
    symbol: (symbol) => dialect.literal(`{{${symbol}}}`),
  })
}

interface Writing {
  readonly relation: (name: string) => string
  readonly symbol: (symbol: string) => string
}

function textOf(parts: readonly Part[], { relation, symbol }: Writing): string {
  return parts
    .map((part) => {
      if ('symbol' in part) return symbol(part.symbol)
      if (part.relation === undefined) return part.text
      // Blanks keep the name apart from its neighbours.
      return part.text.replace(part.text.trim(), () => relation(part.relation!))
    })
    .join('')
}
