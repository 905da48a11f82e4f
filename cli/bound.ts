import { bindProject } from '../core/bind/bind-project.ts'
import type { BoundProject, BoundRelation } from '../core/bind/bound.ts'
import { type ContentCache, openContentCache } from '../core/cache/content-cache.ts'
import type { Invocation } from './command.ts'
import { buildId } from './version.ts'
import type { Workspace } from './workspace.ts'

export interface BoundOptions {
  /** Only these relations and checks, and all that they read. */
  readonly only?: ReadonlySet<string>
  /** Columns of sources that somebody knows better: those of the real catalogue. */
  readonly known?: ReadonlyMap<string, BoundRelation>
  /** Instead of the project's own. */
  readonly cache?: ContentCache
}

/** The columns of every model, seed and source, and what is wrong with the SQL. The engine is opened only for what the cache does not know, and
 * closed again; one that cannot be reached is said by `unreachable`, with everything that only it knows unknown. */
export async function boundProject(
  workspace: Workspace,
  _invocation: Invocation,
  options: BoundOptions = {},
): Promise<BoundProject> {
  const { factory, project, texts } = workspace
  const { binder } = factory
  if (binder === undefined) throw new Error(`${factory.name} cannot bind`)
  const target = await workspace.target()
  const identity = await binder.identity?.(target)
  return bindProject({
    project,
    texts,
    dialect: factory.dialect,
    capabilities: factory.capabilities,
    csvTypes: binder.csvTypes,
    ...(identity === undefined ? {} : { identity }),
    open: () => binder.open(target),
    cache: options.cache ?? openContentCache({ root: project.project.root, name: 'bind', build: buildId }),
    ...(options.only === undefined ? {} : { only: options.only }),
    known: new Map([...(options.known ?? []), ...[...workspace.broken].map(unknownAs)]),
  })
}

/** What could not be compiled stands as a source in the project; its mistake has been said. */
function unknownAs(name: string): readonly [string, BoundRelation] {
  return [name, { kind: 'unknown', reason: `${name} has a mistake` }]
}
