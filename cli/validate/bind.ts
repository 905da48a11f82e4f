import type { BoundProject } from '../../core/bind/bound.ts'
import type { CompiledModel } from '../../core/compile/compiled.ts'
import { type Diagnostic, SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { boundProject } from '../bound.ts'
import type { Invocation } from '../command.ts'
import type { Workspace } from '../workspace.ts'

export interface Binding {
  /** Undefined with `--no-bind`. */
  readonly bound: BoundProject | undefined
  readonly how: 'offline' | 'online'
  /** What the target's catalogue says against the project. */
  readonly problems: readonly Diagnostic[]
}

/** Binds what is selected: over declared and captured columns, or over those of the target's catalogue, which is only read. */
export async function bind(
  workspace: Workspace,
  invocation: Invocation,
  selected: ReadonlySet<string>,
  isWhole: boolean,
): Promise<Binding> {
  const { options } = invocation
  if (options.bind === false) return { bound: undefined, how: 'offline', problems: [] }
  const only = isWhole ? {} : { only: selected }
  if (!isOnline(workspace, invocation)) {
    return { bound: await boundProject(workspace, invocation, only), how: 'offline', problems: [] }
  }
  const { seeSources, sourcesOf, unfitTables } = await import('../../core/validate/catalogue.ts')
  const { project, broken } = workspace
  const adapter = await connected(workspace)
  try {
    const sources = sourcesOf(project, selected).filter(({ name }) => !broken.has(name))
    const seen = await adapter.session((session) => seeSources(adapter, session, sources))
    const bound = await boundProject(workspace, invocation, { ...only, known: seen.known })
    const models = [...selected]
      .map((name) => project.nodes.get(name))
      .filter((node): node is CompiledModel => node?.kind === 'model')
    const unfit = await adapter.session((session) => unfitTables(adapter, session, models, bound))
    return { bound, how: 'online', problems: [...seen.problems, ...unfit] }
  } finally {
    await adapter.close()
  }
}

/** A target that is named and is not the default one is asked what it has, unless that is refused. */
function isOnline({ project }: Workspace, { options, environment }: Invocation): boolean {
  if (options.online) return true
  if (options.offline || options.target === undefined || environment.SLUICE_TARGET === options.target)
    return false
  const { defaultTarget, targetNames } = project.project
  return options.target !== (defaultTarget ?? (targetNames.length === 1 ? targetNames[0] : undefined))
}

async function connected(workspace: Workspace) {
  try {
    return await workspace.connect({ readOnly: true })
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    const hint = 'To look at declared and captured columns only, add --offline.'
    throw new SluiceError(
      error.diagnostics.map((each) => ({
        ...each,
        hint: each.hint === undefined ? hint : `${each.hint}\n${hint}`,
      })),
      { cause: error },
    )
  }
}
