import type { Adapter, Column, Session } from '../core/adapter.ts'
import {
  type CompiledModel,
  type CompiledRelation,
  isRelation,
  materializationOf,
} from '../core/compile/compiled.ts'
import { collectsPartitions, isSnapshot } from '../core/compile/snapshot.ts'
import type { Code } from '../core/diagnostics/catalogue.ts'
import { WHOLE } from '../core/ledger/records.ts'
import { instantOf } from '../core/ledger/stored-values.ts'
import { columnNamed } from '../core/run/attempt.ts'
import { newestWins } from '../core/run/binding.ts'
import type { Interval } from '../core/time/interval.ts'
import { type RequestedRange, rangeIn } from '../core/time/requested-range.ts'
import type { OpenLedger } from './open-ledger.ts'
import { partitionColumnType, windowBounds } from './published-rows.ts'
import { firstPartition, windowOf } from './window.ts'
import type { Workspace } from './workspace.ts'

/** What the database has otherwise than the ledger says. */
export interface Difference {
  readonly model: string
  readonly code: Extract<Code, 'SL645' | 'SL646' | 'SL647' | 'SL648'>
  readonly message: string
  /** Whose rows differ, oldest first. */
  readonly partitions: readonly PartitionDifference[]
  /** Published columns that the table has not. */
  readonly columns: readonly string[]
  /** The command that repairs it. */
  readonly next?: string
}

export interface PartitionDifference {
  /** Undefined for a relation without partitions. */
  readonly partition?: string
  readonly published: number
  readonly found: number
}

export interface Verification {
  readonly differences: readonly Difference[]
  /** What was looked at. */
  readonly relations: number
  readonly partitions: number
}

interface Published {
  readonly key: string
  readonly interval?: Interval
  readonly rows: number
  readonly changeSeq: number
  readonly isSameCode: boolean
  readonly isSameLayout: boolean
  readonly isHeld: boolean
}

/** How many partitions one query counts. */
const CHUNK = 2000

/** Compares what the ledger says of the selected relations with what stands in the database. Changes nothing. */
export async function verify(
  workspace: Workspace,
  ledger: OpenLedger,
  selected: ReadonlySet<string>,
  range: RequestedRange | undefined,
): Promise<Verification> {
  const { nodes, graph } = workspace.project
  const differences: Difference[] = []
  let relations = 0
  let partitions = 0
  for (const name of graph.order.filter((each) => selected.has(each))) {
    const node = nodes.get(name)
    if (!isRelation(node)) continue
    const published = await readPublished(ledger, node, range)
    if (published.length === 0) continue
    relations += 1
    partitions += node.kind === 'model' && node.layout !== undefined ? published.length : 0
    try {
      differences.push(...(await verifyRelation(workspace, ledger, node, published, range)))
    } catch (error) {
      const { message, engineCode } = ledger.adapter.explain(error)
      if (engineCode === undefined) throw error
      differences.push({
        model: name,
        code: 'SL648',
        message: `${name} could not be looked at: ${message}`,
        partitions: [],
        columns: [],
      })
    }
  }
  return { differences, relations, partitions }
}

async function verifyRelation(
  workspace: Workspace,
  ledger: OpenLedger,
  node: CompiledRelation,
  published: readonly Published[],
  range: RequestedRange | undefined,
): Promise<readonly Difference[]> {
  const { adapter } = ledger
  const isView = materializationOf(node) === 'view'
  const [kind, columns] = await adapter.session(async (session) => [
    await adapter.catalog.kind(session, node.relation),
    await adapter.catalog.columns(session, node.relation),
  ])
  if (kind !== (isView ? 'view' : 'table') || columns === undefined) {
    // Somebody may have unpublished it meanwhile, by a rebuild as something else.
    if (await hasMoved(ledger, node, published)) return []
    return [
      {
        model: node.name,
        code: 'SL645',
        message: `${node.name} is published, but there is no such ${isView ? 'view' : 'table'} as ${adapter.dialect.relation(node.relation)}`,
        partitions: [],
        columns: [],
        next: `run --select ${node.name} ${isView ? '--force' : '--full-refresh'}`,
      },
    ]
  }
  const gone = await goneColumns(workspace, adapter, node, columns, published)
  if (gone.length > 0) {
    return [
      {
        model: node.name,
        code: 'SL647',
        message: `${node.name} has no column ${gone.join(', ')} any more`,
        partitions: [],
        columns: gone,
        next: `run --select ${node.name} --full-refresh`,
      },
    ]
  }
  if (isView || collectsPartitions(node) || (node.kind === 'model' && newestWins(node))) return []
  const found = await verifyRows(ledger, node, columns, published, range)
  // What a snapshot has lost, no run brings back.
  return isSnapshot(node) ? found.map(({ next: _, ...difference }) => difference) : found
}

