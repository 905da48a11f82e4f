import type { ColumnSteps, RelationLineage, Role } from '../../core/docs/api.ts'
import type { TracedColumn } from './view.ts'

/** One step of a column's way: what `from` is to `to`. Without a column, `to` are the rows of a relation. */
export interface TraceStep {
  readonly from: TracedColumn
  readonly to: { readonly relation: string; readonly column?: string }
  readonly role: Role
  readonly direction: 'up' | 'down'
  /** Steps from the traced column, from 1. */
  readonly depth: number
}

export interface Trace {
  readonly start: TracedColumn
  /** Nearest first. */
  readonly steps: readonly TraceStep[]
  /** The columns of each relation that the way touches, in the relation's order where that is known. */
  readonly columns: ReadonlyMap<string, readonly string[]>
  /** Why the way may have gaps. */
  readonly gaps: readonly { readonly relation: string; readonly text: string }[]
  /** The column is not in what is known of its relation. */
  readonly isUnknown: boolean
}

/** Undefined where nothing is known of a relation's columns. */
export type LineageOf = (relation: string) => Promise<RelationLineage | undefined>

/** Roles by which a value gets into another column; by others it decides which rows there are, or their order. */
export function isValueRole(role: Role): boolean {
  return role === 'copied' || role === 'transformed' || role === 'aggregated'
}

const mostRelations = 400

/** Follows a column to its sources and its readers. Values are followed to the end; what only decides rows is told, one step far. */
export async function traceColumn(
  start: TracedColumn,
  lineageOf: LineageOf,
  { withRows }: { readonly withRows: boolean },
): Promise<Trace> {
  const walk = new Walk(lineageOf, withRows)
  const own = await walk.lineage(start.relation)
  const isUnknown = columnOf(own, start.column) === undefined
  await walk.follow(start, 'up')
  await walk.follow(start, 'down')
  return walk.finish(start, isUnknown)
}

function columnOf(lineage: RelationLineage | undefined, column: string): ColumnSteps | undefined {
  return lineage?.columns.find(({ name }) => name === column)
}

class Walk {
  private readonly lineageOf: LineageOf
  private readonly withRows: boolean
  private readonly known = new Map<string, RelationLineage | undefined>()
  private readonly steps = new Map<string, TraceStep>()
  private readonly gaps = new Map<string, { relation: string; text: string }>()

  constructor(lineageOf: LineageOf, withRows: boolean) {
    this.lineageOf = lineageOf
    this.withRows = withRows
  }

  async lineage(relation: string): Promise<RelationLineage | undefined> {
    if (this.known.has(relation)) return this.known.get(relation)
    if (this.known.size >= mostRelations) {
      this.gap(relation, 'the way is too long: it ends here')
      return undefined
    }
    const found = await this.lineageOf(relation)
    this.known.set(relation, found)
    for (const text of found?.unresolved ?? []) this.gap(relation, text)
    return found
  }

  async follow(start: TracedColumn, direction: 'up' | 'down'): Promise<void> {
    const seen = new Set([keyOf(start)])
    let frontier: readonly TracedColumn[] = [start]
    for (let depth = 1; frontier.length > 0; depth++) {
      await Promise.all(
        [...new Set(frontier.map(({ relation }) => relation))].map((name) => this.lineage(name)),
      )
      const next: TracedColumn[] = []
      for (const at of frontier) {
        const lineage = await this.lineage(at.relation)
        const steps = lineage === undefined ? [] : this.stepsAt(at, lineage, direction, depth)
        for (const step of steps) {
          this.steps.set(stepKey(step), this.steps.get(stepKey(step)) ?? step)
          const end = direction === 'up' ? step.from : step.to
          if (!isValueRole(step.role) || end.column === undefined) continue
          const column = { relation: end.relation, column: end.column }
          if (seen.has(keyOf(column))) continue
          seen.add(keyOf(column))
          next.push(column)
        }
      }
      frontier = next
    }
  }

  private stepsAt(
    at: TracedColumn,
    lineage: RelationLineage,
    direction: 'up' | 'down',
    depth: number,
  ): readonly TraceStep[] {
    const column = columnOf(lineage, at.column)
    for (const text of column?.unresolved ?? []) this.gap(at.relation, `${at.column}: ${text}`)
    if (direction === 'up') {
      const own = (column?.sources ?? []).map(
        ({ relation, column: name, role }): TraceStep => ({
          from: { relation, column: name },
          to: at,
          role,
          direction,
          depth,
        }),
      )
      const rows = lineage.rows.map(
        ({ relation, column: name, role }): TraceStep => ({
          from: { relation, column: name },
          to: { relation: at.relation },
          role,
          direction,
          depth,
        }),
      )
      return this.withRows ? [...own, ...rows] : own.filter(({ role }) => isValueRole(role))
    }
    const own = (column?.readers ?? []).map(
      ({ relation, column: name, role }): TraceStep => ({
        from: at,
        to: { relation, column: name },
        role,
        direction,
        depth,
      }),
    )
    const rows = lineage.rowReaders
      .filter((reader) => reader.column === at.column)
      .map(({ relation, role }): TraceStep => ({ from: at, to: { relation }, role, direction, depth }))
    return this.withRows ? [...own, ...rows] : own.filter(({ role }) => isValueRole(role))
  }

  private gap(relation: string, text: string): void {
    this.gaps.set(JSON.stringify([relation, text]), { relation, text })
  }

  finish(start: TracedColumn, isUnknown: boolean): Trace {
    const steps = [...this.steps.values()].sort((a, b) => a.depth - b.depth)
    const columns = new Map<string, Set<string>>()
    const touch = ({ relation, column }: TraceStep['to']): void => {
      const list = columns.get(relation) ?? new Set()
      columns.set(relation, list)
      if (column !== undefined) list.add(column)
    }
    touch(start)
    for (const { from, to } of steps) {
      touch(from)
      touch(to)
    }
    const inOrder = (relation: string, names: ReadonlySet<string>): readonly string[] => {
      const places = new Map(this.known.get(relation)?.columns.map(({ name }, at) => [name, at]))
      return [...names].sort(
        (a, b) => (places.get(a) ?? Infinity) - (places.get(b) ?? Infinity) || (a < b ? -1 : 1),
      )
    }
    return {
      start,
      steps,
      columns: new Map([...columns].map(([relation, names]) => [relation, inOrder(relation, names)])),
      gaps: [...this.gaps.values()],
      isUnknown,
    }
  }
}

function keyOf({ relation, column }: TraceStep['to']): string {
  return JSON.stringify([relation, column])
}

function stepKey({ from, to, role }: TraceStep): string {
  return `${keyOf(from)}${keyOf(to)}${role}`
}
