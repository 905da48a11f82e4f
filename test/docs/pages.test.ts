import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'
import { comparable, Terminal, typedIn, withOutput } from './console.ts'

const repository = resolve(import.meta.dirname, '../..')
let database: TestDatabase | undefined

beforeAll(async () => {
  if (!existsSync(join(repository, 'dist/sluice.cjs'))) {
    execFileSync(process.execPath, [join(repository, 'scripts/build.mjs')])
  }
  database = await createDatabase()
})

afterAll(() => database?.drop())

// SLUICE_UPDATE_DOCS=1 writes what is printed now into the pages: read the difference before you commit it.
test.each([
  'README.md',
  'docs/concepts.md',
  'docs/checks.md',
  'docs/templates.md',
  'docs/backfill.md',
  'docs/snapshots.md',
  'docs/diff.md',
  'docs/lineage.md',
  'docs/exposures.md',
  'docs/unit-tests.md',
  'docs/validate.md',
  'docs/contracts.md',
])(
  'the commands of %s print what it says',
  (page) => {
    const path = join(repository, page)
    const markdown = readFileSync(path, 'utf8')
    const terminal = new Terminal({ DATABASE_URL: database!.url })
    const outputs = new Map<number, readonly string[]>()
    const said: unknown[] = []
    const real: unknown[] = []
    try {
      for (const { line, command, printed } of typedIn(markdown)) {
        // The packages are installed, and the test command does not run itself.
        if (command === 'npm ci && npm test') continue
        const output = terminal.type(command.replace(/^npm ci && /, ''))
        const [before, now] = [comparable(printed), comparable(output)]
        said.push({ line, command, prints: before })
        real.push({ line, command, prints: now })
        if (before.join('\n') !== now.join('\n')) outputs.set(line, output)
      }
    } finally {
      terminal.close()
    }
    if (process.env.SLUICE_UPDATE_DOCS === '1') writeFileSync(path, withOutput(markdown, outputs))
    else expect(real).toEqual(said)
  },
  300_000,
)
