import type { Dialect, Row, Session } from '../adapter.ts'
import { type NumberColumns, readNumbers } from '../columns.ts'
import type { Interval } from '../time/interval.ts'
import {
  type History,
  type HistoryRow,
  historyOf,
  type Invalidation,
  Mark,
  type Note,
  rowsOf,
  type WholeHistory,
  wholeOf,
} from './history.ts'
import {
  type LeaseHolder,
  type LedgerSnapshot,
  leaseId,
  type ReadWindow,
  type SnapshotRequest,
  WHOLE,
} from './records.ts'
import { ascending } from './sorting.ts'

/** Where the ledger's rows are read. `version` is the ledger's: a reader meets ledgers that no writer has upgraded yet. */
export interface LedgerReader {
  readonly session: Session
  readonly dialect: Dialect
  readonly version: number
  /** A relation's name in the ledger. */
  readonly nameOf: (relation: string) => string
}

/**
 * What the ledger holds of the relations that are asked for. Reads numbers only, in columns: whether a partition was made by today's code is
 * decided by the engine, and texts are read only of the partitions that need an explanation.
 */
export async function readSnapshot(reader: LedgerReader, request: SnapshotRequest): Promise<LedgerSnapshot> {
  const asked = askedOf(request)
  if (asked.length === 0) return { histories: new Map(), seq: 0, leases: new Map() }
  // First: what is read after it can be newer, which only makes a plan look again.
  const [newest] = await reader.session.query(
    'select coalesce(max(change_seq), 0) as seq, count(*) as records from sluice.partitions',
  )
  const relations = relationValues(reader, asked, request)
  const isAll = asked.every(({ isWhole }) => isWhole)
  const records = await readNumbers(
    reader.session,
    recordsQuery(reader, relations, asked, request),
    request.measures === true ? [...recordKinds, 'number', 'instant'] : recordKinds,
    { order: [0, 1], ...(isAll ? { expected: Number(newest!.records) } : {}) },
  )
  const summaries = await readSummaries(reader, relations, asked)
  const histories = historiesOf(asked, records, summaries, request)
  const noted = Mark.failed | Mark.invalidated
  if (records.columns[5]!.some((marks) => (marks & noted) !== 0))
    await addNotes(reader, relations, asked, histories, request)
  return { histories, seq: Number(newest!.seq), leases: await readLeases(reader, asked) }
}

interface Asked {
  readonly name: string
  readonly window: ReadWindow
  /** All its records are read; of a relation without partitions, beside others that are read in part, only the one that it has today. */
  readonly isWhole: boolean
}

function askedOf({ relations, scope }: SnapshotRequest): readonly Asked[] {
  if (scope === undefined)
    return [...relations.keys()].map((name) => ({ name, window: 'whole', isWhole: true }))
  const isPart = [...scope.values()].some((window) => window !== 'whole')
  return [...scope].flatMap(([name, window]) => {
    const relation = relations.get(name)
    if (relation === undefined) return []
    return [{ name, window, isWhole: window === 'whole' && !(isPart && relation.layoutId === '') }]
  })
}

/** The relations as a table of the query: their number, name, code and what is read of them. */
function relationValues(
  { dialect, nameOf }: LedgerReader,
  asked: readonly Asked[],
  request: SnapshotRequest,
) {
  const rows = asked.map(({ name, isWhole }, id) => {
    const { fingerprint, layoutId } = request.relations.get(name)!
    const texts = [nameOf(name), fingerprint, layoutId].map((text) => dialect.literal(text))
    return `(${id}, ${texts.join(', ')}, ${isWhole ? 1 : 0})`
  })
  return `(values ${rows.join(',\n')}) as m(id, name, fingerprint, layout, is_whole)`
}

const recordKinds = ['number', 'instant', 'instant', 'number', 'number', 'number'] as const

