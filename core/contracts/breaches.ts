import type { Column, Dialect } from '../adapter.ts'
import type { ContractColumn, ContractConfig } from '../config/project.ts'

/** One way in which a query's columns are not what its contract promises. */
export type Breach =
  | { readonly kind: 'missing'; readonly column: ContractColumn }
  | { readonly kind: 'type'; readonly column: ContractColumn; readonly is: Column }
  | { readonly kind: 'extra'; readonly is: Column }
  /** The engine does not know the type that is promised. */
  | { readonly kind: 'unknown_type'; readonly column: ContractColumn }

/** The engine's own name of a type as written; null: there is no such type; undefined: nobody could be asked. */
export type CanonicalType = (written: string) => string | null | undefined

/** What of the columns that a query returns breaks the contract: promised ones in their order, then those that nobody promised. Pure. */
export function breachesOf(
  contract: ContractConfig,
  columns: readonly Column[],
  dialect: Dialect,
  canonical: CanonicalType,
): readonly Breach[] {
  const returned = new Map(columns.map((column) => [dialect.fold(column.name, true), column]))
  const promised = new Set<string>()
  const found: Breach[] = []
  for (const column of contract.columns) {
    const is = returned.get(dialect.fold(column.name, true)) ?? returned.get(dialect.fold(column.name, false))
    if (is === undefined) {
      found.push({ kind: 'missing', column })
      continue
    }
    promised.add(is.name)
    if (column.type === undefined || isWritten(column.type, is.type)) continue
    const type = canonical(column.type)
    if (type === null) found.push({ kind: 'unknown_type', column })
    else if (type !== undefined && !accepts(column.type, type, is.type))
      found.push({ kind: 'type', column, is })
  }
  for (const is of columns) if (!promised.has(is.name)) found.push({ kind: 'extra', is })
  return found
}

/** The types of the contract whose canonical names decide something. */
export function typesToAsk(
  contract: ContractConfig,
  columns: readonly Column[],
  dialect: Dialect,
): readonly string[] {
  const asked = new Set<string>()
  breachesOf(contract, columns, dialect, (written) => {
    asked.add(written)
    return undefined
  })
  return [...asked]
}

/** The type is written as the engine itself writes it, case and blanks aside. */
function isWritten(written: string, type: string): boolean {
  return squeezed(written) === squeezed(type)
}

function squeezed(type: string): string {
  return type
    .toLowerCase()
    .replace(/\s*([(),])\s*/g, '$1')
    .trim()
}

/** A type that is written without length or precision stands for all of them: `numeric` for `numeric(12,2)`. */
function accepts(written: string, canonical: string, is: string): boolean {
  if (canonical === is) return true
  if (/[([]/.test(written)) return false
  return withoutLength(canonical) === withoutLength(is)
}

function withoutLength(type: string): string {
  return type.replace(/\(\s*\d+\s*(?:,\s*-?\d+\s*)?\)/, '')
}

/** Whether a text can be the name of a type, and nothing more. */
export function isTypeName(written: string): boolean {
  if (/;|--|\/\*|\$/.test(written) || !/^[\p{L}_"]/u.test(written)) return false
  let depth = 0
  for (const character of written.replace(/"[^"]*"|'[^']*'/g, '')) {
    if (character === '(' || character === '[') depth += 1
    if (character === ')' || character === ']') depth -= 1
    if (depth < 0) return false
  }
  return depth === 0
}
