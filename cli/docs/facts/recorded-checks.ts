import type { Row } from '../../../core/adapter.ts'
import type { RecordedCheck } from '../../../core/docs/facts/shown-check.ts'
import { WHOLE } from '../../../core/ledger/records.ts'
import { text } from '../../../core/ledger/snapshot.ts'
import { instantOf, jsonOf, since } from '../../../core/ledger/stored-values.ts'
import type { OpenLedger } from '../../open-ledger.ts'

const mostResults = 50

/** A check, and the logical name of what it checked. */
export interface CheckOf {
  readonly model: string
  readonly check: RecordedCheck
}

/** The newest outcome of every check. Of a batch, that of a partition which failed it, else of the newest. */
export async function readNewestChecks(
  ledger: OpenLedger,
  withSamples: boolean,
): Promise<ReadonlyMap<string, ReadonlyMap<string, RecordedCheck>>> {
  const rows = await ledger.session.query(
    `select distinct on (c.model, c.name) ${columns(ledger, withSamples)}
from sluice.check_results c
join (select model, name, max(checked_at) as newest from sluice.check_results group by model, name) n
  on n.model = c.model and n.name = c.name and n.newest = c.checked_at
order by c.model, c.name, c.passed, c.partition_key desc`,
  )
  const found = new Map<string, Map<string, RecordedCheck>>()
  for (const { model, check } of checksOf(ledger, rows))
    found.set(model, (found.get(model) ?? new Map<string, RecordedCheck>()).set(check.name, check))
  return found
}

/** The newest outcomes of each of the project's own checks, newest first. */
export async function readCustomChecks(
  ledger: OpenLedger,
  withSamples: boolean,
): Promise<ReadonlyMap<string, readonly CheckOf[]>> {
  const rows = await ledger.session.query(
    `select ${columns(ledger, withSamples)} from (select k.*,
row_number() over (partition by k.model, k.name order by k.checked_at desc, k.passed, k.partition_key desc) as place
from sluice.check_results k where k.kind = 'custom') as c
where c.place <= ${mostResults} order by c.checked_at desc, c.passed, c.partition_key desc`,
  )
  const found = new Map<string, CheckOf[]>()
  for (const each of checksOf(ledger, rows)) {
    const known = found.get(each.check.name)
    if (known === undefined) found.set(each.check.name, [each])
    else known.push(each)
  }
  return found
}

/** Outcomes of these attempts, by attempt, in the order in which they ran. */
export async function readChecksOfAttempts(
  ledger: OpenLedger,
  attempts: readonly string[],
  withSamples: boolean,
): Promise<ReadonlyMap<string, readonly RecordedCheck[]>> {
  const found = new Map<string, RecordedCheck[]>()
  if (attempts.length === 0) return found
  const rows = await ledger.session.query(
    `select ${columns(ledger, withSamples)} from sluice.check_results c where c.attempt in (${ledger.list(attempts)})
order by c.checked_at, c.partition_key, c.name`,
  )
  for (const row of rows) {
    const check = recordedCheck(row)
    const known = found.get(check.attempt)
    if (known === undefined) found.set(check.attempt, [check])
    else known.push(check)
  }
  return found
}

function columns({ version }: OpenLedger, withSamples: boolean): string {
  const sample = withSamples ? 'c.sample' : `'[]' as sample`
  return `c.attempt, c.run_id, c.model, c.partition_key, c.name, c.kind, c.severity, c.passed, c.failing, c.checked_at,
${sample}, ${since(3, version, 'measure', 'c')}`
}

function checksOf(ledger: OpenLedger, rows: readonly Row[]): readonly CheckOf[] {
  return rows.flatMap((row) => {
    const model = ledger.modelOf(text(row.model))
    return model === undefined ? [] : [{ model, check: recordedCheck(row) }]
  })
}

function recordedCheck(row: Row): RecordedCheck {
  const key = text(row.partition_key)
  const measure = jsonOf(row.measure) as RecordedCheck['measure'] | null | undefined
  const at = instantOf(row.checked_at)
  return {
    attempt: text(row.attempt),
    run: text(row.run_id),
    model: text(row.model),
    ...(at === undefined ? {} : { at }),
    ...(key === WHOLE ? {} : { partition: key }),
    name: text(row.name),
    kind: row.kind as RecordedCheck['kind'],
    severity: row.severity as RecordedCheck['severity'],
    passed: row.passed === true,
    failing: Number(row.failing),
    ...(measure === undefined || measure === null ? {} : { measure }),
    sample: (jsonOf(row.sample) as RecordedCheck['sample'] | undefined) ?? [],
  }
}
