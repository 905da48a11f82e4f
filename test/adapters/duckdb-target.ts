import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { duckdb } from '../../adapters/duckdb/index.ts'
import type { Adapter, EngineError } from '../../core/adapter.ts'
import type { TargetConfig } from '../../core/config/project.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'

export type DuckdbTarget = Extract<TargetConfig, { adapter: 'duckdb' }>

export function duckdbTarget(path: string, more: Partial<DuckdbTarget> = {}): DuckdbTarget {
  return {
    name: 'dev',
    adapter: 'duckdb',
    path,
    schema: {},
    vars: {},
    settings: {},
    readOnly: false,
    ...more,
  }
}

/** A folder for databases that goes away when the test file ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-duckdb-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Opens a target; closed when the test file ends, unless the test did. */
export async function openTarget(target: DuckdbTarget, threads = 2): Promise<Adapter> {
  const adapter = await duckdb.open(target, {
    threads,
    readOnly: target.readOnly,
    applicationName: 'sluice-test',
  })
  opened.push(adapter)
  return adapter
}

const opened: Adapter[] = []

export async function closeTargets(): Promise<void> {
  await Promise.all(opened.splice(0).map((adapter) => adapter.close()))
}

/** The first diagnostic of the SluiceError that the work throws. */
export async function diagnosticOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof SluiceError)) throw new Error('expected a SluiceError', { cause: error })
  return error.diagnostics[0]!
}

/** What the adapter says of the error that the work throws. */
export async function explained(adapter: Adapter, work: Promise<unknown>): Promise<EngineError> {
  return work.then(
    () => {
      throw new Error('expected an error')
    },
    (error: unknown) => adapter.explain(error),
  )
}
