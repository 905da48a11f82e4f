import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assumedType } from '../../core/compile/clock.ts'
import type { CompiledCheck, CompiledModel } from '../../core/compile/compiled.ts'
import type { Window } from '../../core/compile/symbols.ts'
import type { ColumnType } from '../../core/config/project.ts'
import type { SqlDoc } from '../../core/docs/api.ts'
import { choosablePartitions, sqlDoc } from '../../core/docs/sql-doc.ts'
import { windowOf } from '../window.ts'
import type { Workspace } from '../workspace.ts'
import type { ProjectColumns } from './project-columns.ts'

/** The SQL of a model or of a check, for the partitions that can be chosen at this instant. */
export async function nodeSql(
  workspace: Workspace,
  node: CompiledModel | CompiledCheck,
  columns: ProjectColumns,
  now: number,
): Promise<SqlDoc> {
  const { texts, factory, project } = workspace
  const owner = node.kind === 'model' ? node : project.nodes.get(node.gateOf ?? '')
  return sqlDoc({
    source: await fileText(workspace, node.path),
    sql: node.sql,
    windows: owner?.kind === 'model' ? windowsOf(workspace, owner, columns, now) : [],
    dialect: factory.dialect,
    textOf: async (window) => {
      const { text } =
        node.kind === 'model' ? await texts.model(node, window) : await texts.check(node.name, window)
      return text
    },
  })
}

/** A file of the project; undefined if it cannot be read. */
export async function fileText({ project }: Workspace, path: string): Promise<string | undefined> {
  try {
    return await readFile(join(project.project.root, path), 'utf8')
  } catch {
    return undefined
  }
}

function windowsOf(
  { project, factory }: Workspace,
  model: CompiledModel,
  columns: ProjectColumns,
  now: number,
): readonly Window[] {
  if (model.layout === undefined) return []
  const { name, type } = model.config.partition!.column
  const loose = factory.dialect.fold(name, false)
  const bound = columns.of(model.name)?.find((each) => factory.dialect.fold(each.name, false) === loose)?.type
  const columnType: ColumnType =
    type ??
    (bound === undefined ? undefined : factory.dialect.columnType(bound)) ??
    assumedType(model.config.partition!)
  return choosablePartitions(model.layout, now).map((partition) =>
    windowOf(project, model, partition, columnType),
  )
}
