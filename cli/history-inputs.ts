import type { CompiledProject } from '../core/compile/compiled.ts'
import { WHOLE } from '../core/ledger/records.ts'
import { instantOf, jsonOf } from '../core/ledger/stored-values.ts'
import { type Edge, Edges, type Unit } from '../core/plan/edges.ts'
import type { OpenLedger } from './open-ledger.ts'

/** What was read of one upstream: each of its partitions, in the version that it had then. */
export interface UpstreamVersion {
  readonly upstream: string
  readonly partitions: readonly {
    /** Undefined without partitions. */
    readonly key?: string
    readonly version: number
    /** Which published it; undefined for a source, whose changes are only seen. */
    readonly run?: string
    /** UTC milliseconds. */
    readonly at?: number
  }[]
}

interface Publication {
  readonly changeSeq: number
  readonly version: number
  readonly run?: string
  readonly at?: number
}

/** The publications of everything that a unit reads: which versions it read is derived from the number up to which it saw. */
export class Upstreams {
  private readonly edges: readonly Edge[]
  /** By upstream and key, newest first. */
  private readonly publications: ReadonlyMap<string, ReadonlyMap<string, readonly Publication[]>>

  private constructor(edges: readonly Edge[], publications: Upstreams['publications']) {
    this.edges = edges
    this.publications = publications
  }

  static async read(project: CompiledProject, ledger: OpenLedger, unit: Unit): Promise<Upstreams> {
    const edges = new Edges(project.nodes, project.graph.ancestors)
      .of(unit)
      .filter((edge) => edge.role === 'data')
    const publications = new Map<string, ReadonlyMap<string, readonly Publication[]>>()
    for (const edge of edges) publications.set(edge.upstream.name, await readPublished(ledger, edge))
    return new Upstreams(edges, publications)
  }

  /** What could be seen at a number: of each partition the newest version up to it. Empty if the number is not known. */
  before(readSeq: number | undefined): readonly UpstreamVersion[] {
    if (readSeq === undefined) return []
    return this.edges.flatMap(({ upstream }) => {
      const partitions = [...(this.publications.get(upstream.name) ?? [])].flatMap(([key, published]) => {
        const seen = published.find((each) => each.changeSeq <= readSeq)
        if (seen === undefined) return []
        const { changeSeq: _, ...version } = seen
        return [{ ...(key === WHOLE ? {} : { key }), ...version }]
      })
      return partitions.length === 0 ? [] : [{ upstream: upstream.name, partitions }]
    })
  }
}

async function readPublished(
  ledger: OpenLedger,
  { upstream, reads }: Edge,
): Promise<ReadonlyMap<string, readonly Publication[]>> {
  if (upstream.kind === 'source') return readSeen(ledger, upstream.name, reads)
  const { session, version, nameOf } = ledger
  const found = new Map<string, Publication[]>()
  if (version < 2) return found
  const keys =
    reads.kind === 'published'
      ? undefined
      : new Set(reads.kind === 'whole' ? [WHOLE] : reads.partitions.map((each) => each.key))
  const rows = await session.query(
    `select run_id, partition_keys, change_seq, outcome, finished_at from sluice.attempts
where model = $1 and status = 'succeeded' and change_seq is not null order by change_seq desc`,
    [nameOf(upstream.name)],
  )
  // In the order of time, which the keys of the upstream say.
  const ordered = keys === undefined ? undefined : [...keys]
  for (const key of ordered ?? []) found.set(key, [])
  for (const row of rows) {
    const outcomes = jsonOf(row.outcome) as
      | readonly { readonly key: string; readonly kept?: number }[]
      | undefined
    const kept = new Map(outcomes?.map((each) => [each.key, each.kept]))
    const at = instantOf(row.finished_at)
    for (const key of jsonOf(row.partition_keys) as readonly string[]) {
      if (keys !== undefined && !keys.has(key)) continue
      const publication = {
        changeSeq: Number(row.change_seq),
        version: kept.get(key) ?? Number(row.change_seq),
        run: String(row.run_id),
        ...(at === undefined ? {} : { at }),
      }
      const known = found.get(key)
      if (known === undefined) found.set(key, [publication])
      else known.push(publication)
    }
  }
  return keys === undefined ? new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1))) : found
}

/** Of a source only the newest observation is kept: what was read before it is not known any more. */
async function readSeen(
  { session, nameOf }: OpenLedger,
  source: string,
  reads: Edge['reads'],
): Promise<ReadonlyMap<string, readonly Publication[]>> {
  const rows = await session.query(
    `select partition_key, data_seq, published_at from sluice.partitions
where model = $1 and data_seq is not null order by start_at, partition_key`,
    [nameOf(source)],
  )
  const keys = reads.kind === 'partitions' ? new Set(reads.partitions.map((each) => each.key)) : undefined
  const read = rows.filter((row) => keys === undefined || keys.has(String(row.partition_key)))
  return new Map(
    read.map((row) => {
      const at = instantOf(row.published_at)
      const version = Number(row.data_seq)
      return [
        String(row.partition_key),
        [{ changeSeq: version, version, ...(at === undefined ? {} : { at }) }],
      ]
    }),
  )
}
