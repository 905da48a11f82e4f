import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { createDatabase } from '../postgres-server.ts'
import { byValues, type Seen, type SourceRow } from '../run/snapshot-oracle.ts'
import { Child } from './child.ts'
import { Random } from './random.ts'

const hour = 3_600_000
const first = Date.parse('2024-01-01T00:00:00Z')
const instant = (hours: number) => new Date(first + hours * hour).toISOString()

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function randomState(random: Random): readonly SourceRow[] {
  return [1, 2, 3, 4, 5].flatMap((id) =>
    random.chance(0.3)
      ? []
      : [{ id, name: random.chance(0.5) ? 'a' : 'b', city: random.chance(0.5) ? 'x' : 'y', at: 0 }],
  )
}

/** Days of a source that changes, each recorded by processes that are killed, and by one that is not. */
async function killedDays(
  target: string,
  environment: Readonly<Record<string, string>>,
  seed: number,
): Promise<void> {
  const random = new Random(seed)
  const root = mkdtempSync(join(tmpdir(), 'sluice-snapshot-'))
  try {
    write(root, 'sluice.yml', `name: killed\ndefault_target: dev\ntargets:\n  dev: ${target}\n`)
    write(
      root,
      'models/history.sql',
      '/*---\nmaterialized: snapshot\nunique_key: id\npartition: { grain: day, start: 2024-01-01 }\nsnapshot: { strategy: check, deletes: close }\n---*/\nselect id, name, city from people\n',
    )
    const seen: Seen[] = []
    let kills = 0
    for (let day = 0; day < 6; day++) {
      // A day may be recorded again, with another state, before the next one begins.
      for (let again = random.below(2); again >= 0; again--) {
        const rows = randomState(random)
        write(
          root,
          'seeds/people.csv',
          `id,name,city\n${rows.map((row) => `${row.id},${row.name},${row.city}\n`).join('')}`,
        )
        const now = ['--now', instant((day + 1) * 24 + 1)]
        for (let strikes = random.below(3); strikes > 0; strikes--) {
          const child = new Child(root, ['run', '--force', ...now], environment)
          child.strikeAt(
            { kind: 'event', type: 'task_started', nth: random.below(2), plusMs: random.below(60) },
            'SIGKILL',
          )
          kills += (await child.end()).signal === 'SIGKILL' ? 1 : 0
        }
        const end = await new Child(root, ['run', '--force', ...now], environment).end()
        expect([end.code, end.stderr]).toEqual([0, ''])
        if (seen.length > day) seen.pop()
        seen.push({ asOf: (day + 1) * 24, rows })
      }
    }
    expect(kills).toBeGreaterThan(0)
    const shown = await new Child(root, ['show', 'history', '--limit', '1000'], environment).end()
    const standing = shown.events.map((row) => [row.id, row.name, row.city, row.valid_from, row.valid_to])
    const expected = byValues(seen, 'close', (a, b) => a.name === b.name && a.city === b.city)
    const versions = expected.map(({ id, name, city, from, to }) => [
      id,
      name,
      city,
      instant(from),
      to === null ? null : instant(to),
    ])
    const inOrder = (lists: readonly (readonly unknown[])[]) =>
      lists.map((list) => JSON.stringify(list)).sort()
    expect(inOrder(standing)).toEqual(inOrder(versions))
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

test(
  'a snapshot whose processes are killed has the history of those that were not, on DuckDB',
  () => killedDays('{ adapter: duckdb, path: killed.duckdb }', {}, 5),
  240_000,
)

test('a snapshot whose processes are killed has the history of those that were not, on Postgres', async () => {
  const database = await createDatabase()
  try {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the project's own placeholder
    await killedDays('{ adapter: postgres, url: "${DATABASE_URL}" }', { DATABASE_URL: database.url }, 6)
  } finally {
    await database.drop()
  }
}, 240_000)