function recordsQuery(
  reader: LedgerReader,
  relations: string,
  asked: readonly Asked[],
  request: SnapshotRequest,
): string {
  const { dialect, version } = reader
  const { since, measures } = request
  const bit = (mark: number, condition: string) => `case when ${condition} then ${mark} else 0 end`
  const marks = [
    bit(Mark.sameCode, 'p.fingerprint = m.fingerprint'),
    bit(Mark.sameLayout, 'p.layout = m.layout'),
    bit(Mark.early, 'p.published_at < p.end_at'),
    bit(Mark.failed, failed),
    ...(version >= 2 ? [bit(Mark.invalidated, 'p.invalidated is not null')] : []),
    ...(since === undefined
      ? []
      : [bit(Mark.news, `p.change_seq > ${since.seq} and p.last_run <> ${dialect.literal(since.run)}`)]),
  ]
  return `select m.id, p.start_at, p.end_at, coalesce(p.data_seq, 0) as data_seq, coalesce(p.read_seq, 0) as read_seq,
${marks.join('\n + ')} as marks${measures === true ? ', coalesce(p.rows, 0) as rows, p.published_at' : ''}
from ${rowsAsked(reader, asked)} p join ${relations} on m.name = p.model and ${isOfToday}`
}

/** A record without an interval is that of the whole relation, or of a partition that crashed before it was ever published: nothing to a relation that
 * has no partitions any more. */
const isOfToday = `(p.start_at is not null or m.layout <> '' or p.partition_key = '${WHOLE}')`

/** Attempts that ended without publishing; a canceled one says nothing. */
const failed = `p.last_status in ('failed', 'timed_out', 'crashed')`

/**
 * The rows that are asked for, and maybe some more. Written as separate queries, so that an engine finds each part by its own means: rows of one interval by
 * the least and greatest values of its blocks or by an index, and not by looking at all.
 */
function rowsAsked({ dialect, nameOf }: LedgerReader, asked: readonly Asked[]): string {
  const all = 'sluice.partitions'
  if (asked.every(({ isWhole }) => isWhole)) return all
  const { start, end } = hullOf(asked)
  const within = [
    ...(Number.isFinite(end) ? [`start_at < ${dialect.instant(end, 'timestamptz')}`] : []),
    ...(Number.isFinite(start) ? [`end_at > ${dialect.instant(start, 'timestamptz')}`] : []),
  ].join(' and ')
  const isEmpty = start >= end
  const names = asked.filter(({ isWhole }) => isWhole).map(({ name }) => nameOf(name))
  const parts = [
    `select * from ${all} where start_at is null`,
    ...(isEmpty ? [] : [`select * from ${all} where ${within === '' ? 'start_at is not null' : within}`]),
    ...(names.length === 0 || (!isEmpty && within === '')
      ? []
      : [
          `select * from ${all} where start_at is not null and model in (${dialect.list(names)})${isEmpty ? '' : ` and not (${within})`}`,
        ]),
  ]
  return `(${parts.join('\nunion all ')})`
}

/** One interval around all that is asked for. */
function hullOf(asked: readonly Asked[]): Interval {
  let start = Number.POSITIVE_INFINITY
  let end = Number.NEGATIVE_INFINITY
  for (const { window, isWhole } of asked) {
    if (isWhole || window === 'whole') continue
    start = Math.min(start, window.start)
    end = Math.max(end, window.end)
  }
  return { start, end }
}

/** Of relations that are read in part, what the planner must know of the rest. */
async function readSummaries(
  { session }: LedgerReader,
  relations: string,
  asked: readonly Asked[],
): Promise<ReadonlyMap<number, WholeHistory>> {
  const summaries = new Map<number, WholeHistory>()
  if (asked.every(({ isWhole }) => isWhole)) return summaries
  const { count, columns } = await readNumbers(
    session,
    `select m.id, max(p.start_at) as newest, max(case when p.layout <> m.layout then 1 else 0 end) as is_old
from sluice.partitions p join ${relations} on m.name = p.model
where p.data_seq is not null and m.is_whole = 0 group by m.id`,
    ['number', 'instant', 'number'],
  )
  const [ids, newest, old] = columns
  for (let row = 0; row < count; row++)
    summaries.set(ids![row]!, { newestStart: newest![row]!, hasOldLayout: old![row] === 1 })
  return summaries
}

