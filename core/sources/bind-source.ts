import type { Adapter, Column, Session } from '../adapter.ts'
import { clockOf, instantText } from '../compile/clock.ts'
import type { CompiledSource } from '../compile/compiled.ts'
import { columnMistake } from '../config/partition-column.ts'
import type { ColumnType } from '../config/project.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import { columnNamed } from '../run/attempt.ts'

/** A source with what the engine says of its columns. */
export interface BoundSource {
  readonly source: CompiledSource
  /** In order; what models read depends on them. */
  readonly columns: readonly Column[]
  readonly partition?: BoundPartition
}

export interface BoundPartition {
  readonly column: Column
  readonly type: ColumnType
}

/** Asks the engine for a source's columns. Throws the engine's error if there is no such source, SL653 if its partition column does not fit. */
export async function bindSource(
  adapter: Adapter,
  session: Session,
  source: CompiledSource,
): Promise<BoundSource> {
  return boundSource(adapter, source, await adapter.catalog.describe(session, `select * from ${source.sql}`))
}

/** A source with these columns. Throws SL653 if its partition column does not fit. */
export function boundSource(
  adapter: Pick<Adapter, 'dialect'>,
  source: CompiledSource,
  columns: readonly Column[],
): BoundSource {
  if (source.partition === undefined) return { source, columns }
  const { name, type: declared } = source.partition.column
  const column = sourceColumn(adapter, source, columns, name, 'the partition column')
  const found = adapter.dialect.columnType(column.type)
  const needsFormat = found === 'text' || found === 'integer'
  if (found === undefined || (declared === undefined ? needsFormat : declared !== found)) {
    throw SluiceError.of('SL653', {
      message: `the partition column \`${name}\` of ${source.name} is ${column.type}${declared === undefined ? ', which needs a declared type and format' : `, and declared ${declared}`}`,
      model: source.name,
      place: source.place,
      hint:
        declared === undefined
          ? `Declare \`column: { name: ${name}, type: ${found ?? 'text'}, format: … }\`, or partition by another column.`
          : `Declare \`type: ${found ?? 'text'}\`.`,
    })
  }
  // A declared type was looked at with the rest of the configuration.
  const mistake = declared === undefined ? columnMistake(source.partition, found) : undefined
  if (mistake !== undefined) {
    throw SluiceError.of('SL653', {
      message: `\`${name}\` of ${source.name}: ${mistake.message}`,
      model: source.name,
      place: source.place,
      hint: mistake.hint,
    })
  }
  return { source, columns, partition: { column, type: found } }
}

/** A column of a source, by the engine's rules for names. Throws SL653. */
export function sourceColumn(
  adapter: Pick<Adapter, 'dialect'>,
  source: CompiledSource,
  columns: readonly Column[],
  name: string,
  role: string,
): Column {
  const found = columnNamed(adapter.dialect, columns, name)
  if (found !== undefined) return found
  throw SluiceError.of('SL653', {
    message: `${role} \`${name}\` is not in ${source.name}`,
    model: source.name,
    place: source.place,
    hint: `It has ${columns.map((column) => column.name).join(', ')}.`,
  })
}

/** An instant as a literal that can be compared with the partition column. */
export function boundOf(adapter: Adapter, { source, partition }: BoundSource): (ms: number) => string {
  const { format } = source.partition!.column
  const column = {
    type: partition!.type,
    ...(format === undefined ? {} : { format }),
    clock: clockOf(source.partition!),
  }
  return (ms) => instantText(adapter.dialect, ms, column)
}
