import type { BoundProject } from '../../core/bind/bound.ts'
import { openContentCache } from '../../core/cache/content-cache.ts'
import { type ProjectLineage, projectLineage } from '../../core/lineage/project.ts'
import type { SqlParser } from '../../core/sql/parser.ts'
import { boundProject } from '../bound.ts'
import type { Invocation } from '../command.ts'
import { buildId } from '../version.ts'
import type { Workspace } from '../workspace.ts'

/** Column lineage of the project, with the columns of these relations and all that they read. `close` ends what it opened. */
export interface OpenLineage {
  readonly lineage: ProjectLineage
  /** The columns that it knows. */
  readonly bound: BoundProject
  /** Why the engine could not say which columns there are. */
  readonly unreachable?: string
  close(): Promise<void>
}

export async function openLineage(
  workspace: Workspace,
  invocation: Invocation,
  only: ReadonlySet<string>,
): Promise<OpenLineage> {
  const bound = await boundProject(workspace, invocation, { only })
  let parser: Promise<SqlParser> | undefined
  const { project, factory } = workspace
  const lineage = projectLineage({
    project,
    dialect: factory.dialect,
    parser: () => {
      parser ??= workspace.parser()
      return parser
    },
    bound,
    cache: openContentCache({ root: project.project.root, name: 'lineage', build: buildId }),
  })
  return {
    lineage,
    bound,
    ...(bound.unreachable === undefined ? {} : { unreachable: bound.unreachable.message }),
    close: async () => (await parser)?.close(),
  }
}
