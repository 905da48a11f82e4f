import { join, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Adapter, AdapterFactory } from '../core/adapter.ts'
import type { AnalysisContext } from '../core/compile/analyse.ts'
import type { CompiledProject } from '../core/compile/compiled.ts'
import type { LintedQueries } from '../core/compile/linted.ts'
import { openProject } from '../core/compile/open-project.ts'
import { CompiledTexts } from '../core/compile/sql-texts.ts'
import type { Engine } from '../core/compile/templates.ts'
import { findProject } from '../core/config/find.ts'
import type { TargetConfig } from '../core/config/project.ts'
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts'
import type { SqlTexts } from '../core/run/attempt.ts'
import type { SqlParser } from '../core/sql/parser.ts'
import { type AdapterName, adapterOf } from './adapters.ts'
import type { Invocation } from './command.ts'
import { printDiagnostics } from './diagnostics/print.ts'
import { withFrames } from './diagnostics/sources.ts'
import type { OwnerConnection } from './owner/connection.ts'
import { Seat } from './owner/seat.ts'
import { ParallelParser } from './parallel-parser.ts'
import { buildId } from './version.ts'

/** A compiled project, and how to reach its target. */
export interface Workspace {
  readonly project: CompiledProject
  readonly factory: AdapterFactory
  readonly texts: SqlTexts
  /** What is wrong with single models, sources and checks; empty unless it was opened tolerantly. */
  readonly problems: readonly Diagnostic[]
  /** Names of models and sources that are broken: sources without a relation stand in for them. */
  readonly broken: ReadonlySet<string>
  /** What compiling one more query needs; loads and compiles the project if it came from the cache. */
  context(): Promise<AnalysisContext>
  /** The grammar of the target. */
  parser(): Promise<SqlParser>
  /** The target with its connection. */
  target(): Promise<TargetConfig>
  /** Statements that may run at once. */
  readonly threads: number
  /** Opens the target. One that another process has to itself is read through that one; while this process has it to itself, it answers
   * others as its seat says. */
  connect(how: { readonly readOnly: boolean }): Promise<Adapter>
  /** An empty database like that of a target that does not exist yet; undefined where there is no such thing. */
  connectEmpty(): Promise<Adapter | undefined>
  /** What other processes may know of this one's run, and how they end it. */
  readonly seat: Seat
  /** A conversation with the process that has the target to itself; undefined if none has. */
  owner(): Promise<OwnerConnection | undefined>
}

export interface WorkspaceOptions {
  /** Opens as much of the project as can be compiled, and prints no warnings: the caller tells what is wrong. */
  readonly isTolerant?: boolean
  /** Takes what the rules for SQL find in the queries that must be parsed. */
  readonly linted?: LintedQueries
}

/** Opens the project that the options name, compiled; prints its warnings. Connects to nothing.
 * @throws SluiceError with every mistake of the project; for a tolerant caller only if nothing can be compiled */
export async function openWorkspace(
  invocation: Invocation,
  { isTolerant = false, linted }: WorkspaceOptions = {},
): Promise<Workspace> {
  const { options, workingDirectory, environment } = invocation
  const opened = await openProject({
    root: projectRoot(invocation),
    env: environment,
    ...(options.target === undefined ? {} : { target: options.target }),
    ...(options.vars === undefined ? {} : { vars: options.vars }),
    build: buildId,
    engineOf,
    clock: Date.now,
    isTolerant,
    ...(linted === undefined ? {} : { linted }),
  })
  const { compiled } = opened
  if (!isTolerant) await printWarnings(invocation, compiled, workingDirectory)
  const { target } = compiled.project
  const factory = await adapterOf(target.adapter)
  const seat = new Seat(invocation.command)
  const note = (text: string): void => {
    if (options.debug) invocation.terminal.err.write(`note: ${text}\n`)
  }
  const threads = options.threads ?? target.threads ?? factory.capabilities.defaultThreads
  return {
    project: compiled,
    factory,
    texts: new CompiledTexts(compiled, factory.dialect, opened.context),
    problems: opened.problems,
    broken: opened.broken,
    context: opened.context,
    parser: async () => (await engineOf(target.adapter)).parser,
    target: opened.target,
    threads,
    seat,
    connect: async ({ readOnly }) => {
      const options = { threads, readOnly, applicationName: 'sluice' }
      const { connectTo } = await import('./owner/connect.ts')
      return connectTo({ factory, target: await opened.target(), options, environment, seat, note })
    },
    connectEmpty: async () => {
      const target = await opened.target()
      if (target.adapter !== 'duckdb') return undefined
      const options = { threads, readOnly: false, applicationName: 'sluice' }
      return factory.open({ ...target, path: ':memory:' }, options)
    },
    owner: async () => {
      const { ownerOf } = await import('./owner/connect.ts')
      return ownerOf({ factory, target: await opened.target(), environment })
    },
  }
}

async function engineOf(adapter: AdapterName): Promise<Engine> {
  const { dialect, capabilities, parser } = await adapterOf(adapter)
  const parallel = new ParallelParser(
    parser(),
    (name) => dialect.fold(name, false),
    () => parseWorker(adapter),
  )
  return { dialect, capabilities, parser: parallel, examine: (questions) => parallel.examine(questions) }
}

/** Only a build has the worker's file. */
function parseWorker(adapter: AdapterName): Worker | undefined {
  if (buildId === 'development') return undefined
  return new Worker(join(__dirname, 'parse-worker.cjs'), { workerData: adapter })
}

/** The folder of the project that the options name. */
export function projectRoot({ options, workingDirectory }: Invocation): string {
  if (options.project !== undefined) return resolve(workingDirectory, options.project)
  return findProject(workingDirectory) ?? workingDirectory
}

async function printWarnings(
  invocation: Invocation,
  { warnings }: CompiledProject,
  directory: string,
): Promise<void> {
  if (warnings.length === 0 || invocation.options.quiet) return
  const framed = await withFrames(warnings, directory, invocation.options.project)
  printDiagnostics(framed, invocation.terminal.err, invocation.format === 'json' ? 'json' : 'text')
  if (invocation.format !== 'json') invocation.terminal.err.write('\n')
}