async function verifyRows(
  ledger: OpenLedger,
  node: CompiledRelation,
  columns: readonly Column[],
  published: readonly Published[],
  range: RequestedRange | undefined,
): Promise<readonly Difference[]> {
  const { adapter } = ledger
  const relation = adapter.dialect.relation(node.relation)
  if (node.kind !== 'model' || node.layout === undefined) {
    const found = await adapter.session((session) => countAll(session, relation))
    const whole = published.find((each) => each.key === WHOLE)
    if (whole === undefined || whole.rows === found || (await hasMoved(ledger, node, [whole]))) return []
    return [rowDifference(node, [{ published: whole.rows, found }])]
  }
  const countable = published.filter((each) => each.isSameLayout && !each.isHeld)
  const [counts, total] = await countPartitions(adapter, node, columns, countable)
  const suspects = countable.filter((each) => counts.get(each.key) !== each.rows)
  // What was published since the ledger was read is no difference.
  const still = await unmoved(ledger, node, suspects)
  const differing = still.map((each) => ({
    partition: each.key,
    published: each.rows,
    found: counts.get(each.key) ?? 0,
  }))
  const others =
    range === undefined && countable.length === published.length && still.length === suspects.length
      ? total - [...counts.values()].reduce((sum, n) => sum + n, 0)
      : 0
  return [
    ...(differing.length === 0 ? [] : [rowDifference(node, differing)]),
    ...(others > 0 && !(await hasNewPartitions(ledger, node, published)) ? [strayRows(node, others)] : []),
  ]
}

function rowDifference({ name }: CompiledRelation, partitions: readonly PartitionDifference[]): Difference {
  const [first] = partitions
  const last = partitions.at(-1)
  const lost = partitions.filter((each) => each.found === 0).length
  const range =
    first?.partition === undefined
      ? ''
      : first === last
        ? ` --partition ${first.partition}`
        : ` --from ${first.partition} --to ${last!.partition}`
  const what =
    partitions.length === 1
      ? `${[name, first!.partition].filter(Boolean).join(' ')} has ${rowsText(first!.found)}, published were ${first!.published}`
      : `${name} has other rows than published in ${partitions.length} partitions${lost > 0 ? `, ${lost} of them empty` : ''}`
  return {
    model: name,
    code: 'SL646',
    message: what,
    partitions,
    columns: [],
    next: `run --select ${name}${range} --force`,
  }
}

function strayRows({ name }: CompiledRelation, rows: number): Difference {
  return {
    model: name,
    code: 'SL646',
    message: `${name} has ${rowsText(rows)} outside of all published partitions`,
    partitions: [],
    columns: [],
    next: `run --select ${name} --full-refresh`,
  }
}

function rowsText(rows: number): string {
  return rows === 1 ? '1 row' : `${rows} rows`
}

/** Rows of each published partition, by one grouped query over the partition column, and of the whole table in the same moment. */
async function countPartitions(
  adapter: Adapter,
  model: CompiledModel,
  columns: readonly Column[],
  published: readonly Published[],
): Promise<readonly [ReadonlyMap<string, number>, number]> {
  const { dialect } = adapter
  const counts = new Map<string, number>()
  const type = partitionColumnType(adapter, model, columns)
  if (type === undefined) throw new Error(`${model.name} has partitions and no partition column`)
  const relation = dialect.relation(model.relation)
  return adapter.session(async (session) => {
    const total = await countAll(session, relation)
    for (let from = 0; from < published.length; from += CHUNK) {
      const some = published.slice(from, from + CHUNK)
      const windows = some.map(({ interval }, at) => {
        const bounds = windowBounds(dialect, model, interval!, type, columns)
        return { at, ...bounds }
      })
      const { column } = windows[0]!
      const rows = await session.query(
        `select w.i, count(r.c) as n from (values ${windows.map(({ at, from: start, to }) => `(${at}, ${start}, ${to})`).join(', ')}) as w(i, s, e)
join (select ${column} as c from ${relation}) as r on r.c >= w.s and r.c < w.e group by w.i`,
      )
      for (const each of some) counts.set(each.key, 0)
      for (const row of rows) counts.set(some[Number(row.i)]!.key, Number(row.n))
    }
    return [counts, total] as const
  })
}

