import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { duckdb } from '../../adapters/duckdb/index.ts'
import { postgres } from '../../adapters/postgres/index.ts'
import { type OpenProject, type OpenRequest, openProject } from '../../core/compile/open-project.ts'
import type { Engine } from '../../core/compile/templates.ts'

/** Parsers are shared by the tests of a file and closed at its end. */
const engines = new Map<string, Engine>()

afterAll(async () => {
  for (const engine of engines.values()) await engine.parser.close()
})

async function engineOf(adapter: 'duckdb' | 'postgres'): Promise<Engine> {
  const factory = adapter === 'duckdb' ? duckdb : postgres
  const known = engines.get(adapter)
  if (known !== undefined) return known
  const engine = { dialect: factory.dialect, capabilities: factory.capabilities, parser: factory.parser() }
  engines.set(adapter, engine)
  return engine
}

export const settings = `name: test
default_target: dev
targets:
  dev: { adapter: duckdb, path: test.duckdb }
  other: { adapter: duckdb, path: other.duckdb, schema: { prefix: p_ } }
  server: { adapter: postgres, url: "\${DATABASE_URL}", schema: { prefix: "\${PREFIX:-x_}" } }
vars: { limit: 5 }
`

/** A project folder whose files lie safely in the past, so that a cache may trust them. */
export class Folder {
  readonly root: string
  private clock = Date.parse('2024-01-01T00:00:00Z')

  private constructor(root: string) {
    this.root = root
  }

  static async create(files: Readonly<Record<string, string>>): Promise<Folder> {
    const folder = new Folder(await mkdtemp(join(tmpdir(), 'sluice-compile-')))
    afterAll(() => rm(folder.root, { recursive: true, force: true }))
    for (const [path, text] of Object.entries({ 'sluice.yml': settings, ...files })) folder.write(path, text)
    return folder
  }

  write(path: string, text: string): void {
    const file = join(this.root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    this.clock += 1000
    utimesSync(file, new Date(this.clock), new Date(this.clock))
  }

  remove(path: string): void {
    rmSync(join(this.root, path))
  }

  /** Opens as if the files had been written long ago: the scan's clock stands in the future. */
  open(request: Partial<OpenRequest> = {}): Promise<OpenProject> {
    return openProject({
      root: this.root,
      env: {},
      build: 'test',
      engineOf,
      clock: () => Date.now() + 60_000,
      ...request,
    })
  }
}
