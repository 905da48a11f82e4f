import { isChosen } from '../sql/relational/column-choice.ts'
import type { ExcludedColumn, Expression, Name, Star } from '../sql/relational/ir.ts'
import { childrenOf } from '../sql/relational/walk.ts'
import type { Reading } from './reading.ts'
import {
  fieldsOf,
  type Item,
  type KnownColumn,
  type OpenColumns,
  unknownValue,
  type Value,
} from './relation.ts'
import { resolveColumn, type Scope, type Visible, visibleNamed } from './scope.ts'

/** The columns that a star stands for. */
export function starItems(reading: Reading, star: Star, scope: Scope): readonly Item[] {
  return changed(reading, star, scope, namedItems(star, scope))
}

function namedItems({ relation, start }: Star, scope: Scope): readonly Item[] {
  if (relation === undefined) return scope.source.star
  const visible = visibleNamed(scope, relation)
  if (visible !== undefined) return visible.items
  const value = resolveColumn(scope, { parts: relation, ...(start === undefined ? {} : { start }) })
  if (value !== undefined) return fieldItems(value, start)
  const name = relation.map((part) => part.text).join('.')
  return [openItem(`there is no relation \`${name}\``, start, (reason) => unknownValue(reason, start))]
}

/** The fields of a struct, whose names only its type tells. */
export function fieldItems(value: Value, start: number | undefined): readonly Item[] {
  if (value.row !== undefined) return value.row
  const reason = 'the fields of a value are not known by name'
  const at = start === undefined ? {} : { start }
  return [{ kind: 'open', reason, ...at, lookup: (name) => fieldsOf(value, [name]) }]
}

function openItem(reason: string, start: number | undefined, value: (reason: string) => Value): OpenColumns {
  return { kind: 'open', reason, ...(start === undefined ? {} : { start }), lookup: () => value(reason) }
}

/** EXCLUDE, REPLACE, RENAME and COLUMNS. */
function changed(reading: Reading, star: Star, scope: Scope, items: readonly Item[]): readonly Item[] {
  const { excluded, replaced, renamed, chosen } = star
  const isPlain = excluded.length + replaced.length + renamed.length === 0 && chosen === undefined
  if (isPlain) return items
  const result: Item[] = []
  for (const item of items) {
    if (item.kind === 'open') {
      result.push(changedOpen(reading, star, scope, item))
      continue
    }
    const { name } = item
    if (name === undefined) {
      result.push(item)
      continue
    }
    if (excluded.some((each) => isMeant(each, item, name, scope))) continue
    const isWanted = chosen === undefined ? true : isChosen(chosen, name)
    if (isWanted === false) continue
    if (isWanted === undefined) {
      const reason = 'which columns are chosen is not known'
      const at = star.start === undefined ? {} : { start: star.start }
      const lookup = ({ key }: Name) => (key === name.key ? item.value : undefined)
      result.push({ kind: 'open', reason, ...at, lookup })
      continue
    }
    const replacement = replaced.find((each) => each.name.key === name.key)
    const to = renamed.find(({ from, relation }) =>
      isMeant({ ...from, ...(relation === undefined ? {} : { relation }) }, item, name, scope),
    )?.to
    result.push({
      ...item,
      ...(to === undefined ? {} : { name: to }),
      ...(replacement === undefined
        ? {}
        : { value: reading.expression(reading, replacement.expression, scope) }),
    })
  }
  return result
}

/** What EXCLUDE and RENAME name may be told apart by its relation. */
function isMeant(written: ExcludedColumn, item: KnownColumn, name: Name, { source }: Scope): boolean {
  if (written.key !== name.key) return false
  if (written.relation === undefined) return true
  const key = written.relation.key
  const home = source.visibles.find((each: Visible) => each.id === item.home)
  return home === undefined || home.name.at(-1) === key
}

function changedOpen(reading: Reading, star: Star, scope: Scope, item: OpenColumns): OpenColumns {
  return {
    ...item,
    lookup(name) {
      const renaming = star.renamed.find(({ to }) => to.key === name.key)
      const original = renaming === undefined ? name : renaming.from
      if (star.excluded.some((each) => each.key === original.key)) return undefined
      if (renaming === undefined && star.renamed.some(({ from }) => from.key === name.key)) return undefined
      if (star.chosen !== undefined && isChosen(star.chosen, original) === false) return undefined
      const replacement = star.replaced.find((each) => each.name.key === original.key)
      if (replacement !== undefined) return reading.expression(reading, replacement.expression, scope)
      return item.lookup(original)
    },
  }
}

/** The star of the COLUMNS(…) that makes several columns of one expression; undefined if there is none. */
export function columnsIn(expression: Expression): Star | undefined {
  if (expression.kind === 'columns') return expression.isUnpacked ? undefined : expression.star
  for (const child of childrenOf(expression)) {
    const found = columnsIn(child)
    if (found !== undefined) return found
  }
  return undefined
}
