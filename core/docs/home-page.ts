import type { Attention, Coverage, HomePage, NodeKind, NodeLine, NodeState } from './api.ts'
import { type Documented, problemOf } from './documented.ts'
import type { NodeLines } from './node-lines.ts'

/** What a column is known by: whether somebody describes it. */
export interface CoveredColumn {
  readonly isDescribed: boolean
}

const kinds: readonly NodeKind[] = ['model', 'source', 'seed', 'check', 'exposure']
const states: readonly NodeState[] = [
  'failed',
  'blocked',
  'missing',
  'stale',
  'late',
  'running',
  'drifted',
  'fresh',
  'none',
  'unknown',
]
const newestRuns = 10

/** @param columnsOf of a model, as far as they are known */
export function homePage(
  documented: Documented,
  lines: NodeLines,
  columnsOf: (model: string) => readonly CoveredColumn[],
): HomePage {
  const { facts } = documented
  const all = lines.all()
  return {
    kind: 'home',
    counts: counted(kinds, all, ({ kind }) => kind).map(([kind, count]) => ({ kind, count })),
    // What has rows and is built here: what a source is worth is mostly not known.
    states: counted(
      states,
      all.filter(({ kind }) => kind === 'model' || kind === 'seed'),
      ({ state }) => state,
    ).map(([state, count]) => ({ state, count })),
    attention: [...brokenOnes(documented, lines), ...facts.attention],
    runs: facts.runs.slice(0, newestRuns),
    coverage: coverageOf(documented, lines, columnsOf),
    exposures: all.filter(({ kind }) => kind === 'exposure'),
  }
}

function counted<T>(
  order: readonly T[],
  lines: readonly NodeLine[],
  of: (line: NodeLine) => T,
): readonly (readonly [T, number])[] {
  const counts = new Map<T, number>()
  for (const line of lines) counts.set(of(line), (counts.get(of(line)) ?? 0) + 1)
  return order.flatMap((each) => {
    const count = counts.get(each)
    return count === undefined ? [] : [[each, count] as const]
  })
}

/** What cannot be compiled comes before everything that the ledger says. */
function brokenOnes(documented: Documented, lines: NodeLines): readonly Attention[] {
  return [...documented.broken].flatMap((name): Attention[] => {
    const line = lines.find(name)
    if (line === undefined) return []
    const problem = problemOf(documented, name)
    return [
      {
        node: { kind: line.kind, name },
        why: 'failed',
        severity: 'error',
        message: `it cannot be compiled: ${problem?.message ?? 'it has a mistake'}`,
        next: 'validate',
      },
    ]
  })
}

function coverageOf(
  { project }: Documented,
  lines: NodeLines,
  columnsOf: (model: string) => readonly CoveredColumn[],
): Coverage {
  const models = project.graph.order.flatMap((name) => {
    const node = project.nodes.get(name)
    return node?.kind === 'model' ? [node] : []
  })
  const covered = models.map((model) => {
    const columns = columnsOf(model.name)
    const described = columns.filter(({ isDescribed }) => isDescribed).length
    return { model: model.name, of: columns.length, described }
  })
  const count = (isCounted: (model: (typeof models)[number]) => boolean) => models.filter(isCounted).length
  const unchecked = models.filter(({ name }) => lines.of(name).checks === 0)
  return {
    models: models.length,
    withChecks: models.length - unchecked.length,
    withDescription: count(({ description }) => description !== undefined),
    withOwner: count(({ config }) => config.owner !== undefined),
    withContract: count(({ config }) => config.contract !== undefined),
    columns: covered.reduce((sum, { of }) => sum + of, 0),
    columnsDescribed: covered.reduce((sum, { described }) => sum + described, 0),
    unchecked: unchecked.map(({ name }) => name),
    undescribed: covered
      .filter(({ of, described }) => described < of)
      .map(({ model, of, described }) => ({ model, missing: of - described, of })),
  }
}
