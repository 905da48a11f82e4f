import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pico from 'picocolors'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { validate } from '../../cli/commands/validate.ts'
import type { Options } from '../../cli/options/definitions.ts'
import { validateSchema } from '../../cli/schemas/project.ts'
import type { Output } from '../../cli/terminal/terminal.ts'
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'

export type EngineName = 'duckdb' | 'postgres'
export const engines: readonly EngineName[] = ['duckdb', 'postgres']

export interface Validated {
  readonly code: number
  readonly findings: readonly Diagnostic[]
  /** `CODE file:line`, in the order in which they are printed. */
  readonly said: readonly string[]
}

/** A project in a folder of its own that can be validated as the command line does it. */
export interface ValidatedProject {
  readonly root: string
  readonly database: TestDatabase | undefined
  /** Writes files; `null` removes one. */
  write(files: Readonly<Record<string, string | null>>): void
  validate(options?: Options): Promise<Validated>
}

export function validatedProjects(
  engine: EngineName,
): (files: Readonly<Record<string, string>>) => ValidatedProject {
  const folders: string[] = []
  let database: TestDatabase | undefined
  beforeAll(async () => {
    if (engine === 'postgres') database = await createDatabase()
  })
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })
  afterAll(async () => database?.drop())
  return (files) => {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-validate-')))
    folders.push(root)
    const target =
      engine === 'duckdb'
        ? '{ adapter: duckdb, path: test.duckdb }'
        : `{ adapter: postgres, url: "\${DATABASE_URL}" }`
    const project: ValidatedProject = {
      root,
      database,
      write: (written) => {
        for (const [path, text] of Object.entries(written)) {
          mkdirSync(dirname(join(root, path)), { recursive: true })
          if (text === null) rmSync(join(root, path))
          else writeFileSync(join(root, path), text)
        }
      },
      validate: (options = {}) => run(root, { ...process.env, DATABASE_URL: database?.url ?? '' }, options),
    }
    const { settings = '', ...others } = files
    project.write({ 'sluice.yml': `name: t\ntargets:\n  dev: ${target}\n${settings}`, ...others })
    return project
  }
}

async function run(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
  options: Options,
): Promise<Validated> {
  let out = ''
  const output = (write: (text: string) => void): Output => ({
    isTty: false,
    style: pico.createColors(false),
    columns: () => undefined,
    rows: () => undefined,
    write,
    onResize: () => () => {},
  })
  const code = await validate({
    command: 'validate',
    arguments: [],
    options,
    format: 'json',
    terminal: {
      out: output((text) => {
        out += text
      }),
      err: output(() => {}),
    },
    signal: new AbortController().signal,
    workingDirectory: root,
    environment,
    standardInput: async () => '',
    now: () => Date.parse('2024-02-01T00:00:00Z'),
  })
  const findings = out
    .split('\n')
    .filter(Boolean)
    .map((line) => validateSchema.parse(JSON.parse(line)) as Diagnostic)
  const said = findings.map(({ code, place }) => `${code} ${place?.file}:${place?.line}`)
  return { code, findings, said }
}
