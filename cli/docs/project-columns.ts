import type { BoundProject } from '../../core/bind/bound.ts'
import { isSnapshot } from '../../core/compile/snapshot.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { ColumnStepsOfProject, modelsOf } from '../../core/docs/column-steps.ts'
import type { QueryLineage } from '../../core/lineage/lineage.ts'
import type { Invocation } from '../command.ts'
import type { Workspace } from '../workspace.ts'

/** A column as it was found: with its type where the engine could be asked. */
export interface FoundColumn {
  readonly name: string
  readonly type?: string
}

/** The columns of every relation, and what each is made of. */
export interface ProjectColumns {
  /** Undefined: nobody knows. */
  of(relation: string): readonly FoundColumn[] | undefined
  /** Why they are not known, or not in full. */
  noteOf(relation: string): string | undefined
  readonly steps: ColumnStepsOfProject
}

/** Binds the whole project and follows its columns. What the engine cannot tell is read from the texts. */
export async function projectColumns(workspace: Workspace, invocation: Invocation): Promise<ProjectColumns> {
  const { project, factory, broken } = workspace
  const fold = (name: string) => factory.dialect.fold(name, true)
  const { openLineage } = await import('../lineage/open-lineage.ts')
  const { lineage, bound, unreachable, close } = await openLineage(
    workspace,
    invocation,
    new Set(project.graph.order),
  )
  const models = modelsOf(project)
  const lineages = new Map<string, QueryLineage>()
  try {
    await lineage.prepare(models)
    for (const model of models) lineages.set(model, await lineage.direct(model))
  } finally {
    await close()
  }
  const ofText = (relation: string): readonly FoundColumn[] | undefined => {
    const found = lineages.get(relation)
    if (found === undefined || isSnapshot(project.nodes.get(relation))) return undefined
    return found.columns.map(({ column }) => ({ name: column }))
  }
  return {
    of: (relation) => boundColumns(bound, relation) ?? ofText(relation),
    noteOf: (relation) => {
      if (broken.has(relation))
        return 'it has a mistake, so that only what is declared of its columns is known'
      const found = bound.relations.get(relation)
      if (found === undefined || found.kind === 'bound') return undefined
      const isOpen = lineages.get(relation)?.isOpen === true
      const why = unreachable === undefined ? found.reason : `the database could not be asked: ${unreachable}`
      return lineages.has(relation)
        ? `columns are known from the text only${isOpen ? ', and there may be more' : ''}: ${why}`
        : `columns are only those that are declared: ${why}`
    },
    steps: new ColumnStepsOfProject(lineages, fold),
  }
}

function boundColumns(bound: BoundProject, relation: string): readonly FoundColumn[] | undefined {
  const found = bound.relations.get(relation)
  return found?.kind === 'bound' ? found.columns : undefined
}

/** What stands in the way of all columns, where a project is so broken that nothing of it can be bound. */
export function withoutColumns(error: unknown): ProjectColumns {
  if (!(error instanceof SluiceError)) throw error
  const why = error.diagnostics[0]?.message ?? error.message
  return {
    of: () => undefined,
    noteOf: () => `columns are only those that are declared: ${why}`,
    steps: new ColumnStepsOfProject(new Map(), (name) => name),
  }
}
