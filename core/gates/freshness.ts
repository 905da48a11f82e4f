import type { Adapter, Column, Dialect, Session } from '../adapter.ts'
import type { CheckOutcome } from '../checks/check.ts'
import { durationText } from '../checks/failing-text.ts'
import { type Demand, judgeMeasure, type Verdict } from '../checks/judge.ts'
import type { CompiledFreshness, CompiledSource } from '../compile/compiled.ts'
import { type Diagnostic, diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import type { FindFiles } from '../sources/files.ts'
import { joinParts } from '../template/edit.ts'

export interface FreshnessWorld {
  readonly adapter: Adapter
  /** UTC milliseconds. */
  readonly now: number
  readonly findFiles: FindFiles
}

/** How old a source is, against how old it may be; undefined if nothing is said of it. Throws SL680, or the engine's error. */
export async function freshnessOutcome(
  world: FreshnessWorld,
  session: Session,
  source: CompiledSource,
): Promise<CheckOutcome | undefined> {
  const { freshness } = source
  if (freshness === undefined) return undefined
  const loadedAt =
    freshness.by.kind === 'files'
      ? await newestFile(world.findFiles, freshness.by.pattern)
      : await answered(world.adapter, session, source, joinParts(freshness.by.sql.parts, {}))
  const verdict = judgeAge(freshness, loadedAt === undefined ? undefined : (world.now - loadedAt) / 1000)
  const { severity, ...found } = verdict
  return { name: 'freshness', kind: 'freshness', severity, model: source.name, ...found, sample: [] }
}

/** Judges an age in seconds; undefined for a source that was never loaded, which is older than any limit. */
export function judgeAge(
  { warnMs, failMs }: Pick<CompiledFreshness, 'warnMs' | 'failMs'>,
  seconds: number | undefined,
): Verdict {
  const demand = (ms: number | undefined, severity: Demand['severity']): readonly Demand[] =>
    ms === undefined
      ? []
      : [{ severity, text: `> ${durationText(ms / 1000)}`, isBrokenBy: (age) => age * 1000 > ms }]
  const demands = [...demand(failMs, 'error'), ...demand(warnMs, 'warn')]
  return judgeMeasure(demands, seconds ?? Number.POSITIVE_INFINITY, {
    value: seconds === undefined ? null : Math.round(seconds),
    unit: 'seconds',
  })
}

/** What is wrong with the columns of the query that tells when a source was loaded last. */
export function freshnessMistake(
  dialect: Pick<Dialect, 'columnType'>,
  source: Pick<CompiledSource, 'name' | 'place'>,
  columns: readonly Column[],
): Diagnostic | undefined {
  const [column] = columns
  if (column === undefined || columns.length > 1) return noTime(source, `returns ${columns.length} columns`)
  const type = dialect.columnType(column.type)
  if (type === 'date' || type === 'timestamp' || type === 'timestamptz') return undefined
  return noTime(source, `is ${column.type}, which is no time`)
}

function noTime({ name, place }: Pick<CompiledSource, 'name' | 'place'>, message: string): Diagnostic {
  return diagnostic('SL680', {
    message: `\`freshness\` of ${name} ${message}`,
    model: name,
    place,
    hint: 'Let it be one date or timestamp, for example `select max(loaded_at) from …`.',
  })
}

async function newestFile(findFiles: FindFiles, pattern: string): Promise<number | undefined> {
  const files = await findFiles(pattern)
  if (files.length === 0) return undefined
  return Math.max(...files.map(({ modifiedNs }) => Number(modifiedNs / 1_000_000n)))
}

/** The instant that a query returns, in UTC milliseconds; undefined for none. */
async function answered(
  adapter: Adapter,
  session: Session,
  source: CompiledSource,
  text: string,
): Promise<number | undefined> {
  const columns = await adapter.catalog.describe(session, text)
  const mistake = freshnessMistake(adapter.dialect, source, columns)
  if (mistake !== undefined) throw new SluiceError([mistake])
  const column = columns[0]!
  const rows = await session.query(
    `select cast(extract(epoch from q.${adapter.dialect.quote(column.name)}) as double precision) as epoch from (\n${text}\n) as q limit 2`,
  )
  if (rows.length > 1) throw new SluiceError([noTime(source, 'returns several rows')])
  const epoch = rows[0]?.epoch
  return epoch === undefined || epoch === null ? undefined : Number(epoch) * 1000
}
