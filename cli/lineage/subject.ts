import {
  type CompiledProject,
  type CompiledRelation,
  type CompiledSource,
  hasRows,
} from '../../core/compile/compiled.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { didYouMean } from '../../core/diagnostics/suggest.ts'

/** What lineage is asked of: a relation, or one column of it as it was typed. */
export interface Subject {
  readonly node: CompiledRelation | CompiledSource
  readonly column?: string
}

/** Finds what `staging.flights`, `flights` or `staging.flights.origin` means; a relation is meant before a column.
 * @throws SluiceError SL380, SL382 */
export function subjectOf(project: CompiledProject, written: string): Subject {
  const relations = [...project.nodes.values()].filter(hasRows)
  const whole = named(relations, written)
  if (whole !== undefined) return { node: whole }
  const dot = written.lastIndexOf('.')
  const relation = dot < 0 ? undefined : named(relations, written.slice(0, dot))
  if (relation !== undefined) return { node: relation, column: unquoted(written.slice(dot + 1)) }
  const near = didYouMean(
    written,
    relations.map(({ name }) => name),
  )
  const before =
    dot < 0
      ? undefined
      : didYouMean(
          written.slice(0, dot),
          relations.map(({ name }) => name),
        )
  throw SluiceError.of('SL380', {
    message: `there is no model, seed or source \`${written}\``,
    hint: near ?? before ?? 'Name a relation, or a column of one: marts.daily.flights.',
    next: 'sluice ls',
  })
}

/** The column as the relation spells it.
 * @throws SluiceError SL381 */
export function columnOf(
  { node, column }: Required<Subject>,
  columns: readonly string[] | undefined,
  fold: (name: string) => string,
): string {
  const found =
    columns?.find((each) => each === column) ?? columns?.find((each) => fold(each) === fold(column))
  if (found !== undefined || columns === undefined) return found ?? column
  throw SluiceError.of('SL381', {
    message: `\`${node.name}\` has no column \`${column}\``,
    hint: didYouMean(column, columns) ?? `It has ${columns.map((each) => `\`${each}\``).join(', ')}.`,
    next: `sluice lineage ${node.name}`,
  })
}

function named(relations: readonly Subject['node'][], written: string): Subject['node'] | undefined {
  const name = written.split('.').map(unquoted).join('.')
  const exact = relations.find((each) => each.name === name)
  if (exact !== undefined) return exact
  const key = name.toLowerCase()
  const found = relations.filter(({ name: full }) => {
    const folded = full.toLowerCase()
    return folded === key || (!key.includes('.') && folded.endsWith(`.${key}`))
  })
  if (found.length < 2) return found[0]
  throw SluiceError.of('SL382', {
    message: `\`${written}\` is ${found.length} relations`,
    hint: `Name one: ${found.map((each) => each.name).join(', ')}.`,
  })
}

function unquoted(part: string): string {
  return /^".*"$/s.test(part) ? part.slice(1, -1) : part
}
