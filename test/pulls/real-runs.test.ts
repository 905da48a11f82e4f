import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { Client } from 'pg'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createDatabase } from '../postgres-server.ts'
import { apply, type Base, bases, pullRequests, setupOf, writeBase } from './request.ts'

const sluice = process.env.SLUICE_BIN ?? resolve(import.meta.dirname, '../../bin/sluice.cjs')
const range = {
  flights: ['2024-01-01', '2024-01-31'],
  shop: ['2024-03-01', '2024-03-31'],
  billing: ['2024-01-01', '2024-01-31'],
} as const

/** Statements for tables of sources that the base's setup knows nothing of. */
function declaredSources(root: string): readonly string[] {
  const files = readdirSync(join(root, 'models'), { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => /\.ya?ml$/.test(file))
    .flatMap((file) => {
      const { sources = [] } = parse(readFileSync(join(root, 'models', file), 'utf8')) as {
        sources?: readonly { name: string; columns?: readonly { name: string; type: string }[] }[]
      }
      return sources.flatMap(({ name, columns = [] }) => [
        `create schema if not exists ${name.split('.')[0]!}`,
        `create table if not exists ${name} (${columns.map((column) => `${column.name} ${column.type}`).join(', ')})`,
      ])
    })
}

/** Builds everything in a database that holds what the base's sources hold, and says how it went. */
async function runReally(base: Base, root: string) {
  const environment: Record<string, string> = { PATH: process.env.PATH!, HOME: root }
  const declared = (() => {
    try {
      return declaredSources(root)
    } catch {
      return [] // Bad YAML is what some requests are about.
    }
  })()
  if (base === 'billing') {
    const { url } = await createDatabase()
    environment.DATABASE_URL = url
    const client = new Client({ connectionString: url })
    await client.connect()
    for (const sql of [setupOf(base), ...declared]) await client.query(sql)
    await client.end()
  } else {
    const instance = await DuckDBInstance.create(join(root, `${base}.duckdb`))
    const connection = await instance.connect()
    for (const sql of [setupOf(base), ...declared]) await connection.run(sql)
    connection.closeSync()
    instance.closeSync()
  }
  const sluiced = (...words: readonly string[]) =>
    spawnSync(process.execPath, [sluice, ...words], { cwd: root, encoding: 'utf8', env: environment })
  const [from, to] = range[base]
  const { status, stdout, stderr } = sluiced('run', '--from', from, '--to', to, '--upstream', 'build')
  const checked = status === 0 ? sluiced('check') : undefined
  return {
    status: checked?.status ?? status,
    text: `${stdout}${stderr}${checked?.stdout ?? ''}${checked?.stderr ?? ''}`,
  }
}

async function inFolder<T>(work: (root: string) => Promise<T>): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'sluice-pulls-'))
  try {
    return await work(root)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

describe('base projects', () => {
  it.each(bases)('%s runs and passes its checks', { timeout: 120_000 }, async (base) => {
    await inFolder(async (root) => {
      writeBase(base, root)
      const { status, text } = await runReally(base, root)
      expect(status, text).toBe(0)
    })
  })
})

/**
 * What the verdicts claim, tried: what is called broken does not run, everything else does. Takes minutes, so only with
 * `SLUICE_PULLS=run`; what does not show in a run at all says so by `runs: true` in its file.
 */
describe.runIf(process.env.SLUICE_PULLS === 'run')('verdicts hold in real runs', () => {
  it.each(pullRequests())(
    '$name',
    { timeout: 300_000 },
    async ({ base, given, changes, verdict, runs, fails }) => {
      await inFolder(async (root) => {
        writeBase(base, root)
        apply(given ?? {}, root)
        apply(changes, root)
        const { status, text } = await runReally(base, root)
        if (process.env.SLUICE_PULLS_SHOW !== undefined) process.stdout.write(`${text}\n`)
        expect(status !== 0, text).toBe(fails === true || (verdict === 'broken' && runs !== true))
      })
    },
  )
})
