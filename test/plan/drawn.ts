import fc from 'fast-check'
import type { CompiledNode, CompiledProject, CompiledSource } from '../../core/compile/compiled.ts'
import type { Unit } from '../../core/plan/edges.ts'
import type { GrainName } from '../../core/time/grain.ts'
import { layoutOf, partitionsIn } from '../../core/time/layout.ts'
import type { Known, Node, Nodes } from './projects.ts'

/** Random projects and ledgers, within two weeks of January 2024. */
const ranges = { start: Date.parse('2024-01-01T00:00:00Z'), end: Date.parse('2024-01-15T00:00:00Z') }

export interface Drawn {
  readonly kind: 'seed' | 'table' | 'view' | 'partitioned'
  readonly grain: GrainName
  readonly reads: readonly number[]
  readonly before: number
  readonly after: number
  readonly follow: 'latest' | 'all' | 'never' | undefined
  readonly readsItself: boolean
  readonly start: string
  readonly end: string | undefined
}

export const drawn: fc.Arbitrary<Drawn> = fc.record({
  kind: fc.constantFrom('seed', 'table', 'view', 'partitioned', 'partitioned', 'partitioned'),
  grain: fc.constantFrom('day', 'day', 'day', 'week', 'month'),
  reads: fc.array(fc.nat(5), { maxLength: 3 }),
  before: fc.nat(3),
  after: fc.nat(2),
  follow: fc.constantFrom(undefined, 'latest', 'all', 'never'),
  readsItself: fc.boolean(),
  start: fc.constantFrom('2024-01-01', '2024-01-04', '2023-12-25'),
  end: fc.constantFrom(undefined, undefined, '2024-01-10'),
})

/** Relations that read only earlier ones. */
export function nodesOf(all: readonly Drawn[]): Nodes {
  const nodes: Record<string, Node> = {}
  for (const [at, each] of all.entries()) {
    const reads = [...new Set(each.reads.filter((read) => read < at).map((read) => `n${read}`))]
    const window = Object.fromEntries(reads.map((name) => [name, { before: each.before, after: each.after }]))
    const follow = each.follow
    nodes[`n${at}`] =
      each.kind === 'seed'
        ? { kind: 'seed' }
        : each.kind !== 'partitioned'
          ? { is: each.kind, reads }
          : {
              by: each.grain,
              reads,
              window,
              start: each.start,
              ...(each.end === undefined || each.grain === 'month' ? {} : { end: each.end }),
              ...(follow === undefined
                ? {}
                : { follow: Object.fromEntries(reads.map((name) => [name, follow])) }),
              readsItself: each.readsItself,
            }
  }
  return nodes
}

/** With checks of their own over some of the relations. */
export function withChecks(nodes: Nodes, checks: readonly (readonly number[])[]): Nodes {
  const names = Object.keys(nodes)
  const made = checks.map((reads, at): [string, Node] => [
    `c${at}`,
    { kind: 'check', reads: [...new Set(reads.map((read) => names[read % names.length]!))] },
  ])
  return { ...nodes, ...Object.fromEntries(made) }
}

/** With observed sources in the place of seeds: of days, or without partitions. */
export function withSources(project: CompiledProject): CompiledProject {
  const nodes = new Map<string, CompiledNode>(project.nodes)
  for (const [at, node] of [...nodes.values()].entries())
    if (node.kind === 'seed' && at % 3 !== 2) nodes.set(node.name, sourceOf(node.name, at % 3 === 0))
  return { ...project, nodes }
}

function sourceOf(name: string, isDaily: boolean): CompiledSource {
  const partition = {
    column: { name: 'day' },
    grain: 'day' as const,
    firstDayOfWeek: 'monday' as const,
    timezone: 'UTC',
    start: '2024-01-02',
    availableAfterMs: 0,
    ahead: 0,
  }
  return {
    kind: 'source',
    name,
    path: 'sources.yml',
    place: { file: 'sources.yml', line: 1, column: 1 },
    tags: [],
    upstream: [],
    checks: [],
    columns: [],
    sql: name,
    fingerprint: 'code',
    layoutId: isDaily ? 'day' : '',
    observe: { kind: 'column', column: 'day' },
    ...(isDaily ? { partition, layout: layoutOf(partition) } : {}),
  }
}

/** Everything that may be published of a project. */
export function unitsOf(project: CompiledProject): readonly Unit[] {
  return [...project.nodes.values()].flatMap((node): Unit[] => {
    if (node.kind === 'exposure') return []
    if ((node.kind !== 'model' && node.kind !== 'source') || node.layout === undefined) return [{ node }]
    return partitionsIn(node.layout, ranges).map((partition) => ({ node, partition }))
  })
}

/** What the ledger may know of the units. */
export function knownOf(
  units: readonly Unit[],
  next: (below: number) => number,
): Readonly<Record<string, Known>> {
  const known: Record<string, Known> = {}
  for (const { node, partition } of units) {
    const what = next(20)
    if (what < 2) continue
    const data = 1 + next(60)
    known[partition === undefined ? node.name : `${node.name}@${partition.key}`] =
      what === 2
        ? { status: 'failed' }
        : {
            data,
            read: Math.max(data - 1, next(4) === 0 ? 0 : 55),
            ...(what === 3 ? { code: 'other' } : {}),
            ...(what === 4 ? { publishedAt: '2024-01-03T12:00:00Z' } : {}),
            ...(what === 5 ? { status: 'failed' as const } : {}),
          }
  }
  return known
}
