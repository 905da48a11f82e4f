import type { RowClause } from '../../core/diff/compare-queries.ts'
import type { DataDiff } from '../../core/diff/data.ts'
import type {
  ColumnChange,
  HitSource,
  ImpactedRelation,
  NodeDiff,
  PartChange,
} from '../../core/diff/difference.ts'
import type { RebuildVolume, RebuiltRelation } from '../../core/diff/volume.ts'
import { count, counted, duration } from '../text/quantity.ts'

/** What happened to a column, in a few words. */
export function columnText(change: ColumnChange): string {
  switch (change.kind) {
    case 'added':
      return `${change.column} added (${change.type})`
    case 'removed':
      return `${change.column} removed`
    case 'renamed':
      return `${change.column} renamed to ${change.to}`
    case 'type':
      return `${change.column}: ${change.before} → ${change.after}${change.isWider ? ', which holds all that was' : ''}`
    case 'nullability':
      return `${change.column} ${change.after === 'may be null' ? 'may be NULL now' : 'is never NULL now'}`
    case 'values':
      return `${change.column}: computed differently`
    default:
      return change satisfies never
  }
}

/** A type that differs says already that the column is computed differently. */
export function saidOnce(columns: readonly ColumnChange[]): readonly ColumnChange[] {
  const typed = new Set(columns.flatMap((each) => (each.kind === 'type' ? [each.column] : [])))
  return columns.filter((each) => each.kind !== 'values' || !typed.has(each.column))
}

/** How the rows of a model differ, in one line. */
export function dataText({ rows, key, withoutKey, only, different }: DataDiff): string {
  const counts = `${count(rows.before)} → ${counted(rows.after, 'row')}`
  const isSame = only.before + only.after + different === 0
  if (isSame) return `${counts}, all the same`
  const parts = [
    ...(only.before > 0 ? [`${count(only.before)} only in the base`] : []),
    ...(only.after > 0 ? [`${count(only.after)} only in the project`] : []),
    ...(different > 0 ? [`${count(different)} with other values`] : []),
  ]
  const how = withoutKey === undefined ? ` (by ${key.join(', ')})` : ` (as a whole: ${withoutKey})`
  return `${counts}: ${parts.join(', ')}${how}`
}

const clauses: Readonly<Record<RowClause | 'data', string>> = {
  input: 'what it reads',
  filter: 'its filters',
  join: 'its joins',
  group: 'how it groups',
  order: 'its order or limit',
  unclear: 'something that is not understood in detail',
  data: 'its data',
}

/** By what other rows may come out; empty if by nothing. */
export function rowsText({ rows }: NodeDiff): string {
  return rows.by.length === 0
    ? ''
    : `other rows: ${rows.by.map((clause) => clauses[clause]).join(', ')} changed`
}

const parts: Readonly<Record<PartChange['part'], string>> = {
  sql: 'SQL',
  data: 'data',
  location: 'where it is',
  materialization: 'materialization',
  partition: 'partition layout',
  contract: 'contract',
  checks: 'checks',
  config: 'config',
}

/** Which parts differ, each with its details if there are any. */
export function partTexts({ parts: changed }: NodeDiff): readonly string[] {
  return changed
    .filter(({ part }) => part !== 'sql')
    .map(({ part, details }) =>
      details.length === 0 ? `${parts[part]} changed` : `${parts[part]}: ${details.join(', ')}`,
    )
}

export function causeText({ causes, isEdited }: NodeDiff): string {
  if (causes.length === 0) return ''
  const named = causes.map(({ kind, name }) => `the ${kind} ${name}`).join(', ')
  return isEdited ? `its file changed, and ${named}` : `because of ${named}`
}

