import type { Cte, Expression, From, Query, Relational, Select, TableRef } from '../sql/relational/ir.ts'
import { childrenOf, ordered, walkQuery } from '../sql/relational/walk.ts'
import type { Survey } from './survey.ts'
import type { SymbolNodes } from './symbols.ts'

/** Something in a partitioned model's SQL that its author should know of. */
export interface Finding {
  readonly kind: 'reads_clock' | 'random' | 'no_partition_filter'
  /** A function that is called, or an upstream that is read. */
  readonly what: string
  readonly start: number
}

/**
 * What in a partitioned model makes its partitions depend on more than their window: the clock, chance, and upstreams with partitions that no
 * condition bounds. `partitioned` tells the name of a relation with partitions that a table reference means.
 */
export function lintModel(
  relational: Relational,
  { symbols, unsteady }: Survey,
  partitioned: (table: TableRef) => string | undefined,
): readonly Finding[] {
  const found: Finding[] = []
  for (const { reason, source, start } of unsteady) {
    if (source === undefined || start === undefined) continue
    found.push({ kind: source === 'clock' ? 'reads_clock' : 'random', what: reason, start })
  }
  const scans = new Scans(symbols, partitioned)
  scans.query(relational.query, { ctes: undefined, outer: undefined }, false)
  return [...found, ...scans.findings()].sort((a, b) => a.start - b.start)
}

interface CteScope {
  readonly cte: Cte
  /** What its own query sees. */
  readonly environment: Environment
  readonly outer: CteScope | undefined
}

interface Environment {
  readonly ctes: CteScope | undefined
  readonly outer: Sources | undefined
}

/** The entries of one FROM clause with the names that their columns can be prefixed with. */
interface Sources {
  readonly entries: readonly Source[]
  /** Columns that the window bounds, by entry; `all` for an entry that is bounded as a whole. */
  readonly bounded: Map<Source, Set<string> | 'all'>
  readonly outer: Sources | undefined
}

interface Source {
  readonly from: Exclude<From, { readonly kind: 'join' }>
  readonly name: string | undefined
}

/**
 * Looks for scans that nothing bounds. A comparison with a bound of the window bounds the columns in it, of every entry of FROM if the name is
 * bare; comparing a bounded column with another bounds that, too. A subquery with bounds of its own is bounded, and one that is bounded from
 * outside has its scans bounded.
 */
class Scans {
  private readonly symbols: SymbolNodes
  private readonly partitioned: (table: TableRef) => string | undefined
  private readonly unbounded = new Map<number, string>()

  constructor(symbols: SymbolNodes, partitioned: (table: TableRef) => string | undefined) {
    this.symbols = symbols
    this.partitioned = partitioned
  }

  findings(): readonly Finding[] {
    return [...this.unbounded].map(([start, what]) => ({ kind: 'no_partition_filter', what, start }))
  }

  query(query: Query, environment: Environment, isBounded: boolean): void {
    let { ctes } = environment
    for (const cte of query.with) ctes = { cte, environment: { ...environment, ctes }, outer: ctes }
    const inner = { ...environment, ctes }
    const { body } = query
    if (body.kind === 'select') this.select(body, query, inner, isBounded)
    else if (body.kind === 'nested') this.query(body.query, inner, isBounded)
    else if (body.kind === 'set') {
      this.query(body.left, inner, isBounded)
      this.query(body.right, inner, isBounded)
    }
  }

  private select(select: Select, query: Query, environment: Environment, isBounded: boolean): void {
    const entries: Source[] = []
    const conditions = [select.where, select.having, select.qualify].filter((each) => each !== undefined)
    if (select.from !== undefined) this.collect(select.from, entries, conditions)
    const isWhole = (source: Source) => isBounded || this.hasBounds(source, environment)
    const sources: Sources = {
      entries,
      bounded: new Map(entries.filter(isWhole).map((each) => [each, 'all'])),
      outer: environment.outer,
    }
    this.spread(conditions, sources)
    for (const source of entries) this.source(source, sources, environment, isBounded)
    const items = select.items.flatMap((item) => (item.kind === 'expression' ? [item.expression] : []))
    const inner = { ...environment, outer: sources }
    for (const each of [...conditions, ...items, ...ordered(query.orderBy)]) this.subqueries(each, inner)
  }

  /** The entries of FROM, and the conditions of its joins. USING ties both of its sides. */
  private collect(from: From, entries: Source[], conditions: Expression[]): void {
    if (from.kind !== 'join') {
      const name = from.alias?.key ?? (from.kind === 'table' ? from.parts.at(-1)?.key : undefined)
      entries.push({ from, name })
      return
    }
    this.collect(from.left, entries, conditions)
    this.collect(from.right, entries, conditions)
    const { condition } = from
    if (condition.kind === 'on') conditions.push(condition.expression)
    if (condition.kind === 'using') {
      for (const column of condition.columns) conditions.push({ kind: 'column', parts: [column] })
    }
  }

