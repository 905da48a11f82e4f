import { resolve } from 'node:path'
import type { Adapter, AdapterFactory } from '../core/adapter.ts'
import { compileProject } from '../core/compile/compile.ts'
import type { CompiledProject } from '../core/compile/compiled.ts'
import { createSqlTexts } from '../core/compile/sql-texts.ts'
import { findProject } from '../core/config/find.ts'
import { loadProject } from '../core/config/load.ts'
import type { SqlTexts } from '../core/run/attempt.ts'
import { adapterOf } from './adapters.ts'
import type { Invocation } from './command.ts'
import { printDiagnostics } from './diagnostics/print.ts'
import { withFrames } from './diagnostics/sources.ts'

/** A compiled project, and how to reach its target. */
export interface Workspace {
  readonly project: CompiledProject
  readonly factory: AdapterFactory
  readonly texts: SqlTexts
  /** Statements that may run at once. */
  readonly threads: number
  connect(how: { readonly readOnly: boolean }): Promise<Adapter>
}

/** Loads and compiles the project that the options name; prints its warnings. Connects to nothing.
 * @throws SluiceError with every mistake of the project */
export async function openWorkspace(invocation: Invocation): Promise<Workspace> {
  const { options, workingDirectory, environment } = invocation
  const root = projectRoot(invocation)
  const loaded = await loadProject({
    root,
    env: environment,
    ...(options.target === undefined ? {} : { target: options.target }),
    ...(options.vars === undefined ? {} : { vars: options.vars }),
  })
  const { target } = loaded.project
  const factory = await adapterOf(target.adapter)
  const engine = { dialect: factory.dialect, capabilities: factory.capabilities, parser: factory.parser() }
  const { compiled, context } = await compileProject(loaded.project, engine, loaded.warnings)
  await printWarnings(invocation, compiled, workingDirectory)
  const threads = options.threads ?? target.threads ?? factory.capabilities.defaultThreads
  return {
    project: compiled,
    factory,
    texts: createSqlTexts(compiled, context),
    threads,
    connect: ({ readOnly }) => factory.open(target, { threads, readOnly, applicationName: 'sluice' }),
  }
}

function projectRoot({ options, workingDirectory }: Invocation): string {
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
