import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pico from 'picocolors'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { Handler, Invocation } from '../../cli/command.ts'
import type { Options } from '../../cli/options/definitions.ts'
import { diffSchema } from '../../cli/schemas/diff.ts'
import type { Output } from '../../cli/terminal/terminal.ts'
import { type Diagnostic, SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'
import { repositoryIn, type TestRepository } from './repository.ts'

export type EngineName = 'duckdb' | 'postgres'
export const engines: readonly EngineName[] = ['duckdb', 'postgres']

export interface Told {
  readonly code: number
  readonly out: string
  readonly err: string
  /** What was thrown. */
  readonly diagnostics: readonly Diagnostic[]
  /** Of `--output json`. */
  readonly lines: readonly Readonly<Record<string, unknown>>[]
}

/** A project in a Git repository of its own, and its database. */
export interface DiffProject {
  readonly root: string
  readonly git: TestRepository
  readonly database: TestDatabase | undefined
  tell(command: string, options?: Options, format?: string): Promise<Told>
}

const handlers: Readonly<Record<string, () => Promise<Handler>>> = {
  diff: async () => (await import('../../cli/commands/diff.ts')).diff,
  run: async () => (await import('../../cli/commands/run.ts')).run,
  compile: async () => (await import('../../cli/commands/compile.ts')).compile,
  backfill: async () => (await import('../../cli/commands/backfill.ts')).backfill,
}

/** Makes projects of one engine within a describe block, and removes them. */
export function diffProjects(engine: EngineName): (files: Readonly<Record<string, string>>) => DiffProject {
  const folders: string[] = []
  let database: TestDatabase | undefined
  beforeAll(async () => {
    if (engine === 'postgres') database = await createDatabase()
  })
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })
  afterAll(async () => database?.drop())
  let made = 0
  return (files) => {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-diff-test-')))
    folders.push(root)
    made += 1
    const target =
      engine === 'duckdb'
        ? '{ adapter: duckdb, path: shop.duckdb }'
        : `{ adapter: postgres, url: "\${DATABASE_URL}", schema: { prefix: p${made}_ } }`
    const git = repositoryIn(root)
    const { settings = '', ...others } = files
    git.write({
      'sluice.yml': `name: shop\ndefault_target: dev\ntargets:\n  dev: ${target}\n${settings}`,
      '.gitignore': '.sluice/\ntarget/\n*.duckdb*\n',
      ...others,
    })
    git.commit('base')
    const environment = { ...process.env, DATABASE_URL: database?.url ?? '' }
    return { root, git, database, tell: (...words) => tell(root, environment, ...words) }
  }
}

async function tell(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
  command: string,
  options: Options = {},
  format = 'text',
): Promise<Told> {
  const written = { out: '', err: '' }
  const output = (name: 'out' | 'err'): Output => ({
    isTty: false,
    style: pico.createColors(false),
    columns: () => undefined,
    rows: () => undefined,
    write: (text) => {
      written[name] += text
    },
    onResize: () => () => {},
  })
  const invocation: Invocation = {
    command,
    arguments: [],
    options,
    format,
    terminal: { out: output('out'), err: output('err') },
    signal: new AbortController().signal,
    workingDirectory: root,
    environment,
    standardInput: async () => '',
    now: () => Date.parse('2024-02-01T00:00:00Z'),
  }
  const handler = await handlers[command]!()
  try {
    const code = await handler(invocation)
    const lines = format === 'json' ? written.out.split('\n').filter(Boolean) : []
    const parsed = lines.map((line) => JSON.parse(line))
    if (command === 'diff') for (const line of parsed) diffSchema.parse(line)
    return { code, ...written, diagnostics: [], lines: parsed }
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    return { code: -1, ...written, diagnostics: error.diagnostics, lines: [] }
  }
}