/** What was done with it, in one word or more. */
export function statusText(node: NodeDiff): string {
  switch (node.status) {
    case 'added':
      return `new ${node.materialization}`
    case 'removed':
      return 'removed'
    case 'renamed':
      return `was ${node.from}`
    case 'follows':
      return 'follows what it reads'
    case 'changed':
      if (node.returnsTheSame) return 'SQL changed, and returns the same'
      return node.parts.some(({ part }) => part === 'sql') ? 'SQL changed' : 'changed'
    default:
      return node satisfies never
  }
}

const valueRoles = ['copied', 'transformed', 'aggregated']
const uses: Readonly<Record<string, string>> = {
  copied: 'copies',
  transformed: 'computes with',
  aggregated: 'aggregates',
  filter: 'filters by',
  join: 'joins on',
  group: 'groups by',
  order: 'orders by',
}

/** How a column or a relation uses what changed. */
export function hitText(sources: readonly HitSource[]): string {
  return sources
    .map(({ relation, column, roles }) => {
      if (column === undefined) return `rows of ${relation}`
      const verbs = roles.map((role) => uses[role]!)
      return `${verbs.join(' and ')} ${relation}.${column}`
    })
    .join(', ')
}

/** Whether a source gives values, and does not only decide rows. */
export function givesValue({ roles }: HitSource): boolean {
  return roles.some((role) => valueRoles.includes(role))
}

/** Who uses what changed, and what of it: `Delays by route (exposures.delays), Operations: reads rows of marts.daily`. */
export function exposureText({ name, label, owner, because }: ImpactedRelation): string {
  const who = label === undefined || name === `exposures.${label}` ? name : `${label} (${name})`
  const read = because.map(({ relation, column }) =>
    column === undefined ? `rows of ${relation}` : `${relation}.${column}`,
  )
  return `${who}${owner === undefined ? '' : `, ${owner}`}: reads ${read.join(', ')}`
}

/** Where one relation downstream is hit, in one line. */
export function impactText(impacted: ImpactedRelation): string {
  switch (impacted.hit) {
    case 'rows':
      return `all columns: ${hitText(impacted.because)}`
    case 'unclear':
      return `maybe all columns: ${impacted.reasons.join('; ')}`
    case 'values':
      return impacted.columns.map(({ column, because }) => `${column} ${hitText(because)}`).join('; ')
    case 'none':
      return 'not hit'
    default:
      return impacted.hit satisfies never
  }
}

const because: Readonly<Record<RebuiltRelation['because'], string>> = {
  code: 'its code changed',
  layout: 'its partitions are cut or written differently',
  early: 'it was published early',
  invalidated: 'it was invalidated',
  input: 'what it reads changed',
  upstream: 'what it reads is built again',
}

export function reasonOfRebuild({ because: kind }: RebuiltRelation): string {
  return because[kind]
}

/** `181 partitions, 3,000,000 rows, about 40 s`. */
export function volumeText({ relations }: RebuildVolume): string {
  const cut = relations.filter(({ first }) => first !== undefined)
  const whole = relations.filter(
    ({ first, materialization }) => first === undefined && materialization !== 'view',
  )
  const views = relations.filter(({ materialization }) => materialization === 'view')
  const sum = (of: (each: RebuiltRelation) => number) =>
    relations.reduce((total, each) => total + of(each), 0)
  const known = relations.every((each) => each.ms !== undefined || each.materialization === 'view')
  const ms = known ? sum((each) => (each.materialization === 'view' ? 0 : each.ms!)) : 0
  return [
    ...(cut.length > 0
      ? [
          counted(
            cut.reduce((total, each) => total + each.partitions, 0),
            'partition',
          ),
        ]
      : []),
    ...(whole.length > 0 ? [counted(whole.length, 'whole table')] : []),
    ...(views.length > 0 ? [counted(views.length, 'view')] : []),
    ...(cut.length + whole.length > 0
      ? [`${count(sum((each) => (each.materialization === 'view' ? 0 : each.rows)))} rows`]
      : []),
    ...(ms < 1 ? [] : [`about ${duration(ms)}`]),
  ].join(', ')
}