/** Takes the columns of all relations apart: each gets its own stretch of them, sorted by start. */
function historiesOf(
  asked: readonly Asked[],
  { count, columns }: NumberColumns,
  summaries: ReadonlyMap<number, WholeHistory>,
  { relations }: SnapshotRequest,
): Map<string, History> {
  const hasPartitions = asked.map(({ name }) => relations.get(name)!.layoutId !== '')
  const [ids, starts] = columns as readonly [Float64Array, Float64Array]
  // A record without an interval belongs to a relation without partitions; of others it is what crashed (`addNotes`).
  const isPlaced = (row: number) => !(Number.isNaN(starts[row]!) && hasPartitions[ids[row]!]!)
  const first = new Int32Array(asked.length + 1)
  for (let row = 0; row < count; row++) if (isPlaced(row)) first[ids[row]! + 1]! += 1
  for (let id = 0; id < asked.length; id++) first[id + 1]! += first[id]!
  const total = first[asked.length]!
  const places = total === count && isAscending(ids) ? undefined : placesOf(ids, count, first, isPlaced)
  const spread = (at: number, missing = 0) => spreadOut(columns[at]!, places, total, missing)
  const all: Columns = {
    start: spread(1, Number.NEGATIVE_INFINITY),
    end: spread(2, Number.POSITIVE_INFINITY),
    dataSeq: spread(3),
    readSeq: spread(4),
    marks: new Uint8Array(spread(5)),
    ...(columns.length > recordKinds.length ? { measures: { rows: spread(6), publishedAt: spread(7) } } : {}),
  }
  const seen = new Uint8Array(asked.length)
  // What was published before the relation had partitions is of another layout.
  const wasWhole = new Set<number>()
  for (let row = 0; row < count; row++) {
    seen[ids[row]!] = 1
    if (!isPlaced(row) && columns[3]![row] !== 0) wasWhole.add(ids[row]!)
  }
  const histories = new Map<string, History>()
  for (const [id, { name }] of asked.entries())
    if (seen[id] === 1) {
      const history = historyWithin(all, first[id]!, first[id + 1]!, summaries.get(id))
      const whole = { ...history.whole, hasOldLayout: true }
      histories.set(name, wasWhole.has(id) ? { ...history, whole } : history)
    }
  return histories
}

type Columns = Pick<History, 'start' | 'end' | 'dataSeq' | 'readSeq' | 'marks' | 'measures'>

/** Where each row goes: those of a relation after each other, in the order in which they came; -1 for nowhere. */
function placesOf(
  ids: Float64Array,
  count: number,
  first: Int32Array,
  isPlaced: (row: number) => boolean,
): Int32Array {
  const next = first.slice()
  const places = new Int32Array(count)
  for (let row = 0; row < count; row++) {
    const id = ids[row]!
    if (isPlaced(row)) {
      places[row] = next[id]!
      next[id]! += 1
    } else places[row] = -1
  }
  return places
}

/** The engine has put them in order already. */
function isAscending(values: Float64Array): boolean {
  for (let row = 1; row < values.length; row++) if (values[row - 1]! > values[row]!) return false
  return true
}

function spreadOut(
  values: Float64Array,
  places: Int32Array | undefined,
  total: number,
  missing: number,
): Float64Array {
  if (places === undefined) {
    for (let row = 0; row < total; row++) if (Number.isNaN(values[row]!)) values[row] = missing
    return values
  }
  const spread = new Float64Array(total)
  for (let row = 0; row < places.length; row++) {
    const place = places[row]!
    const value = values[row]!
    if (place >= 0) spread[place] = Number.isNaN(value) ? missing : value
  }
  return spread
}

function historyWithin(all: Columns, from: number, to: number, summary: WholeHistory | undefined): History {
  const order = ascending(all.start.subarray(from, to), all.end.subarray(from, to))
  const part = (values: Float64Array) => ordered(values.subarray(from, to), order)
  const { measures } = all
  const columns = {
    count: to - from,
    start: part(all.start),
    end: part(all.end),
    dataSeq: part(all.dataSeq),
    readSeq: part(all.readSeq),
    marks: ordered(all.marks.subarray(from, to), order),
    notes: new Map<number, Note>(),
    ...(measures === undefined
      ? {}
      : { measures: { rows: part(measures.rows), publishedAt: part(measures.publishedAt) } }),
  }
  return { ...columns, whole: summary ?? wholeOf(columns) }
}

