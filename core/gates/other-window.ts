import type { Adapter, Session } from '../adapter.ts'
import type { ReconcileCheck } from '../checks/kinds.ts'
import { type Clock, clockOf, instantText } from '../compile/clock.ts'
import { type CompiledNode, type CompiledProject, hasRows } from '../compile/compiled.ts'
import type { ColumnType, PartitionConfig } from '../config/project.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import { columnNamed } from '../run/attempt.ts'
import type { Interval } from '../time/interval.ts'

/** The column by which the other relation of a reconciliation is limited to a partition's window. */
export interface OtherColumn {
  /** As the engine has it. */
  readonly name: string
  readonly type: ColumnType
  readonly format?: string
  readonly clock?: Clock
}

/** Asks the engine for that column. Throws SL682 if it is not there, or holds no time. */
export async function otherColumnOf(
  { project, adapter }: { readonly project: CompiledProject; readonly adapter: Adapter },
  session: Session,
  model: string,
  check: ReconcileCheck,
): Promise<OtherColumn> {
  const { dialect } = adapter
  const node = project.nodes.get(check.with)
  if (!hasRows(node)) throw new Error(`no relation ${check.with}`)
  const own = partitionOf(node)
  const written = check.withColumn ?? own?.column.name
  if (written === undefined) throw new Error(`${check.name} has no column of ${check.with}`)
  const from = node.kind === 'source' ? node.sql : dialect.relation(node.relation)
  const columns = await adapter.catalog.describe(session, `select * from ${from}`)
  const found = columnNamed(dialect, columns, written)
  const say = (message: string, hint: string) =>
    SluiceError.of('SL682', {
      message: `the check ${check.name} of ${model}: ${message}`,
      model,
      ...(check.place === undefined ? {} : { place: check.place }),
      hint,
    })
  if (found === undefined)
    throw say(
      `${check.with} has no column \`${written}\``,
      `It has ${columns.map((column) => column.name).join(', ')}.`,
    )
  const ownColumn = own === undefined ? undefined : columnNamed(dialect, columns, own.column.name)
  const isOwn = own !== undefined && ownColumn?.name === found.name
  const type = (isOwn ? own.column.type : undefined) ?? dialect.columnType(found.type)
  const isTime = type === 'date' || type === 'timestamp' || type === 'timestamptz'
  if (type === undefined || (!isTime && !(isOwn && own.column.format !== undefined)))
    throw say(
      `\`${found.name}\` of ${check.with} is ${found.type}, which no partition's window can limit`,
      'Name a column of dates or timestamps by `with_column`.',
    )
  const format = isOwn ? own.column.format : undefined
  return {
    name: found.name,
    type,
    ...(format === undefined ? {} : { format }),
    ...(isOwn ? { clock: clockOf(own) } : {}),
  }
}

/** An instant as a literal that can be compared with the column. A date without partitions of its own shows the calendar of the model's zone. */
export function otherInstant(
  adapter: Adapter,
  column: OtherColumn,
  clock: Clock | undefined,
): (ms: number, side?: 'start' | 'end') => string {
  const own = column.clock ?? (column.type === 'date' ? clock : undefined)
  const shown = { ...column, ...(own === undefined ? {} : { clock: own }) }
  return (ms, side) => instantText(adapter.dialect, ms, shown, side)
}

/** The condition over an alias that holds for the other relation's rows of an interval. */
export function otherCondition(
  adapter: Adapter,
  column: OtherColumn,
  clock: Clock | undefined,
  { start, end }: Interval,
): (alias: string) => string {
  const name = adapter.dialect.quote(column.name)
  const literal = otherInstant(adapter, column, clock)
  const [from, to] = [literal(start), literal(end, 'end')]
  return (alias) => `${alias}.${name} >= ${from} and ${alias}.${name} < ${to}`
}

export function partitionOf(node: CompiledNode | undefined): PartitionConfig | undefined {
  if (node?.kind === 'model') return node.config.partition
  return node?.kind === 'source' ? node.partition : undefined
}
