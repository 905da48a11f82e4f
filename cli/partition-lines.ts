import type { CompiledProject, CompiledRelation } from '../core/compile/compiled.ts'
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts'
import type { Publication } from '../core/ledger/publications.ts'
import { publicationId, readPublications } from '../core/ledger/publications.ts'
import { emptySnapshot, type LedgerSnapshot, leaseId, WHOLE } from '../core/ledger/records.ts'
import { instantOf, jsonOf, optionalNumber, optionalText } from '../core/ledger/stored-values.ts'
import { type CauseStep, causeChain } from '../core/plan/cause-chain.ts'
import { Edges, type Unit } from '../core/plan/edges.ts'
import { relationCodes } from '../core/plan/snapshot-request.ts'
import { keyOfUnit, States } from '../core/plan/state.ts'
import { contains } from '../core/time/interval.ts'
import { duePartitions, partitionOf } from '../core/time/layout.ts'
import { type RequestedRange, rangeIn } from '../core/time/requested-range.ts'
import type { OpenLedger } from './open-ledger.ts'
import { chainText } from './text/cause.ts'

/** One partition, and what is known of it. Instants are UTC milliseconds. */
export interface PartitionLine {
  readonly key: string
  /** Undefined for a relation without partitions. */
  readonly start?: number
  readonly end?: number
  readonly state: 'missing' | 'fresh' | 'stale'
  /** Of a fresh one: an upstream without partitions changed since. */
  readonly isDrifted: boolean
  readonly activity: 'idle' | 'running' | 'failed' | 'blocked'
  /** Why it is stale, or what became of the last try. */
  readonly reason?: string
  /** From the partition to the root of its staleness. */
  readonly causes: readonly (CauseStep & { readonly publication?: Publication })[]
  readonly version?: number
  readonly rows?: number
  readonly publishedAt?: number
  readonly lastRun?: string
  readonly error?: Diagnostic
}

/** The partitions of a relation within the range that are due, and those that were published before they are, oldest first. */
export async function partitionLines(
  project: CompiledProject,
  node: CompiledRelation,
  range: RequestedRange | undefined,
  ledger: OpenLedger | undefined,
  now: number,
): Promise<readonly PartitionLine[]> {
  const snapshot = ledger === undefined ? emptySnapshot : await snapshotAround(project, node, ledger)
  const stored = ledger === undefined ? new Map<string, Stored>() : await readStored(node, ledger)
  const edges = new Edges(project.nodes, project.graph.ancestors)
  const states = new States(edges, snapshot, now)
  const units = unitsOf(node, range, stored, now)
  const chains = units.map((unit) => causeChain(project.nodes, states, unit))
  const publications = ledger === undefined ? () => undefined : await publicationsOf(chains, ledger)
  return units.map((unit, at) => {
    const data = states.dataOf(unit)
    const key = keyOfUnit(unit)
    const known = stored.get(key)
    const chain = chains[at]!
    const activity = activityOf(unit, data.state, edges, states, snapshot)
    const reason =
      data.state === 'stale'
        ? chainText(chain, publications)
        : activity === 'failed'
          ? failureText(known)
          : data.state === 'missing' && states.isPast(unit)
            ? 'not recorded while it lasted'
            : undefined
    return {
      key,
      ...(unit.partition === undefined ? {} : { start: unit.partition.start, end: unit.partition.end }),
      state: data.state,
      isDrifted: data.state === 'fresh' && data.drifted,
      activity,
      ...(reason === undefined ? {} : { reason }),
      causes: chain.map((step) => withPublication(step, publications)),
      ...(known === undefined ? {} : detailsOf(known)),
    }
  })
}

/** All that decides the states of one relation: itself and what is upstream of it. */
function snapshotAround(
  { nodes, graph }: CompiledProject,
  node: CompiledRelation,
  ledger: OpenLedger,
): Promise<LedgerSnapshot> {
  const around = new Set([...graph.ancestors(node.name), node.name])
  const relations = new Map([...relationCodes(nodes)].filter(([name]) => around.has(name)))
  return ledger.snapshot({ relations })
}

