import type { Call, Expression, Name, Select, SelectItem, Star } from '../sql/relational/ir.ts'
import { childrenOf } from '../sql/relational/walk.ts'
import { nth, readExpression } from './expression.ts'
import { deciding, type Origin, union } from './flow.ts'
import { readFrom } from './from.ts'
import { provenIn, withProven } from './join.ts'
import type { Reading } from './reading.ts'
import { allOf, type Item, type Relation, unknownValue, type Value, withNulls } from './relation.ts'
import { noSource, outputNamed, type Scope, type Source } from './scope.ts'
import { spreadOf } from './shape.ts'
import { columnsIn, fieldItems, starItems } from './star.ts'

/** One SELECT: its columns, what decides its rows, and how names in ORDER BY above it are read. */
export interface Selected extends Relation {
  /** Where names of ORDER BY lead that are no output columns. */
  readonly scope: Scope
}

/** Where an alias can stand for its expression. */
export type Aliases = 'everywhere' | 'group_by'

/** Reads one SELECT within the query that `outer` is of. */
export function readSelect(
  outerReading: Reading,
  select: Select,
  outer: Scope | undefined,
  aliasesAre: Aliases,
): Selected {
  const read = select.from === undefined ? noSource : readFrom(outerReading, select.from, noSource, outer)
  const proven = select.where === undefined ? undefined : provenIn(select.where, { source: read, outer })
  const filtered = proven === undefined ? read : withProven(read, proven)
  const reading: Reading = { ...outerReading, hasRowsInGroups: hasRowsInGroups(select) }
  const isPartly = isPartlyGrouped(select)
  const source = isPartly ? withMissingGroups(filtered) : filtered
  const aliases = new Map<string, Value>()
  const scope: Scope = {
    source,
    outer,
    noted: new Set(),
    ...(aliasesAre === 'everywhere' ? { aliases } : {}),
  }
  const items: Item[] = []
  /** The expression that each output column is made of; a star's has none. */
  const written: (Expression | undefined)[] = []
  for (const item of select.items) {
    const found = itemsOf(reading, item, scope)
    const made = isPartly && !isAggregate(item) ? withNulls(found, () => 'maybe') : found
    items.push(...made)
    for (const _ of made) written.push(item.kind === 'expression' ? item.expression : undefined)
    const alias = item.kind === 'expression' ? item.alias : undefined
    const first = made[0]
    if (alias !== undefined && first?.kind === 'known' && !aliases.has(alias.key))
      aliases.set(alias.key, first.value)
  }
  const decide = (expression: Expression | undefined): Origin[] =>
    expression === undefined ? [] : [deciding(readExpression(reading, expression, scope), 'filter')]
  const rows = union([
    read.rows,
    ...decide(select.where),
    ...grouping(reading, select, scope, items, written),
    ...decide(select.having),
    ...decide(select.qualify),
    ...distinct(reading, select, scope, items),
    ...select.items.flatMap((item) =>
      item.kind === 'expression' || item.kind === 'fields'
        ? multiplying(reading, item.expression, scope)
        : [],
    ),
  ])
  return { items, rows, scope: { ...scope, aliases } }
}

function itemsOf(reading: Reading, item: SelectItem, scope: Scope): readonly Item[] {
  switch (item.kind) {
    case 'star':
      return starItems(reading, item, scope)
    case 'fields':
      return fieldItems(readExpression(reading, item.expression, scope), item.start)
    case 'unknown': {
      const reason = `${item.what} is not understood`
      const value = unknownValue(reason, item.start)
      return [{ kind: 'open', reason, ...startOf(item), lookup: () => value }]
    }
    case 'expression': {
      const star = columnsIn(item.expression)
      if (star !== undefined) return eachColumn(reading, item.expression, item.alias, scope)
      const value = readExpression(reading, item.expression, scope)
      if (item.mayBeSeveral === true && spread(reading, item.expression, scope) !== 'rows') {
        const reason = 'the columns that unnest makes are not known by name'
        return [{ kind: 'open', reason, ...startOf(item), each: value, lookup: () => value }]
      }
      const name = item.alias ?? item.name
      return [{ kind: 'known', name, value, isUncertain: item.alias === undefined }]
    }
    default:
      return item satisfies never
  }
}

/** What `unnest` among the outputs makes of what it is given. */
function spread(reading: Reading, expression: Expression, scope: Scope): ReturnType<typeof spreadOf> {
  if (expression.kind !== 'call' || expression.name !== 'unnest') return undefined
  const [first, ...options] = expression.arguments
  return first && spreadOf(readExpression(reading, first, scope), options.length > 0)
}

/** A struct is spread over columns and not over rows, unless lists within it are too. */
function isOneRowSpread(reading: Reading, expression: Call, scope: Scope): boolean {
  return expression.arguments.length === 1 && spread(reading, expression, scope) === 'fields'
}

/** `max(COLUMNS(*))` is one output column for each. */
function eachColumn(
  reading: Reading,
  expression: Expression,
  alias: Name | undefined,
  scope: Scope,
): readonly Item[] {
  const isBare = expression.kind === 'columns'
  return starItems(reading, columnsIn(expression)!, scope).map((item): Item => {
    const valueFor = (current: Value) => readExpression({ ...reading, current }, expression, scope)
    if (item.kind === 'known') {
      const name = alias === undefined ? item.name : aliasFor(alias, item.name, columnsIn(expression)!)
      return { kind: 'known', name, value: valueFor(item.value), isUncertain: !isBare || alias !== undefined }
    }
    return {
      ...item,
      lookup: (name) => {
        const value = isBare && alias === undefined ? item.lookup(name) : undefined
        return value ?? unknownValue(item.reason, item.start)
      },
    }
  })
}

