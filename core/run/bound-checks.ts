import type { Adapter, Column, Session } from '../adapter.ts'
import type { Check } from '../checks/check.ts'
import { type CompiledProject, hasRows } from '../compile/compiled.ts'
import { columnNamed } from './attempt.ts'

export interface BindingContext {
  readonly project: CompiledProject
  readonly adapter: Adapter
}

/** The checks with the names of columns as the engine has them: `Email` means `email` where that is how the engine folds it. A name that is
 * not there stays, for the engine to say so. */
export async function boundChecks(
  context: BindingContext,
  session: Session,
  checks: readonly Check[],
  columns: readonly Column[],
): Promise<readonly Check[]> {
  const name = (written: string) => bound(context, columns, written)
  const result: Check[] = []
  for (const check of checks) {
    switch (check.kind) {
      case 'not_null':
      case 'unique':
        result.push({ ...check, columns: check.columns.map(name) })
        break
      case 'accepted_values':
      case 'null_share':
      case 'distinct_count':
      case 'mean':
      case 'sum':
      case 'minimum':
      case 'maximum':
      case 'quantile':
        result.push({ ...check, column: name(check.column) })
        break
      case 'relationships': {
        const field = await boundField(context, session, check.to, check.field)
        result.push({ ...check, column: name(check.column), field })
        break
      }
      case 'row_count':
      case 'expression':
      case 'volume':
      case 'z_score':
      case 'reconcile':
      case 'macro':
        result.push(check)
        break
    }
  }
  return result
}

function bound({ adapter }: BindingContext, columns: readonly Column[], written: string): string {
  return columnNamed(adapter.dialect, columns, written)?.name ?? written
}

/** Asks the engine only where quotes make a difference. */
async function boundField(
  context: BindingContext,
  session: Session,
  to: string,
  field: string,
): Promise<string> {
  const { adapter, project } = context
  if (adapter.dialect.fold(field, true) === adapter.dialect.fold(field, false)) return field
  const node = project.nodes.get(to)
  if (!hasRows(node)) return field
  const from = node.kind === 'source' ? node.sql : adapter.dialect.relation(node.relation)
  return bound(context, await adapter.catalog.describe(session, `select * from ${from}`), field)
}
