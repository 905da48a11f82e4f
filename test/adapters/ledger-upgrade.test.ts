import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { duckdb } from '../../adapters/duckdb/index.ts'
import type { TargetConfig } from '../../core/config/project.ts'
import { Ledger } from '../../core/ledger/ledger.ts'
import { ledgerMigrations, ledgerVersion } from '../../core/ledger/schema.ts'

function targetIn(folder: string): TargetConfig {
  return {
    name: 'dev',
    adapter: 'duckdb',
    path: join(folder, 'x.duckdb'),
    schema: {},
    vars: {},
    settings: {},
    readOnly: false,
  }
}

const earlier = ledgerMigrations.slice(0, -1).map(({ version }) => version)

test.each(earlier)('a ledger of version %i that holds rows is upgraded, and keeps them', async (version) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-upgrade-'))
  const target = targetIn(folder)
  try {
    const adapter = await duckdb.open(target, { threads: 1, readOnly: false, applicationName: 'test' })
    await adapter.migrate(ledgerMigrations.slice(0, version))
    await adapter.session((session) =>
      session.execute(`insert into sluice.partitions (model, partition_key, change_seq, last_attempt, last_run, last_status)
values ('m', '2024-01-01', 1, 'a', 'r', 'failed')`),
    )
    await adapter.migrate(ledgerMigrations)
    const rows = await adapter.session((session) =>
      session.query('select model, last_status, data_hash, invalidated from sluice.partitions'),
    )
    expect(rows).toEqual([{ model: 'm', last_status: 'failed', data_hash: null, invalidated: null }])
    expect(await adapter.ledgerVersion()).toBe(ledgerVersion)
    await adapter.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a ledger that a newer Sluice wrote is not read either', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-newer-'))
  const target = targetIn(folder)
  try {
    const adapter = await duckdb.open(target, { threads: 1, readOnly: false, applicationName: 'test' })
    await adapter.migrate(ledgerMigrations)
    await adapter.session((session) =>
      session.execute(`insert into sluice.migrations values (${ledgerVersion + 1}, now())`),
    )
    const ledger = new Ledger(adapter, () => new Date(0), '')
    await expect(ledger.snapshot({ relations: new Map() })).rejects.toThrow(
      `has version ${ledgerVersion + 1}, and this Sluice knows versions up to ${ledgerVersion}`,
    )
    await adapter.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
