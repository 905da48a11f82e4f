import { randomBytes } from 'node:crypto'
import type { VarValue } from '../../core/config/project.ts'
import { type Diagnostic, SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { TestWorld } from '../../core/unit-tests/test-world.ts'
import { boundProject } from '../bound.ts'
import type { Invocation } from '../command.ts'
import { openWorkspace, type Workspace } from '../workspace.ts'

export interface OpenWorld {
  readonly world: TestWorld
  readonly workspace: Workspace
  close(): Promise<void>
}

/** The project with these variables beside those of the command line. Its warnings are said once, by whoever opens it first. */
export async function workspaceWith(
  invocation: Invocation,
  vars: Readonly<Record<string, VarValue>>,
): Promise<Workspace> {
  const { options } = invocation
  if (Object.keys(vars).length === 0) return openWorkspace(invocation)
  return openWorkspace({
    ...invocation,
    options: { ...options, quiet: true, vars: { ...options.vars, ...vars } },
  })
}

/**
 * A database for unit tests: in memory and without a way to files where the engine can be embedded, else the target's server, on which every test is
 * rolled back.
 * @param models those that are tested; what they read is bound
 */
export async function openWorld(
  invocation: Invocation,
  workspace: Workspace,
  models: ReadonlySet<string>,
): Promise<OpenWorld> {
  const { project, texts, factory } = workspace
  const target = await workspace.target()
  const { csvTypes } = factory.binder ?? {}
  if (csvTypes === undefined) throw new Error(`${factory.name} cannot bind`)
  const { relations, unreachable } = await boundProject(workspace, invocation, { only: models })
  if (unreachable !== undefined) throw new SluiceError([withoutAdvice(unreachable)])
  const options = { threads: 1, readOnly: false, applicationName: 'sluice test' }
  const adapter = await factory.open(
    target.adapter === 'duckdb'
      ? {
          ...target,
          path: ':memory:',
          readOnly: false,
          settings: { ...target.settings, enable_external_access: false, lock_configuration: true },
        }
      : target,
    options,
  )
  const parser = await workspace.parser()
  const schemaPrefix = `sluice_${randomBytes(4).toString('hex')}_`
  return {
    world: { project, texts, adapter, relations, csvTypes, parser, schemaPrefix },
    workspace,
    close: async () => {
      await parser.close()
      await adapter.close()
    },
  }
}

/** Unlike validation, a test cannot do without the engine. */
function withoutAdvice({ next: _, hint, ...found }: Diagnostic): Diagnostic {
  const own = hint?.replace(/ ?Or validate without types\.$/, '')
  return own === undefined ? found : { ...found, hint: own }
}
