import type { CompiledProject } from '../core/compile/compiled.ts'
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts'
import { WHOLE } from '../core/ledger/records.ts'
import { instantOf, jsonOf } from '../core/ledger/stored-values.ts'
import { type RequestedRange, rangeIn } from '../core/time/requested-range.ts'
import { instantJson } from './json/plan.ts'
import type { OpenLedger } from './open-ledger.ts'
import type { RelationStatus } from './status.ts'

/** The newest try that did not publish, of the partitions that have not been mended since. */
export interface LatestFailure {
  readonly partition?: string
  readonly run: string
  readonly status: 'failed' | 'timed_out' | 'crashed'
  readonly at?: string
  readonly code?: Diagnostic['code']
  readonly message?: string
}

/** The latest failure of each relation that has one within the range, by name. */
export async function latestFailures(
  { nodes }: CompiledProject,
  ledger: OpenLedger,
  relations: readonly RelationStatus[],
  range: RequestedRange | undefined,
): Promise<ReadonlyMap<string, LatestFailure>> {
  const found = new Map<string, LatestFailure>()
  for (const { name, partitions } of relations) {
    if (partitions.failed === 0) continue
    const node = nodes.get(name)
    const layout = node?.kind === 'model' ? node.layout : undefined
    const within = range === undefined || layout === undefined ? undefined : rangeIn(layout, range)
    const failure = await latestFailure(ledger, name, within)
    if (failure !== undefined) found.set(name, failure)
  }
  return found
}

async function latestFailure(
  { session, nameOf, adapter }: OpenLedger,
  name: string,
  within: { readonly start: number; readonly end: number } | undefined,
): Promise<LatestFailure | undefined> {
  const instant = (ms: number) => adapter.dialect.instant(ms, 'timestamptz')
  const isWithin =
    within === undefined
      ? ''
      : ` and p.start_at >= ${instant(within.start)} and p.end_at <= ${instant(within.end)}`
  const [row] = await session.query(
    `select p.partition_key, p.last_run, p.last_status, a.finished_at, a.error
from sluice.partitions p left join sluice.attempts a on a.id = p.last_attempt
where p.model = $1 and p.last_status in ('failed', 'timed_out', 'crashed')${isWithin}
order by p.change_seq desc limit 1`,
    [nameOf(name)],
  )
  if (row === undefined) return undefined
  const error = jsonOf(row.error) as Diagnostic | null | undefined
  const at = instantOf(row.finished_at)
  return {
    ...(row.partition_key === WHOLE ? {} : { partition: String(row.partition_key) }),
    run: String(row.last_run),
    status: row.last_status as LatestFailure['status'],
    ...(at === undefined ? {} : { at: instantJson(at) }),
    ...(error === undefined || error === null ? {} : { code: error.code, message: error.message }),
  }
}