/** `COLUMNS('a_(.*)') AS 'b_\1'` puts what was matched into the name. */
function aliasFor(alias: Name, name: Name | undefined, { chosen }: Star): Name | undefined {
  if (!/\\\d/.test(alias.text)) return alias
  if (chosen?.kind !== 'regexp' || name === undefined) return undefined
  try {
    const match = new RegExp(chosen.pattern, 'u').exec(name.text)
    const text = alias.text.replace(/\\(\d)/g, (_, group) => match?.[Number(group)] ?? '')
    return { text, key: text.toLowerCase() }
  } catch {
    return undefined
  }
}

function grouping(
  reading: Reading,
  { groupBy }: Select,
  scope: Scope,
  items: readonly Item[],
  written: readonly (Expression | undefined)[],
): readonly Origin[] {
  if (groupBy === undefined) return []
  if (groupBy.kind === 'all') {
    const grouped = items.filter((_, index) => {
      const expression = written[index]
      return expression === undefined || !holdsAggregate(expression)
    })
    return [deciding(allOf(grouped), 'group')]
  }
  return groupBy.expressions.map((expression) => {
    const output = ordinalOf(items, expression)
    if (output !== undefined) return deciding(output, 'group')
    return deciding(groupedValue(reading, expression, scope, items), 'group')
  })
}

/** Input columns come before output columns here, in both engines. */
function groupedValue(reading: Reading, expression: Expression, scope: Scope, items: readonly Item[]): Value {
  if (expression.kind !== 'column' || expression.parts.length !== 1)
    return readExpression(reading, expression, scope)
  const named = outputNamed(items, expression.parts[0]!)
  const aliases = new Map(scope.aliases)
  if (named !== undefined && !aliases.has(expression.parts[0]!.key))
    aliases.set(expression.parts[0]!.key, named)
  return readExpression(reading, expression, { ...scope, aliases })
}

function distinct(reading: Reading, select: Select, scope: Scope, items: readonly Item[]): readonly Origin[] {
  switch (select.distinct.kind) {
    case 'none':
      return []
    case 'all':
      return [deciding(allOf(items), 'group')]
    case 'on':
      return select.distinct.on.map((each) => deciding(orderedValue(reading, each, scope, items), 'group'))
    default:
      return select.distinct satisfies never
  }
}

/** What ORDER BY or DISTINCT ON names: a bare name or a number is an output column first. */
export function orderedValue(
  reading: Reading,
  expression: Expression,
  scope: Scope,
  items: readonly Item[],
): Value {
  const output = ordinalOf(items, expression)
  if (output !== undefined) return output
  if (expression.kind === 'column' && expression.parts.length === 1) {
    const named = outputNamed(items, expression.parts[0]!)
    if (named !== undefined) return named
  }
  if (expression.kind === 'columns' && !expression.isUnpacked && expression.star.chosen === undefined) {
    return { ...unknownValue(''), ...allOf(items) }
  }
  return readExpression(reading, expression, scope)
}

function ordinalOf(items: readonly Item[], expression: Expression): Value | undefined {
  if (expression.kind !== 'literal' || expression.type !== 'number' || !/^\d+$/.test(expression.value)) {
    return undefined
  }
  const item = nth(items, Number(expression.value))
  if (item?.kind === 'known') return item.value
  return unknownValue(`which column number ${expression.value} is, is not known`, expression.start)
}

/** Functions among the outputs that make several rows of one. */
function multiplying(reading: Reading, expression: Expression, scope: Scope): readonly Origin[] {
  const own =
    expression.kind === 'call' &&
    expression.traits.kind === 'set' &&
    !isOneRowSpread(reading, expression, scope)
      ? [deciding(readExpression(reading, expression, scope), 'join')]
      : []
  return [...own, ...childrenOf(expression).flatMap((each) => multiplying(reading, each, scope))]
}

function holdsAggregate(expression: Expression): boolean {
  if (
    expression.kind === 'call' &&
    (expression.traits.kind === 'aggregate' || expression.over !== undefined)
  ) {
    return true
  }
  return childrenOf(expression).some(holdsAggregate)
}

/** GROUP BY makes no group without rows, but for the grouping set of nothing. */
function hasRowsInGroups({ groupBy }: Select): boolean {
  if (groupBy === undefined) return false
  if (groupBy.kind === 'all') return false
  return groupBy.sets.every((set) => set.length > 0)
}

/** Columns of a grouping set are NULL in rows of another. */
function isPartlyGrouped({ groupBy }: Select): boolean {
  if (groupBy?.kind !== 'sets' || groupBy.sets.length < 2) return false
  return groupBy.sets.some((set) => set.length < groupBy.expressions.length)
}

/** What is grouped by is NULL where the grouping set does not have it, be it a constant. */
function isAggregate(item: SelectItem): boolean {
  return (
    item.kind === 'expression' &&
    item.expression.kind === 'call' &&
    item.expression.traits.kind === 'aggregate'
  )
}

function withMissingGroups(source: Source): Source {
  const star = withNulls(source.star, () => 'maybe')
  return {
    ...source,
    star,
    visibles: source.visibles.map((each) => ({ ...each, items: withNulls(each.items, () => 'maybe') })),
    merged: new Map(),
  }
}

function startOf(node: { readonly start?: number }): { readonly start?: number } {
  return node.start === undefined ? {} : { start: node.start }
}
