import type { Row, Session } from '../adapter.ts'
import { whereOf } from '../checks/conditions.ts'
import type { MacroCheck } from '../checks/kinds.ts'
import { columnSymbol } from '../checks/macro.ts'
import { columnArguments } from '../checks/named-columns.ts'
import { symbolText } from '../compile/symbols.ts'
import { joinParts } from '../template/edit.ts'
import { columnNamed } from './attempt.ts'
import { type CheckingContext, evaluating, SAMPLE_ROWS, type Subject } from './check-subject.ts'
import { readsHidden } from './hidden.ts'

export interface MacroFindings {
  readonly failing: number
  /** The rows that it looked at, where they are a part of all. */
  readonly looked?: number
  readonly sample: readonly Row[]
}

/** Runs a check of the project's own: its query selects what fails from `sluice_checked`, which are the rows at hand. */
export async function runMacroCheck(
  context: CheckingContext,
  session: Session,
  subject: Pick<Subject, 'node' | 'rows' | 'columns' | 'window'>,
  check: MacroCheck,
): Promise<MacroFindings> {
  const { rows, node } = subject
  const conditions = [...(rows.window === undefined ? [] : [rows.window('r')]), ...whereOf(check)]
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
  const checked = `with sluice_checked as (select r.* from ${rows.from} as r${where})\n`
  const text = textOf(context, subject, check)
  const needsLooked = [check.warnIf, check.errorIf].some((limit) => limit?.unit === 'share')
  const looked = needsLooked ? ', (select count(*) from sluice_checked) as looked' : ''
  const count = `${checked}select count(*) as failing${looked} from (\n${text}\n) as failing_rows`
  const [row] = await evaluating(context, node, count, () => session.query(count), check)
  const failing = Number(row!.failing)
  const sample =
    failing === 0 || readsHidden(context.project.nodes, node)
      ? []
      : await session.query(`${checked}select * from (\n${text}\n) as failing_rows limit ${SAMPLE_ROWS}`)
  return { failing, sample, ...(needsLooked ? { looked: Number(row!.looked) } : {}) }
}

/** The query with the window's bounds, and with columns under the names that the engine has. */
function textOf(
  { adapter: { dialect } }: CheckingContext,
  { columns, window }: Pick<Subject, 'columns' | 'window'>,
  check: MacroCheck,
): string {
  const { sql } = check
  if (sql === undefined) throw new Error(`${check.name} is not compiled`)
  const values: Record<string, string> = {}
  for (const name of columnArguments(check))
    values[columnSymbol(name)] = dialect.quote(columnNamed(dialect, columns, name)?.name ?? name)
  for (const part of sql.parts) {
    if (!('symbol' in part) || part.symbol in values) continue
    if (window === undefined) throw new Error(`${check.name} has no partition`)
    values[part.symbol] = symbolText(dialect, part.symbol, window)
  }
  return joinParts(sql.parts, values)
}