  /** Marks what the conditions bound, until nothing new is found. */
  private spread(conditions: readonly Expression[], sources: Sources): void {
    const comparisons = conditions.flatMap(comparisonsOf).map((each) => ({
      hasSymbol: this.hasSymbol(each),
      columns: columnsOf(each, sources),
    }))
    for (let isGrowing = true; isGrowing; ) {
      isGrowing = false
      for (const { hasSymbol, columns } of comparisons) {
        if (!hasSymbol && !columns.some((each) => isBoundedColumn(each, sources))) continue
        for (const { source, name } of columns) {
          const known = sources.bounded.get(source)
          if (known === 'all' || known?.has(name) || !sources.entries.includes(source)) continue
          if (known === undefined) sources.bounded.set(source, new Set([name]))
          else known.add(name)
          isGrowing = true
        }
      }
    }
  }

  /** Whether a subquery or CTE has bounds of the window within. */
  private hasBounds({ from }: Source, { ctes }: Environment): boolean {
    if (from.kind === 'derived') return this.hasSymbolIn(from.query)
    const cte =
      from.kind === 'table' && from.parts.length === 1 ? cteNamed(ctes, from.parts[0]!.key) : undefined
    return cte !== undefined && this.hasSymbolIn(cte.cte.query)
  }

  private hasSymbolIn(query: Query): boolean {
    let isFound = false
    walkQuery(query, {
      expression: (each) => {
        isFound ||= this.symbols.of(each) !== undefined
        return !isFound
      },
    })
    return isFound
  }

  private hasSymbol(expression: Expression): boolean {
    if (this.symbols.of(expression) !== undefined) return true
    return childrenOf(expression).some((child) => this.hasSymbol(child))
  }

  private source(source: Source, sources: Sources, environment: Environment, isBounded: boolean): void {
    const { from } = source
    const columns = sources.bounded.get(source)
    // Bounds that a subquery has within need not bound all of it.
    const isBoundedFromOutside = isBounded || (columns !== undefined && columns !== 'all')
    if (from.kind === 'derived') {
      this.query(from.query, { ...environment, outer: sources }, isBoundedFromOutside)
    }
    if (from.kind !== 'table') return
    const cte = from.parts.length === 1 ? cteNamed(environment.ctes, from.parts[0]!.key) : undefined
    if (cte !== undefined) {
      this.query(cte.cte.query, cte.environment, isBoundedFromOutside)
      return
    }
    const upstream = isBoundedFromOutside ? undefined : this.partitioned(from)
    if (upstream !== undefined && from.start !== undefined) this.unbounded.set(from.start, upstream)
  }

  private subqueries(expression: Expression, environment: Environment): void {
    if (expression.kind === 'subquery') this.query(expression.query, environment, false)
    for (const child of childrenOf(expression)) this.subqueries(child, environment)
  }
}

function cteNamed(ctes: CteScope | undefined, name: string): CteScope | undefined {
  for (let each = ctes; each !== undefined; each = each.outer) if (each.cte.name.key === name) return each
  return undefined
}

interface SourceColumn {
  readonly source: Source
  readonly name: string
}

/** The columns in an expression, subqueries excluded. */
function columnsOf(expression: Expression, sources: Sources): readonly SourceColumn[] {
  if (expression.kind !== 'column') {
    return childrenOf(expression).flatMap((child) => columnsOf(child, sources))
  }
  const { parts } = expression
  const name = parts.at(-1)!.key
  if (parts.length === 1) return sources.entries.map((source) => ({ source, name }))
  const relation = parts.length > 2 ? parts.at(-2)!.key : parts[0]!.key
  for (let each: Sources | undefined = sources; each !== undefined; each = each.outer) {
    const named = each.entries.filter((source) => source.name === relation)
    if (named.length > 0) return named.map((source) => ({ source, name }))
  }
  return []
}

function isBoundedColumn({ source, name }: SourceColumn, sources: Sources): boolean {
  for (let each: Sources | undefined = sources; each !== undefined; each = each.outer) {
    const columns = each.bounded.get(source)
    if (columns === 'all' || columns?.has(name)) return true
  }
  return false
}

const connectives = new Set(['and', 'or', 'not'])

/** The comparisons of a condition, however they are connected. */
function comparisonsOf(expression: Expression): readonly Expression[] {
  if (expression.kind === 'operation' && connectives.has(expression.operator)) {
    return expression.operands.flatMap(comparisonsOf)
  }
  return [expression]
}
