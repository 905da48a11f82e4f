import type {
  CompiledCheck,
  CompiledModel,
  CompiledNode,
  CompiledProject,
  CompiledSeed,
} from '../../core/compile/compiled.ts'
import type { Follow, Materialization, ModelConfig } from '../../core/config/project.ts'
import { buildGraph } from '../../core/graph/graph.ts'
import { type HistoryRow, historyOf, Mark } from '../../core/ledger/history.ts'
import type { AttemptStatus, LedgerSnapshot } from '../../core/ledger/records.ts'
import type { HeldTask, Plan, Reason } from '../../core/plan/plan.ts'
import { type PlanRequest, planRun } from '../../core/plan/planner.ts'
import type { GrainName } from '../../core/time/grain.ts'
import { layoutOf, partitionOf } from '../../core/time/layout.ts'
import { parseRange } from '../../core/time/range.ts'
import type { RequestedRange } from '../../core/time/requested-range.ts'

/** A model in one word or more: what it is, what it reads. */
export interface Node {
  readonly kind?: 'seed' | 'check'
  /** Grain of a partitioned model. */
  readonly by?: GrainName
  readonly is?: Materialization
  readonly reads?: readonly string[]
  readonly zone?: string
  readonly start?: string
  readonly end?: string
  readonly ahead?: number
  readonly availableAfterMs?: number
  readonly window?: ModelConfig['reads']
  readonly follow?: Readonly<Record<string, Follow>>
  readonly checkReads?: readonly string[]
  readonly readsItself?: boolean
  readonly severity?: 'error' | 'warn'
  /** Adjacent partitions may share a statement, at most so many if a number. */
  readonly batch?: number | true
  /** Stands for the code: another text is another fingerprint. */
  readonly code?: string
}

export type Nodes = Readonly<Record<string, Node>>

const retry = { attempts: 1, delayMs: 0, factor: 1, maxDelayMs: 0, jitter: 0 }

/** A compiled project without any SQL. */
export function projectOf(nodes: Nodes): CompiledProject {
  const compiled = new Map(
    Object.entries(nodes).map(([name, node]) => [name, compiledOf(name, node)] as const),
  )
  const graph = buildGraph(
    [...compiled.values()].map((node) => ({
      name: node.name,
      kind: node.kind,
      path: node.path,
      tags: [],
      upstream: [...node.upstream, ...('checkReads' in node ? node.checkReads : [])],
    })),
  )
  return {
    project: {
      root: '/',
      name: 'test',
      target: { name: 'dev', adapter: 'duckdb', schema: {} },
      targetNames: ['dev'],
      timezone: 'UTC',
      pools: {},
      selectors: {},
      lint: {},
      allowFunctions: [],
    },
    nodes: new Map(graph.order.map((name) => [name, compiled.get(name)!])),
    graph,
    warnings: [],
  }
}

function compiledOf(name: string, node: Node): CompiledNode {
  const base = { name, path: `${name}.sql`, tags: [], upstream: [...(node.reads ?? [])].sort() }
  const sql = { parts: [], symbolsDecide: false }
  if (node.kind === 'check') {
    return {
      ...base,
      kind: 'check',
      severity: node.severity ?? 'error',
      sql,
      fingerprint: codeOf(node),
    } satisfies CompiledCheck
  }
  const relation = {
    ...base,
    relation: { schema: 'm', name },
    checks: [],
    columns: [],
    indexes: [],
    grants: [],
    fingerprint: codeOf(node),
    checkReads: node.checkReads ?? [],
    gates: [],
  }
  if (node.kind === 'seed') {
    return { ...relation, kind: 'seed', file: '', delimiter: ',', types: {} } satisfies CompiledSeed
  }
  const layout =
    node.by === undefined
      ? undefined
      : layoutOf({
          grain: node.by,
          firstDayOfWeek: 'monday',
          start: node.start ?? '2024-01-01',
          ...(node.zone === undefined ? {} : { timezone: node.zone }),
          ...(node.end === undefined ? {} : { end: node.end }),
          availableAfterMs: node.availableAfterMs ?? 0,
          ahead: node.ahead ?? 0,
        })
  return {
    ...relation,
    kind: 'model',
    config: {
      materialized: node.is ?? (node.by === undefined ? 'table' : 'incremental'),
      strategy: 'delete_insert',
      uniqueKey: [],
      deleteMissing: false,
      onSchemaChange: 'fail',
      reads: node.window ?? {},
      follow: node.follow ?? {},
      priority: 0,
      allow: [],
      retry,
      ...(typeof node.batch === 'number' ? { batch: node.batch } : {}),
    },
    ...(node.batch === undefined ? {} : { batch: { batchable: true } }),
    ...(layout === undefined ? {} : { layout }),
    layoutId: node.by ?? '',
    sql,
    readsItself: node.readsItself ?? false,
  } satisfies CompiledModel
}

