import { freeTables } from './free-tables.ts'
import type { Cte, Query, QueryBody } from './ir.ts'

/** The CTEs of WITH RECURSIVE in an order in which each names only those before it, the recursive ones as such. */
export function withRecursion(ctes: readonly Cte[]): readonly Cte[] {
  const named = new Map(ctes.map((cte) => [cte.name.key, freeTables(cte.query)]))
  const ordered: Cte[] = []
  const state = new Map<string, 'open' | 'done'>()
  const inCycle = new Set<string>()
  const visit = (cte: Cte, path: readonly string[]): void => {
    const key = cte.name.key
    if (state.get(key) === 'done') return
    if (state.get(key) === 'open') {
      for (const each of path.slice(path.indexOf(key))) inCycle.add(each)
      return
    }
    state.set(key, 'open')
    for (const other of ctes) {
      const isNamed = other !== cte && named.get(key)!.has(other.name.key)
      if (isNamed) visit(other, [...path, key])
    }
    state.set(key, 'done')
    ordered.push(cte)
  }
  for (const cte of ctes) visit(cte, [])
  return ordered.map((cte) => {
    const { key } = cte.name
    if (inCycle.has(key)) return { ...cte, query: unknown('CTEs that name each other') }
    return named.get(key)!.has(key) ? { ...cte, query: recursive(cte.query) } : cte
  })
}

function recursive(query: Query): Query {
  const { body } = query
  if (body.kind !== 'set' || body.operator !== 'union') return unknown('a recursive query')
  const recursion: QueryBody = {
    kind: 'recursion',
    isAll: body.isAll,
    anchor: body.left,
    step: body.right,
    keys: [],
  }
  return { ...query, body: recursion }
}

function unknown(what: string): Query {
  return { with: [], isRecursive: false, body: { kind: 'unknown', what }, orderBy: [] }
}
