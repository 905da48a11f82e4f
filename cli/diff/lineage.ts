import type { BoundProject } from '../../core/bind/bound.ts'
import { openContentCache } from '../../core/cache/content-cache.ts'
import { type ProjectLineage, projectLineage } from '../../core/lineage/project.ts'
import { buildId } from '../version.ts'
import type { Workspace } from '../workspace.ts'

/** Column lineage of a compiled project; what is known of single models is kept in the caches below `root`. */
export function lineageOf(workspace: Workspace, bound: BoundProject, root: string): ProjectLineage {
  return projectLineage({
    project: workspace.project,
    dialect: workspace.factory.dialect,
    parser: () => workspace.parser(),
    bound,
    cache: openContentCache({ root, name: 'lineage', build: buildId }),
  })
}