function codeOf(node: Node): string {
  return node.code ?? 'code'
}

/** What the ledger knows of a partition. */
export interface Known {
  /** Its version. */
  readonly data?: number
  /** What was visible when it was written; default: all before it. */
  readonly read?: number
  readonly code?: string
  readonly layout?: string
  readonly status?: AttemptStatus
  readonly publishedAt?: string
}

/** A ledger by task id: `model` or `model@key`. */
export function ledgerOf(project: CompiledProject, known: Readonly<Record<string, Known>>): LedgerSnapshot {
  const rows = new Map<string, HistoryRow[]>()
  let seq = 0
  for (const [id, each] of Object.entries(known)) {
    const [model = '', key] = id.split('@')
    const node = project.nodes.get(model)
    const layout = node?.kind === 'model' ? node.layout : undefined
    const interval = key === undefined ? undefined : ((layout && partitionOf(layout, key)) ?? parseRange(key))
    const { start, end } = interval ?? { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }
    seq = Math.max(seq, each.data ?? seq + 1)
    const hasFailed = ['failed', 'timed_out', 'crashed'].includes(each.status ?? 'succeeded')
    const isPublished = each.data !== undefined
    const publishedAt = Date.parse(each.publishedAt ?? '2024-02-01T00:00:00Z')
    const layoutId = node?.kind === 'model' ? node.layoutId : ''
    const marks =
      (isPublished && (each.code ?? 'code') === (node as CompiledSeed).fingerprint ? Mark.sameCode : 0) |
      (isPublished && (each.layout ?? layoutId) === layoutId ? Mark.sameLayout : 0) |
      (isPublished && publishedAt < end && interval !== undefined ? Mark.early : 0) |
      (hasFailed ? Mark.failed : 0)
    const row: HistoryRow = {
      start,
      end,
      dataSeq: each.data ?? 0,
      readSeq: each.read ?? (each.data ?? 1) - 1,
      marks,
      rows: 1,
      publishedAt,
      ...(hasFailed ? { note: { lastRun: 'earlier', lastStatus: each.status! } } : {}),
    }
    rows.set(model, [...(rows.get(model) ?? []), row])
  }
  const histories = new Map([...rows].map(([model, ofModel]) => [model, historyOf(ofModel)]))
  return { histories, seq, leases: new Map() }
}

export interface Asked extends Partial<Omit<PlanRequest, 'selected' | 'range'>> {
  readonly select?: readonly string[]
  /** A key, or two with `..` between them. */
  readonly range?: string
  readonly now?: string
}

/** Plans, and says each line of the plan in short: `run a@2024-01-01: missing`, `blocked b: needs a@2024-01-01 missing`. */
export function planned(
  nodes: Nodes,
  known: Readonly<Record<string, Known>>,
  asked: Asked = {},
): readonly string[] {
  return linesOf(planOf(nodes, known, asked))
}

export function planOf(nodes: Nodes, known: Readonly<Record<string, Known>>, asked: Asked = {}): Plan {
  const project = projectOf(nodes)
  const { select, range, now, ...options } = asked
  return planRun(
    project,
    ledgerOf(project, known),
    {
      selected: new Set(select ?? project.graph.order),
      ...(range === undefined ? {} : { range: rangeOf(range) }),
      force: false,
      fullRefresh: false,
      upstream: 'block',
      ...options,
    },
    Date.parse(now ?? '2024-01-20T00:00:00Z'),
  )
}

function rangeOf(range: string): RequestedRange {
  const [from = '', to = from] = range.split('..')
  return { from, to }
}

function linesOf(plan: Plan): readonly string[] {
  return [
    ...plan.tasks.map(
      (task) =>
        `run ${task.id}: ${reasonText(task.reason)}${task.after.length === 0 ? '' : ` after ${task.after.join(', ')}`}`,
    ),
    ...plan.held.map((held) => `${held.state} ${held.id}: ${needsText(held)}`),
    ...plan.skipped.map((skipped) => `fresh ${skipped.id}`),
  ]
}

function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case 'stale': {
      const { cause } = reason
      if (!('upstream' in cause)) return `stale by ${cause.kind}`
      return `stale by ${cause.kind} ${cause.upstream}${cause.partition === undefined ? '' : `@${cause.partition}`}`
    }
    case 'upstream_planned':
      return `${reason.upstream} is planned`
    default:
      return reason.kind
  }
}

function needsText({ needs, dueAt }: HeldTask): string {
  if (dueAt !== undefined) return `due ${dueAt}`
  return needs
    .map(({ upstream, partitions, because }) => `${[upstream, ...partitions].join(' ')} ${because}`)
    .join('; ')
}