function unitsOf(
  node: CompiledRelation,
  range: RequestedRange | undefined,
  stored: ReadonlyMap<string, Stored>,
  now: number,
): readonly Unit[] {
  if (node.kind !== 'model' || node.layout === undefined) return [{ node }]
  const { layout } = node
  const found = new Map(duePartitions(layout, now).map((partition) => [partition.key, partition]))
  for (const { key, version } of stored.values()) {
    const early = version === undefined || found.has(key) ? undefined : partitionOf(layout, key)
    if (early !== undefined) found.set(key, early)
  }
  const within = range === undefined ? undefined : rangeIn(layout, range)
  return [...found.values()]
    .filter((partition) => within === undefined || contains(within, partition))
    .sort((a, b) => a.start - b.start)
    .map((partition) => ({ node, partition }))
}

function activityOf(
  unit: Unit,
  state: PartitionLine['state'],
  edges: Edges,
  states: States,
  snapshot: LedgerSnapshot,
): PartitionLine['activity'] {
  if (snapshot.leases.has(leaseId(unit.node.name, keyOfUnit(unit)))) return 'running'
  if (states.hasFailed(unit)) return 'failed'
  return state !== 'fresh' && isBlocked(unit, edges, states) ? 'blocked' : 'idle'
}

/** An input is missing, or its newest try failed. */
function isBlocked(unit: Unit, edges: Edges, states: States): boolean {
  return edges
    .of(unit)
    .some(
      (edge) =>
        edge.role !== 'check' &&
        states
          .unitsOf(edge)
          .some(
            (input) =>
              !states.isMissed(input) &&
              (states.dataOf(input).state === 'missing' || states.hasFailed(input)),
          ),
    )
}

/** A row of the ledger's partitions, as far as it is shown. */
interface Stored {
  readonly key: string
  readonly version?: number
  readonly rows?: number
  readonly publishedAt?: number
  readonly lastRun?: string
  readonly error?: Diagnostic
}

async function readStored(
  node: CompiledRelation,
  { session, nameOf }: OpenLedger,
): Promise<ReadonlyMap<string, Stored>> {
  const rows = await session.query(
    `select p.partition_key, p.data_seq, p.rows, p.published_at, p.last_run,
case when p.last_status in ('failed', 'timed_out', 'crashed') then a.error end as error
from sluice.partitions p left join sluice.attempts a on a.id = p.last_attempt where p.model = $1`,
    [nameOf(node.name)],
  )
  return new Map(
    rows.map((row): [string, Stored] => {
      const publishedAt = instantOf(row.published_at)
      const error = jsonOf(row.error) as Diagnostic | null | undefined
      const key = String(row.partition_key)
      return [
        key,
        {
          key,
          ...optionalNumber('version', row.data_seq),
          ...optionalNumber('rows', row.data_seq === null ? null : row.rows),
          ...(publishedAt === undefined ? {} : { publishedAt }),
          ...optionalText('lastRun', row.last_run),
          ...(error === undefined || error === null ? {} : { error }),
        },
      ]
    }),
  )
}

function detailsOf({ key: _, ...details }: Stored): Omit<Stored, 'key'> {
  return details
}

function failureText(known: Stored | undefined): string {
  const error =
    known?.error === undefined ? '' : `: ${known.error.code} ${known.error.message.split('\n')[0]}`
  return `failed in run ${known?.lastRun ?? 'unknown'}${error}`
}

/** Who published the inputs that are at the roots, asked of the ledger at once. */
async function publicationsOf(
  chains: readonly (readonly CauseStep[])[],
  ledger: OpenLedger,
): Promise<(upstream: string, partition: string | undefined) => Publication | undefined> {
  const idOf = (upstream: string, key = WHOLE) => publicationId({ model: ledger.nameOf(upstream), key })
  const asked = new Map<string, { readonly model: string; readonly key: string }>()
  for (const { cause } of chains.flatMap((chain) => chain.slice(-1))) {
    if (cause.kind !== 'input') continue
    const key = cause.partition ?? WHOLE
    asked.set(idOf(cause.upstream, key), { model: ledger.nameOf(cause.upstream), key })
  }
  const found = await readPublications(ledger, [...asked.values()])
  return (upstream, partition) => found.get(idOf(upstream, partition))
}

function withPublication(
  step: CauseStep,
  publicationOf: (upstream: string, partition: string | undefined) => Publication | undefined,
): PartitionLine['causes'][number] {
  if (step.cause.kind !== 'input') return step
  const publication = publicationOf(step.cause.upstream, step.cause.partition)
  return publication === undefined ? step : { ...step, publication }
}