async function countAll(session: Session, relation: string): Promise<number> {
  const [row] = await session.query(`select count(*) as n from ${relation}`)
  return Number(row!.n)
}

/** Columns that the published code gives or the model declares, and the table has not. */
async function goneColumns(
  workspace: Workspace,
  adapter: Adapter,
  node: CompiledRelation,
  columns: readonly Column[],
  published: readonly Published[],
): Promise<readonly string[]> {
  // Code that was not published yet may have other columns.
  if (!published.some((each) => each.isSameCode && each.isSameLayout)) return []
  const declared = node.kind === 'model' ? node.columns.map((column) => column.name) : []
  const key = node.kind === 'model' ? [node.config.partition?.column.name, ...node.config.uniqueKey] : []
  const queried = node.kind === 'model' ? await queriedColumns(workspace, adapter, node) : []
  const expected = [...key, ...declared, ...queried].filter((name) => name !== undefined)
  const gone = expected.filter((name) => columnNamed(adapter.dialect, columns, name) === undefined)
  return [...new Set(gone)]
}

/** What the model's query returns; nothing where it cannot be asked, as when its inputs are gone, which is told of them. */
async function queriedColumns(
  { project, texts }: Workspace,
  adapter: Adapter,
  model: CompiledModel,
): Promise<readonly string[]> {
  const partition = firstPartition(model)
  const sql = await texts.model(
    model,
    partition === undefined ? undefined : windowOf(project, model, partition),
  )
  try {
    const found = await adapter.session((session) => adapter.catalog.describe(session, sql.text))
    return found.map((column) => column.name)
  } catch (error) {
    if (adapter.explain(error).engineCode === undefined) throw error
    return []
  }
}

async function readPublished(
  { session, nameOf }: OpenLedger,
  node: CompiledRelation,
  range: RequestedRange | undefined,
): Promise<readonly Published[]> {
  const layout = node.kind === 'model' ? node.layout : undefined
  const within = range === undefined || layout === undefined ? undefined : rangeIn(layout, range)
  const rows = await session.query(
    `select p.partition_key, p.start_at, p.end_at, p.rows, p.change_seq, p.fingerprint, p.layout, l.token
from sluice.partitions p left join sluice.leases l on l.model = p.model and l.partition_key = p.partition_key
where p.model = $1 and p.data_seq is not null order by p.start_at, p.partition_key`,
    [nameOf(node.name)],
  )
  const layoutId = node.kind === 'model' ? node.layoutId : ''
  return rows.flatMap((row) => {
    const [start, end] = [instantOf(row.start_at), instantOf(row.end_at)]
    const interval = start === undefined || end === undefined ? undefined : { start, end }
    if (within !== undefined && interval !== undefined) {
      if (interval.start < within.start || interval.end > within.end) return []
    }
    return [
      {
        key: String(row.partition_key),
        ...(interval === undefined ? {} : { interval }),
        rows: Number(row.rows),
        changeSeq: Number(row.change_seq),
        isSameCode: row.fingerprint === node.fingerprint,
        isSameLayout: row.layout === layoutId,
        isHeld: row.token !== null,
      },
    ]
  })
}

/** Those of the partitions of which the ledger still says the same. */
async function unmoved(
  ledger: OpenLedger,
  node: CompiledRelation,
  suspects: readonly Published[],
): Promise<readonly Published[]> {
  if (suspects.length === 0) return []
  const now = new Map((await readPublished(ledger, node, undefined)).map((each) => [each.key, each]))
  return suspects.filter((each) => {
    const found = now.get(each.key)
    return found !== undefined && found.changeSeq === each.changeSeq && !found.isHeld
  })
}

async function hasMoved(
  ledger: OpenLedger,
  node: CompiledRelation,
  published: readonly Published[],
): Promise<boolean> {
  return (await unmoved(ledger, node, published)).length < published.length
}

/** Partitions that were published since the ledger was read have rows that were counted. */
async function hasNewPartitions(
  ledger: OpenLedger,
  node: CompiledRelation,
  published: readonly Published[],
): Promise<boolean> {
  return (await readPublished(ledger, node, undefined)).length !== published.length
}