/** A loop, because `from` with a function takes ten times as long. */
function ordered<T extends Float64Array | Uint8Array>(values: T, order: Int32Array | undefined): T {
  if (order === undefined) return values
  const sorted = values.slice() as T
  for (let at = 0; at < order.length; at++) sorted[at] = values[order[at]!]!
  return sorted
}

/** The texts of what failed or was invalidated, and the places of what crashed before it was ever published. */
async function addNotes(
  { session, version }: LedgerReader,
  relations: string,
  asked: readonly Asked[],
  histories: Map<string, History>,
  request: SnapshotRequest,
): Promise<void> {
  const invalidated = version >= 2 ? 'p.invalidated' : 'null'
  const rows = await session.query(
    `select m.id, p.partition_key, p.start_at, p.end_at, p.last_run, p.last_status, ${invalidated} as invalidated
from sluice.partitions p join ${relations} on m.name = p.model and ${isOfToday}
where (${failed}${version >= 2 ? ' or p.invalidated is not null' : ''})`,
  )
  const placeless = new Map<string, HistoryRow[]>()
  for (const row of rows) {
    const { name } = asked[Number(row.id)]!
    const history = histories.get(name)
    if (history === undefined) continue
    const index = indexOf(history, startOf(row), endOf(row))
    if (index !== undefined) (history.notes as Map<number, Note>).set(index, noteOf(row))
    else if (row.start_at === null) {
      const interval = request.relations.get(name)!.intervalOf?.(text(row.partition_key))
      if (interval !== undefined)
        placeless.set(name, [...(placeless.get(name) ?? []), crashed(interval, row)])
    }
  }
  for (const [name, added] of placeless) {
    const history = histories.get(name)!
    histories.set(name, historyOf([...rowsOf(history), ...added], history.whole))
  }
}

/** A partition of which nothing is known but that an attempt at it crashed. */
function crashed({ start, end }: Interval, row: Row): HistoryRow {
  return { start, end, dataSeq: 0, readSeq: 0, marks: Mark.failed, note: noteOf(row) }
}

function startOf({ start_at: start }: Row): number {
  return start === null ? Number.NEGATIVE_INFINITY : (start as Date).getTime()
}

function endOf({ end_at: end }: Row): number {
  return end === null ? Number.POSITIVE_INFINITY : (end as Date).getTime()
}

function noteOf(row: Row): Note {
  return {
    lastRun: text(row.last_run),
    lastStatus: text(row.last_status),
    ...(row.invalidated === null ? {} : { invalidated: JSON.parse(text(row.invalidated)) as Invalidation }),
  }
}

/** The record of exactly this interval. */
export function indexOf(history: History, start: number, end: number): number | undefined {
  let low = 0
  let high = history.count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (history.start[middle]! < start) low = middle + 1
    else high = middle
  }
  for (let index = low; index < history.count && history.start[index] === start; index++)
    if (history.end[index] === end) return index
  return undefined
}

/** Partitions that somebody is publishing now. */
async function readLeases(
  { session, nameOf }: LedgerReader,
  asked: readonly Asked[],
): Promise<ReadonlyMap<string, LeaseHolder>> {
  const held = await session.query(
    // Where leases are in memory, an attempt is recorded when it ends, and its lease rows may stand a moment longer.
    `select l.model, l.partition_key, l.worker, w.run_id, w.host, w.pid
from sluice.leases l join sluice.workers w on w.id = l.worker left join sluice.attempts a on a.id = l.attempt
where coalesce(a.status, 'running') = 'running'`,
  )
  const leases = new Map<string, LeaseHolder>()
  if (held.length === 0) return leases
  const names = new Map(asked.map(({ name }) => [nameOf(name), name]))
  for (const row of held) {
    const model = names.get(text(row.model))
    if (model !== undefined) leases.set(leaseId(model, text(row.partition_key)), leaseHolder(row))
  }
  return leases
}

/** A column that is text, whatever the driver made of it. */
export function text(value: unknown): string {
  return String(value)
}

/** Who holds a lease, from a row of its worker and attempt. */
export function leaseHolder(row: Row): LeaseHolder {
  return { worker: text(row.worker), run: text(row.run_id), host: text(row.host), pid: Number(row.pid) }
}
