import type { PortableDialect } from './portable-ast-dialect.ts'
import type { PortableName } from './portable-ast-names.ts'

/** A visible CTE; the innermost comes first. */
export interface CteScope {
  readonly name: string
  readonly outer: CteScope | undefined
}

/** The relations that one SELECT brings into scope; filled while it is read. */
export interface QueryScope {
  /** Aliases and last names, folded. */
  readonly ranges: string[]
  /** Tables of two parts or more without an alias. */
  readonly named: PortableName[]
  readonly outer: QueryScope | undefined
}

export interface Scope {
  readonly ctes: CteScope | undefined
  readonly query: QueryScope | undefined
}

export function newQuery(outer: QueryScope | undefined): QueryScope {
  return { ranges: [], named: [], outer }
}

/** A name as the dialect compares it: without case, or, where quoted names keep theirs, with unquoted ones in upper case. */
export function foldName(name: string, quoted: boolean, { quotedCase }: PortableDialect): string {
  if (!quotedCase) return name.toLowerCase()
  return quoted ? name : name.toUpperCase()
}

export function isCte(ctes: CteScope | undefined, name: string): boolean {
  for (let cte = ctes; cte; cte = cte.outer) if (cte.name === name) return true
  return false
}

export function rangesHave(query: QueryScope | undefined, name: string): boolean {
  for (let each = query; each; each = each.outer) if (each.ranges.includes(name)) return true
  return false
}

/** How many parts of a dotted name are a table in scope, written the same way; undefined if none is. */
export function relationOf(name: PortableName, query: QueryScope | undefined): number | undefined {
  for (let each = query; each; each = each.outer) {
    for (const { parts } of each.named) if (beginsWith(name.parts, parts)) return parts.length
  }
  return undefined
}

function beginsWith(parts: readonly string[], relation: readonly string[]): boolean {
  if (parts.length <= relation.length) return false
  return relation.every((part, index) => part.toLowerCase() === parts[index]!.toLowerCase())
}
