import type { Expression, From, Query, Relational, Select } from '../../sql/relational/ir.ts'
import { childrenOf, ordered, walkQuery } from '../../sql/relational/walk.ts'
import type { QueryFinding } from '../query-lint.ts'

type Entry = Exclude<From, { kind: 'join' }>

/**
 * Columns without their relation where a FROM joins several: a reader cannot tell where they come from, and a column of the same name that is
 * added to another of the relations makes them ambiguous. Those of one FROM are one group.
 */
export function unqualifiedColumns({ query }: Relational): readonly QueryFinding[] {
  const found: QueryFinding[] = []
  walkQuery(query, {
    query: (each) => {
      if (each.body.kind !== 'select') return
      const bare = bareColumns(each.body, each)
      const group = Math.min(...bare.map((column) => column.start))
      for (const { name, start } of bare) found.push({ rule: 'unqualified_column', what: name, start, group })
    },
  })
  return found
}

interface BareColumn {
  readonly name: string
  readonly start: number
}

function bareColumns(select: Select, query: Query): readonly BareColumn[] {
  if (select.from === undefined) return []
  const joined = new Joined(select.from)
  if (joined.isUnclear || joined.relations < 2) return []
  const aliases = new Set(
    select.items.flatMap((item) => (item.kind === 'expression' && item.alias ? [item.alias.key] : [])),
  )
  const known = new Set([...joined.names, ...aliases])
  const found = new Map<number, BareColumn>()
  const look = (expression: Expression, hidden: ReadonlySet<string>): void => {
    if (expression.kind === 'column') {
      const [part] = expression.parts
      const isBare = expression.parts.length === 1 && expression.otherwise === undefined
      if (!isBare || expression.start === undefined || hidden.has(part!.key)) return
      found.set(expression.start, { name: part!.text, start: expression.start })
      return
    }
    const inner =
      expression.kind === 'lambda'
        ? new Set([...hidden, ...expression.parameters.map((each) => each.key)])
        : hidden
    for (const child of childrenOf(expression)) look(child, inner)
  }
  const groups = select.groupBy?.kind === 'sets' ? select.groupBy.expressions : []
  const others = [
    ...(select.distinct.kind === 'on' ? select.distinct.on : []),
    ...[select.where, select.having, select.qualify].filter((each) => each !== undefined),
    ...joined.conditions,
  ]
  for (const item of select.items) {
    if (item.kind !== 'expression') continue
    // In its own expression an alias is no name yet.
    const own = item.alias?.key
    const isHidden = own === undefined || joined.names.has(own)
    look(item.expression, isHidden ? known : new Set([...known].filter((name) => name !== own)))
  }
  for (const each of others) look(each, known)
  // What groups and orders may be a name of the output.
  const output = new Set(known)
  for (const item of select.items) if (item.kind === 'expression' && item.name) output.add(item.name.key)
  for (const each of [...groups, ...ordered(query.orderBy)]) look(each, output)
  return [...found.values()]
}

/** Functions whose one column goes by the name of the function or of its alias. */
const ofOneColumn: ReadonlySet<string> = new Set([
  'unnest',
  'generate_series',
  'range',
  'generate_subscripts',
])

/** What a FROM of several entries brings in. */
class Joined {
  /** Relations and subqueries whose columns are visible. */
  relations = 0
  /** Names that can stand for themselves: merged columns, relations as values, columns of functions. */
  readonly names = new Set<string>()
  readonly conditions: Expression[] = []
  /** Columns are merged whose names are not written. */
  isUnclear = false

  constructor(from: From) {
    this.collect(from)
  }

  private collect(from: From): void {
    if (from.kind !== 'join') {
      this.entry(from)
      return
    }
    this.collect(from.left)
    const before = this.relations
    this.collect(from.right)
    // Its columns are visible in its condition only.
    if (from.type === 'semi' || from.type === 'anti') this.relations = before
    switch (from.condition.kind) {
      case 'on':
        this.conditions.push(from.condition.expression)
        return
      case 'using':
        for (const column of from.condition.columns) this.names.add(column.key)
        return
      case 'natural':
        this.isUnclear = true
        return
      case 'none':
        return
      default:
        from.condition satisfies never
    }
  }

  private entry(entry: Entry): void {
    const name = entry.alias ?? (entry.kind === 'table' ? entry.parts.at(-1) : undefined)
    if (name !== undefined) this.names.add(name.key)
    if (entry.kind === 'function') {
      for (const call of entry.calls) if (call.kind === 'call') this.names.add(call.name)
    }
    switch (entry.kind) {
      case 'table':
      case 'derived':
      case 'pivot':
      case 'unpivot':
        this.relations += 1
        return
      case 'function':
        if (entry.columns === undefined && entry.columnAliases.length === 0) {
          this.isUnclear ||= !entry.calls.every((call) => call.kind === 'call' && ofOneColumn.has(call.name))
        }
        for (const column of [...entry.columnAliases, ...(entry.columns ?? [])]) this.names.add(column.key)
        return
      case 'computed':
      case 'values':
        for (const column of [...entry.columnAliases, ...(entry.columns ?? [])]) this.names.add(column.key)
        return
      case 'unknown':
        this.isUnclear = true
        return
      default:
        entry satisfies never
    }
  }
}
