import { ownerOf } from '../../core/compile/compiled.ts'
import type { ReachedExposure } from '../../core/lineage/exposures.ts'
import type { ColumnLineage, ColumnSource, QueryLineage, Unresolved } from '../../core/lineage/lineage.ts'
import type { Downstream } from '../../core/lineage/project.ts'
import { placeText } from '../diagnostics/lines.ts'
import type { Output } from '../terminal/terminal.ts'
import { printTable } from '../text/table.ts'
import type { Point, Ways } from './steps.ts'

/** What columns come from, with the way through models; what decides the rows stands once below them. */
export function printUpstream(
  out: Output,
  model: string,
  { columns, rows }: Pick<QueryLineage, 'columns' | 'rows'>,
  ways: Ways,
): void {
  const rowsOf = (label: string, to: Point, sources: readonly ColumnSource[]) =>
    sources.length === 0
      ? [[label, '', '', '']]
      : sources.map((source, index) => [
          index === 0 ? label : '',
          source.role,
          sourceText(source),
          wayText(ways.between({ relation: source.relation, column: source.column }, to) ?? []),
        ])
  const lines = columns.flatMap(({ column, sources, unresolved }) =>
    rowsOf(unresolved === undefined ? column : `${column} ?`, { relation: model, column }, sources),
  )
  const decided = rows.length === 0 ? [] : rowsOf('(rows)', { relation: model }, rows)
  printTable(
    out,
    [
      { title: 'COLUMN' },
      { title: 'ROLE' },
      { title: 'FROM', shrinks: 'middle' },
      { title: 'THROUGH', shrinks: 'middle', isOptional: true },
    ],
    [...lines, ...decided],
  )
}

function sourceText({ relation, column, fields = [] }: ColumnSource): string {
  return [relation, column, ...fields].join('.')
}

function wayText(way: readonly Point[]): string {
  return way
    .map(({ relation, column }) => (column === undefined ? `${relation} (rows)` : `${relation}.${column}`))
    .join(' ← ')
}

/** Who is hit by a column, or by the rows of a relation. */
export function printDownstream(out: Output, { hits }: Pick<Downstream, 'hits'>): void {
  printTable(
    out,
    [{ title: 'COLUMN', shrinks: 'middle' }, { title: 'ROLE' }],
    hits.map(({ relation, column, roles }) => [`${relation}.${column}`, roles.join(', ')]),
  )
}

/** Who shows something of the relations that are reached. */
export function printExposures(out: Output, found: readonly ReachedExposure[]): void {
  printTable(
    out,
    [
      { title: 'EXPOSURE' },
      { title: 'LABEL', shrinks: 'middle', isOptional: true },
      { title: 'OWNER', shrinks: 'middle', isOptional: true },
      { title: 'READS', shrinks: 'middle' },
    ],
    found.map(({ exposure, reads }) => [
      exposure.name,
      exposure.label,
      ownerOf(exposure) ?? '',
      reads.join(', '),
    ]),
  )
}

/** What is not known, each once, with its place. */
export function printUnresolved(
  out: Output,
  unresolved: readonly Unresolved[],
  { what = 'sources' }: { readonly what?: string } = {},
): void {
  const lines = unresolved.map(({ reason, model, place }) => {
    const where = place === undefined ? model : placeText(place)
    return where === undefined ? reason : `${where}: ${reason}`
  })
  if (lines.length === 0) return
  out.write(`\n${out.style.yellow(`not resolved, so that ${what} may be missing:`)}\n`)
  for (const line of new Set(lines)) out.write(`  ${line}\n`)
}

/** Everything that is not known of a lineage. */
export function allUnresolved({
  columns,
  unresolved,
}: {
  readonly columns: readonly ColumnLineage[]
  readonly unresolved: readonly Unresolved[]
}): readonly Unresolved[] {
  return [...columns.flatMap((each) => each.unresolved ?? []), ...unresolved]
}
