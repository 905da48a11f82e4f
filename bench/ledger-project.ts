import { join } from 'node:path'
import { duckdb } from '../adapters/duckdb/index.ts'
import type { Adapter } from '../core/adapter.ts'
import type { CompiledModel, CompiledProject } from '../core/compile/compiled.ts'
import { type OpenProject, openProject } from '../core/compile/open-project.ts'
import { ledgerMigrations } from '../core/ledger/schema.ts'
import { generateProject } from './generate-project.ts'

/** Opens a generated project, in this process and without its cache. */
export async function openGenerated(root: string, models: number): Promise<OpenProject> {
  generateProject(root, models)
  return openProject({
    root,
    env: {},
    build: 'bench',
    engineOf: async () => ({
      dialect: duckdb.dialect,
      capabilities: duckdb.capabilities,
      parser: duckdb.parser(),
    }),
    clock: Date.now,
  })
}

export function databaseOf(root: string): string {
  return join(root, 'generated.duckdb')
}

/**
 * Fills the ledger as if every model had published its first `days` days, day after day and upstream first. Of every hundredth model the last day
 * is missing, of every hundredth and first it was published by other code.
 */
export async function fillLedger(adapter: Adapter, project: CompiledProject, days: number): Promise<void> {
  await adapter.migrate(ledgerMigrations)
  const models = project.graph.order
    .map((name) => project.nodes.get(name))
    .filter((node): node is CompiledModel => node?.kind === 'model')
  const literal = (text: string) => adapter.dialect.literal(text)
  const values = models.map(
    (model, at) =>
      `(${literal(model.name)}, ${literal(model.fingerprint)}, ${literal(model.layoutId)}, ${at})`,
  )
  const at = (day: string) => `(timestamptz '2001-01-01 00:00:00+00' + ${day} * interval '1 day')`
  await adapter.session(async (session) => {
    await session.execute(`insert into sluice.partitions (model, partition_key, start_at, end_at, change_seq, data_seq, read_seq, fingerprint,
  layout, rows, published_at, published_by, last_attempt, last_run, last_status)
select m.name, ${keyOf(adapter, 'd.day')}, ${at('d.day')}, ${at('(d.day + 1)')}, c.seq, c.seq, c.seq - 1,
  case when m.place % 100 = 1 and d.day = ${days - 1} then 'old' else m.fingerprint end, m.layout, 1000,
  ${at('(d.day + 1)')} + interval '6 hours', 'attempt', 'attempt', 'run', 'succeeded'
from (values ${values.join(',\n')}) as m(name, fingerprint, layout, place),
  (select * from generate_series(0, ${days - 1}) as s(day)) as d,
  lateral (select cast(d.day as bigint) * ${models.length} + m.place + 1 as seq) as c
where not (m.place % 100 = 0 and d.day = ${days - 1})
order by d.day, m.place`)
  })
}

function keyOf(adapter: Adapter, day: string): string {
  const date = `(date '2001-01-01' + cast(${day} as integer))`
  return adapter.capabilities.sharedServer
    ? `to_char(${date}, 'YYYY-MM-DD')`
    : `strftime(${date}, '%Y-%m-%d')`
}
