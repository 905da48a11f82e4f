import type { ColumnLineage, Unresolved } from '../../core/lineage/lineage.ts'
import { anyWindow, logicalText } from '../../core/lineage/model-text.ts'
import type { Workspace } from '../workspace.ts'

/** The same with the place in the file that a person wrote. */
export async function withPlaces(
  { project, texts, factory }: Workspace,
  unresolved: readonly Unresolved[],
): Promise<readonly Unresolved[]> {
  const relationText = logicalText(factory.dialect)
  return Promise.all(
    unresolved.map(async ({ start, ...each }) => {
      const node = each.model === undefined ? undefined : project.nodes.get(each.model)
      // Of a text that depends on the partition nobody knows which one was meant.
      if (start === undefined || node?.kind !== 'model' || node.sql.symbolsDecide) return each
      const text = await texts.model(node, anyWindow(node), relationText)
      const written = await text.locate(start)
      return written === undefined ? each : { ...each, place: written.place }
    }),
  )
}

/** Columns with the places of what is unresolved. */
export async function columnsWithPlaces(
  workspace: Workspace,
  columns: readonly ColumnLineage[],
): Promise<readonly ColumnLineage[]> {
  return Promise.all(
    columns.map(async ({ unresolved, ...column }) =>
      unresolved === undefined ? column : { ...column, unresolved: await withPlaces(workspace, unresolved) },
    ),
  )
}
