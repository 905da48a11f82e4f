import type { From, Query, Select, Star } from '../../sql/relational/ir.ts'
import type { QueryFinding } from '../query-lint.ts'
import { type CteScope, cteNamed, withCtes } from './cte-scope.ts'

/**
 * Stars in the output of a query that stand for whatever columns a relation of the project has: a column that is added there turns up here, and
 * one that is removed goes missing. A star over a CTE or a subquery that names its columns is none.
 */
export function openStars(query: Query): readonly QueryFinding[] {
  const found = new Map<number, string>()
  starsOf(query, undefined, found)
  return [...found].map(([start, what]) => ({ rule: 'select_star', what, start }))
}

/** Adds the open stars that end up in the output of a query; tells whether there are any. */
function starsOf(query: Query, outer: CteScope | undefined, found: Map<number, string>): boolean {
  const scope = withCtes(query, outer)
  const { body } = query
  switch (body.kind) {
    case 'select':
      return starsOfSelect(body, scope, found)
    case 'nested':
      return starsOf(body.query, scope, found)
    case 'set': {
      const left = starsOf(body.left, scope, found)
      return starsOf(body.right, scope, found) || left
    }
    case 'recursion':
      return starsOf(body.anchor, scope, found)
    case 'values':
    case 'unknown':
      return false
    default:
      return body satisfies never
  }
}

function starsOfSelect(select: Select, scope: CteScope | undefined, found: Map<number, string>): boolean {
  let isOpen = false
  for (const item of select.items) {
    const star =
      item.kind === 'star'
        ? item
        : item.kind === 'expression' && item.expression.kind === 'columns'
          ? item.expression.star
          : undefined
    if (star === undefined || select.from === undefined) continue
    // COLUMNS with names is no open star.
    if (star.chosen?.kind === 'names') continue
    const over = openBehind(star, select.from, scope, found)
    if (over === undefined) continue
    isOpen = true
    if (over.isRelation) found.set(item.start ?? star.start ?? select.start ?? 0, over.name)
  }
  return isOpen
}

interface Open {
  readonly name: string
  /** False: the star to blame is within, and found already. */
  readonly isRelation: boolean
}

/** The first entry of FROM that the star takes columns of and that has no columns of its own choosing. */
function openBehind(
  star: Star,
  from: From,
  scope: CteScope | undefined,
  found: Map<number, string>,
): Open | undefined {
  const wanted = star.relation?.at(-1)?.key
  let within: Open | undefined
  for (const entry of visibleOf(from)) {
    const name = nameOf(entry)
    if (wanted !== undefined && name !== undefined && name.key !== wanted) continue
    const open = openEntry(entry, scope, found)
    if (open?.isRelation) return open
    within ??= open
  }
  return within
}

function openEntry(entry: From, scope: CteScope | undefined, found: Map<number, string>): Open | undefined {
  switch (entry.kind) {
    case 'table': {
      const cte = entry.parts.length === 1 ? cteNamed(scope, entry.parts[0]!.key) : undefined
      const name = entry.parts.map((part) => part.text).join('.')
      if (cte === undefined) return { name, isRelation: true }
      if (cte.cte.columns.length > 0 && cte.isWhole) return undefined
      return starsOf(cte.cte.query, cte.outer, found) ? { name, isRelation: false } : undefined
    }
    case 'derived':
      return starsOf(entry.query, scope, found) ? { name: '', isRelation: false } : undefined
    case 'pivot':
      return entry.groups === undefined ? firstOpen(entry.input, scope, found) : undefined
    case 'unpivot':
      return firstOpen(entry.input, scope, found)
    case 'join':
      return firstOpen(entry, scope, found)
    case 'function':
    case 'computed':
    case 'values':
    case 'unknown':
      return undefined
    default:
      return entry satisfies never
  }
}

function firstOpen(from: From, scope: CteScope | undefined, found: Map<number, string>): Open | undefined {
  for (const entry of visibleOf(from)) {
    const open = openEntry(entry, scope, found)
    if (open !== undefined) return open
  }
  return undefined
}

/** The entries whose columns a `*` stands for. A join with a name of its own is looked into all the same. */
function visibleOf(from: From): readonly Exclude<From, { kind: 'join' }>[] {
  if (from.kind !== 'join') return [from]
  const isHalf = from.type === 'semi' || from.type === 'anti'
  return [...visibleOf(from.left), ...(isHalf ? [] : visibleOf(from.right))]
}

function nameOf(entry: Exclude<From, { kind: 'join' }>) {
  return entry.alias ?? (entry.kind === 'table' ? entry.parts.at(-1) : undefined)
}
