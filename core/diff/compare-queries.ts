import type {
  Cte,
  Expression,
  From,
  GroupBy,
  Name,
  Query,
  Relational,
  Select,
  SelectItem,
  SetOperation,
} from '../sql/relational/ir.ts'
import { walkExpression } from '../sql/relational/walk.ts'
import { itemsOfList, type TokenizedText, type TokenRange, wordsOf } from './select-lists.ts'
import { isExplained } from './unexplained.ts'

/** What of a query decides which rows there are, how often, or in which order; `unclear`: what differs is not understood. */
export type RowClause = 'input' | 'filter' | 'join' | 'group' | 'order' | 'unclear'

/** How two queries differ, as far as their texts tell: never less than they may. */
export interface QueryDifference {
  /** By what the rows may differ; empty: the same rows, columns that changed aside. */
  readonly rows: ReadonlySet<RowClause>
  /** Keys of output columns whose values may differ, of those that have a name on both sides. */
  readonly columns: ReadonlySet<string>
  /** Columns without a counterpart whose expression another one without a counterpart has: by key of before, the key of after. */
  readonly renamed: ReadonlyMap<string, string>
}

export interface ComparedText {
  readonly relational: Relational
  readonly source: TokenizedText
}

/** Compares what two queries select, column by column, through CTEs and subqueries. What is not provably the same counts as different. */
export function compareQueries(before: ComparedText, after: ComparedText): QueryDifference {
  const comparison = new Comparison(before, after)
  const found = comparison.query(before.relational.query, after.relational.query, noCtes, noCtes)
  const rows = new Set<RowClause>(found.rows)
  if (rows.size === 0 && !isExplained(before.source, after.source, comparison.lists)) rows.add('unclear')
  return { rows, columns: found.changed, renamed: found.renamed }
}

/** What differs in the output of one query. */
interface Outcome {
  readonly rows: ReadonlySet<RowClause>
  readonly changed: ReadonlySet<string>
  readonly renamed: ReadonlyMap<string, string>
  /** Keys of the columns in order; undefined where the text does not tell. */
  readonly columns?: Keys
  /** Nothing can be said of any column. */
  readonly isAll: boolean
}

const nothing: ReadonlyMap<string, string> = new Map()
const same: Outcome = { rows: new Set(), changed: new Set(), renamed: nothing, isAll: false }

function different(...clauses: readonly RowClause[]): Outcome {
  return { rows: new Set(clauses), changed: new Set(), renamed: nothing, isAll: true }
}

interface Scope {
  readonly ctes: ReadonlyMap<string, Cte>
  readonly outer: Scope | undefined
}
const noCtes: Scope = { ctes: new Map(), outer: undefined }

/** What of FROM differs. */
interface Inputs {
  readonly rows: Set<RowClause>
  /** Keys of columns whose values may differ, and of relations that have such. */
  readonly changed: Set<string>
  isAll: boolean
}

/** Names of columns by place, on each side. */
interface Keys {
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/** The tokens of select lists that were compared item by item, on each side. */
export interface ComparedLists {
  readonly before: TokenRange[]
  readonly after: TokenRange[]
}

class Comparison {
  readonly lists: ComparedLists = { before: [], after: [] }
  private readonly before: ComparedText
  private readonly after: ComparedText

  constructor(before: ComparedText, after: ComparedText) {
    this.before = before
    this.after = after
  }

  /** @param keys what the columns are called from outside, by place */
  query(a: Query, b: Query, outerA: Scope, outerB: Scope, keys?: Keys): Outcome {
    const scopeA = scopeOf(a, outerA)
    const scopeB = scopeOf(b, outerB)
    const body = this.body(a, b, scopeA, scopeB, keys)
    const orders = canonical([a.orderBy, a.limit]) !== canonical([b.orderBy, b.limit])
    const ordering = [...b.orderBy.map((each) => each.expression), b.limit?.count, b.limit?.offset]
    const isHit = ordering.some(
      (each) => each !== undefined && this.isHit(each, body.changed, scopeA, scopeB),
    )
    return orders || isHit ? { ...body, rows: new Set([...body.rows, 'order']) } : body
  }

  private body(a: Query, b: Query, scopeA: Scope, scopeB: Scope, keys: Keys | undefined): Outcome {
    if (a.body.kind === 'select' && b.body.kind === 'select')
      return this.select(a.body, b.body, scopeA, scopeB, keys)
    if (a.body.kind === 'set' && b.body.kind === 'set')
      return this.setOf(a.body, b.body, scopeA, scopeB, keys)
    if (a.body.kind === 'nested' && b.body.kind === 'nested')
      return this.query(a.body.query, b.body.query, scopeA, scopeB, keys)
    return this.isSameThroughout(a.body, b.body, scopeA, scopeB) ? same : different('input')
  }

  /** Of what is compared as a whole. It may read CTEs that differ. */
  private isSameThroughout(a: object, b: object, scopeA: Scope, scopeB: Scope): boolean {
    return canonical(a) === canonical(b) && !this.readsChanged(b, scopeA, scopeB)
  }

  private setOf(
    a: SetOperation,
    b: SetOperation,
    scopeA: Scope,
    scopeB: Scope,
    keys: Keys | undefined,
  ): Outcome {
    if (a.operator !== b.operator || a.isAll !== b.isAll || a.isByName !== b.isByName)
      return different('input')
    const left = this.query(a.left, b.left, scopeA, scopeB, keys)
    if (left.isAll) return different('input')
    // Columns of the right side go by the names of the left one.
    const names = a.isByName ? undefined : left.columns
    if (names === undefined && !a.isByName) {
      const isRightSame = this.isSameThroughout(a.right, b.right, scopeA, scopeB)
      return isSame(left) && isRightSame ? same : different('input')
    }
    const right = this.query(a.right, b.right, scopeA, scopeB, names)
    if (right.isAll) return different('input')
    const changed = new Set([...left.changed, ...right.changed])
    const rows = new Set<RowClause>([...left.rows, ...right.rows])
    // What is compared with each other as a whole decides which rows there are.
    const isListed = names !== undefined && canonical(names.before) === canonical(names.after)
    if (!(a.operator === 'union' && a.isAll) && (changed.size > 0 || !isListed)) rows.add('group')
    return {
      rows,
      changed,
      renamed: nothing,
      ...(names === undefined ? {} : { columns: names }),
      isAll: false,
    }
  }

  private select(a: Select, b: Select, scopeA: Scope, scopeB: Scope, keys: Keys | undefined): Outcome {
    const inputs: Inputs = { rows: new Set(), changed: new Set(), isAll: false }
    this.from(a.from, b.from, scopeA, scopeB, inputs)
    if (inputs.isAll) return inputs.rows.size > 0 ? different(...inputs.rows) : different('input')
    const items = this.items(a, b, inputs, scopeA, scopeB, keys)
    const { rows } = inputs
    const names = new Set([...inputs.changed, ...items.aliases])
    const differs = (before: unknown, after: Expression | readonly Expression[] | undefined) =>
      canonical(before) !== canonical(after) ||
      listOf(after).some((each) => this.isHit(each, names, scopeA, scopeB))
    if (differs(a.where, b.where) || differs(a.having, b.having) || differs(a.qualify, b.qualify))
      rows.add('filter')
    if (canonical(a.sample) !== canonical(b.sample)) rows.add('filter')
    if (this.groupsDiffer(a.groupBy, b.groupBy, names, items, scopeA, scopeB)) rows.add('group')
    const on = b.distinct.kind === 'on' ? b.distinct.on : undefined
    if (canonical(a.distinct) !== canonical(b.distinct) || differs(on, on)) rows.add('group')
    if (b.distinct.kind === 'all' && items.isTouched) rows.add('group')
    return {
      rows,
      changed: items.changed,
      renamed: items.renamed,
      ...(items.columns === undefined ? {} : { columns: items.columns }),
      isAll: false,
    }
  }

  private groupsDiffer(
    a: GroupBy | undefined,
    b: GroupBy | undefined,
    names: ReadonlySet<string>,
    items: Items,
    scopeA: Scope,
    scopeB: Scope,
  ): boolean {
    if (canonical(a) !== canonical(b)) return true
    if (b === undefined) return false
    // GROUP BY ALL, and a place in the list, mean items.
    if (b.kind === 'all' || b.expressions.some((each) => each.kind === 'literal')) return items.isTouched
    return b.expressions.some((each) => this.isHit(each, names, scopeA, scopeB))
  }

  private items(
    a: Select,
    b: Select,
    inputs: Inputs,
    scopeA: Scope,
    scopeB: Scope,
    keys: Keys | undefined,
  ): Items {
    const before = itemsOf(a, this.before.source, keys?.before)
    const after = itemsOf(b, this.after.source, keys?.after)
    if (before.ranges !== undefined) this.lists.before.push(...before.ranges)
    if (after.ranges !== undefined) this.lists.after.push(...after.ranges)
    const changed = new Set<string>()
    const aliases = new Set<string>()
    let isTouched =
      canonical(before.list.map(({ text }) => text)) !== canonical(after.list.map(({ text }) => text))
    const hit = ({ item }: Item) => this.itemIsHit(item, inputs.changed, scopeA, scopeB)
    for (const [key, item] of after.named) {
      const old = before.named.get(key)
      if (old === undefined) {
        // It may have come out of a star.
        if (before.others.length > 0) changed.add(key)
      } else if (old.text !== item.text || hit(item)) {
        changed.add(key)
        if (item.item.kind !== 'expression' || !ownNames(item.item.expression).has(key)) aliases.add(key)
      }
    }
    if (after.others.length > 0)
      for (const key of before.named.keys()) if (!after.named.has(key)) changed.add(key)
    for (const key of starChanges(before.others, after.others, inputs.changed)) changed.add(key)
    isTouched ||= changed.size > 0
    const isPlain = before.others.length + after.others.length === 0
    return {
      changed,
      aliases,
      renamed: renames(before.named, after.named, hit),
      isTouched,
      ...(isPlain ? { columns: { before: [...before.keys], after: [...after.keys] } } : {}),
    }
  }

  private itemIsHit(item: SelectItem, names: ReadonlySet<string>, scopeA: Scope, scopeB: Scope): boolean {
    return item.kind === 'expression' && this.isHit(item.expression, names, scopeA, scopeB)
  }

  /** Whether an expression that is the same on both sides may have another value. */
  private isHit(expression: Expression, names: ReadonlySet<string>, scopeA: Scope, scopeB: Scope): boolean {
    return mentions(expression, names) || this.readsChanged(expression, scopeA, scopeB)
  }

  /** Whether something reads a CTE that differs in any way. */
  private readsChanged(within: object, scopeA: Scope, scopeB: Scope): boolean {
    return tablesIn(within).some((key) => {
      const a = cteNamed(scopeA, key)
      const b = cteNamed(scopeB, key)
      if (a === undefined || b === undefined) return a !== b
      return canonical(a.cte) !== canonical(b.cte) || this.readsChanged(b.cte.query, a.scope, b.scope)
    })
  }

  private from(a: From | undefined, b: From | undefined, scopeA: Scope, scopeB: Scope, found: Inputs): void {
    if (a === undefined || b === undefined || a.kind !== b.kind) {
      if (a !== b) {
        found.isAll = true
        if (a?.kind === 'join' || b?.kind === 'join') found.rows.add('join')
      }
      return
    }
    if (a.kind === 'join' && b.kind === 'join') {
      const { left: _, right: _1, ...joinA } = a
      const { left: _2, right: _3, ...joinB } = b
      this.from(a.left, b.left, scopeA, scopeB, found)
      this.from(a.right, b.right, scopeA, scopeB, found)
      if (canonical(joinA) !== canonical(joinB)) found.rows.add('join')
      // USING makes columns of both sides.
      if (a.type !== b.type || a.condition.kind !== b.condition.kind) found.isAll = true
      const { condition } = b
      const merged = condition.kind === 'using' && condition.columns.some(({ key }) => found.changed.has(key))
      const isHit = condition.kind === 'on' && this.isHit(condition.expression, found.changed, scopeA, scopeB)
      if (merged || isHit || (condition.kind === 'natural' && found.changed.size > 0)) found.rows.add('join')
      return
    }
    if (
      canonical([a.kind === 'join' ? undefined : a.alias]) !==
      canonical([b.kind === 'join' ? undefined : b.alias])
    ) {
      found.isAll = true
      return
    }
    const outcome = this.entry(a, b, scopeA, scopeB)
    if (outcome.isAll) found.isAll = true
    for (const clause of outcome.rows) found.rows.add(clause)
    for (const key of outcome.changed) found.changed.add(key)
    for (const key of outcome.renamed.keys()) found.changed.add(key)
    const name = nameOf(b)
    if (name !== undefined && !isSame(outcome)) found.changed.add(asRow(name))
  }

  /** One relation of FROM. */
  private entry(a: From, b: From, scopeA: Scope, scopeB: Scope): Outcome {
    if (a.kind === 'derived' && b.kind === 'derived') {
      const { query: queryA, ...restA } = a
      const { query: queryB, ...restB } = b
      if (canonical(restA) !== canonical(restB)) return different('input')
      return this.query(queryA, queryB, scopeA, scopeB, keysOf([a.columnAliases], [b.columnAliases]))
    }
    if (a.kind !== 'table' || b.kind !== 'table')
      return this.isSameThroughout(a, b, scopeA, scopeB) ? same : different('input')
    if (canonical(a) !== canonical(b)) return different('input')
    const cteA = a.parts.length === 1 ? cteNamed(scopeA, a.parts[0]!.key) : undefined
    const cteB = b.parts.length === 1 ? cteNamed(scopeB, b.parts[0]!.key) : undefined
    if (cteA === undefined || cteB === undefined) return cteA === cteB ? same : different('input')
    const keys = keysOf([a.columnAliases, cteA.cte.columns], [b.columnAliases, cteB.cte.columns])
    return this.query(cteA.cte.query, cteB.cte.query, cteA.scope, cteB.scope, keys)
  }
}

interface Items {
  readonly changed: ReadonlySet<string>
  /** Those of the changed whose name may stand for them elsewhere in the query. */
  readonly aliases: ReadonlySet<string>
  readonly renamed: ReadonlyMap<string, string>
  readonly columns?: Keys
  /** The list differs in any way. */
  readonly isTouched: boolean
}

function isSame({ rows, changed, renamed, isAll }: Outcome): boolean {
  return !isAll && rows.size + changed.size + renamed.size === 0
}

function scopeOf({ with: ctes }: Query, outer: Scope): Scope {
  return ctes.length === 0 ? outer : { ctes: new Map(ctes.map((cte) => [cte.name.key, cte])), outer }
}

/** A CTE, and what it can see itself. A recursive one sees itself too: then it is compared as a whole. */
function cteNamed(scope: Scope, key: string): { readonly cte: Cte; readonly scope: Scope } | undefined {
  const cte = scope.ctes.get(key)
  if (cte === undefined) return scope.outer === undefined ? undefined : cteNamed(scope.outer, key)
  const earlier = new Map<string, Cte>()
  for (const [name, each] of scope.ctes) {
    if (each === cte) break
    earlier.set(name, each)
  }
  return { cte, scope: { ctes: earlier, outer: scope.outer } }
}

/** A relation's name as a value: its whole row. */
function asRow(key: string): string {
  return `\0${key}`
}

function isRow(key: string): boolean {
  return key.startsWith('\0')
}

function nameOf(from: From): string | undefined {
  if (from.alias !== undefined) return from.alias.key
  return from.kind === 'table' ? from.parts.at(-1)?.key : undefined
}

/** An item of a select list. `text` is equal for two items exactly if they mean the same, whatever they are called. */
interface Item {
  readonly item: SelectItem
  readonly text: string
}

interface ItemList {
  readonly list: readonly Item[]
  /** Those of one column, by its key. */
  readonly named: ReadonlyMap<string, Item>
  readonly keys: readonly string[]
  /** Stars and the like. */
  readonly others: readonly Item[]
  /** Where they stand, if that could be found. */
  readonly ranges?: readonly TokenRange[]
}

function itemsOf({ items }: Select, source: TokenizedText, keys: readonly string[] | undefined): ItemList {
  const offset = leastStart(items)
  const ranges = offset === undefined ? undefined : itemsOfList(source, offset, items.length)
  const words = ranges === undefined ? undefined : wordsOf(source)
  const list = items.map((item, place) => ({
    item,
    text: canonical([
      item.kind === 'expression' ? item.expression : item,
      words === undefined ? [] : withoutName(words.slice(...ranges![place]!), item),
    ]),
  }))
  const keyed = list.map((item, place) => [keyOf(item.item, keys?.[place]), item] as const)
  const named = keyed.filter((each): each is readonly [string, Item] => each[0] !== undefined)
  return {
    list,
    named: new Map(named),
    keys: named.map(([key]) => key),
    others: keyed.filter(([key]) => key === undefined).map(([, item]) => item),
    ...(ranges === undefined ? {} : { ranges }),
  }
}

function withoutName(words: readonly string[], item: SelectItem): readonly string[] {
  if (item.kind !== 'expression' || item.alias === undefined || words.length === 1) return words
  const before = words.at(-2)
  // A column may be its own alias.
  return before === '.' ? words : words.slice(0, before === 'as' ? -2 : -1)
}

/** An expression that nobody named has no name that could be read: only its place may give it one. */
function keyOf(item: SelectItem, given?: string): string | undefined {
  if (item.kind !== 'expression') return undefined
  return given ?? (item.alias ?? item.name)?.key ?? `unnamed ${canonical(item.expression)}`
}

/** A star passes on what changed below it; one that is written otherwise may mean other columns, and computes some itself. */
function starChanges(
  before: readonly Item[],
  after: readonly Item[],
  below: ReadonlySet<string>,
): readonly string[] {
  const texts = (items: readonly Item[]) => new Set(items.map(({ text }) => text))
  const isNew = [...before, ...after].filter(
    ({ text }) => !texts(before).has(text) || !texts(after).has(text),
  )
  const computed = isNew.flatMap(({ item }) =>
    item.kind === 'star'
      ? [
          ...item.replaced.map(({ name }) => name.key),
          ...item.renamed.flatMap(({ from, to }) => [from.key, to.key]),
        ]
      : [],
  )
  const columns = [...below].filter((key) => !isRow(key))
  return [...(after.length > 0 ? columns : []), ...computed]
}

/** Names that are given to columns from outside; the first list goes before the others. */
function keysOf(before: readonly (readonly Name[])[], after: readonly (readonly Name[])[]): Keys | undefined {
  const first = (lists: readonly (readonly Name[])[]) =>
    (lists.find((names) => names.length > 0) ?? []).map(({ key }) => key)
  const keys = { before: first(before), after: first(after) }
  return keys.before.length + keys.after.length > 0 ? keys : undefined
}

/** What is gone on one side and new on the other, with one expression. */
function renames(
  before: ReadonlyMap<string, Item>,
  after: ReadonlyMap<string, Item>,
  isHit: (item: Item) => boolean,
): ReadonlyMap<string, string> {
  const gone = group([...before].filter(([key]) => !after.has(key)))
  const come = group([...after].filter(([key, item]) => !before.has(key) && !isHit(item)))
  const found = new Map<string, string>()
  for (const [text, keys] of gone) {
    const to = come.get(text)
    if (keys.length === 1 && to?.length === 1) found.set(keys[0]!, to[0]!)
  }
  return found
}

function group(items: readonly (readonly [string, Item])[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const [key, { text }] of items) {
    groups.set(text, [...(groups.get(text) ?? []), key])
  }
  return groups
}

function listOf(expressions: Expression | readonly Expression[] | undefined): readonly Expression[] {
  if (expressions === undefined) return []
  return 'kind' in expressions ? [expressions] : expressions
}

/** Whether an expression, subqueries included, names one of these columns, or all that there are. */
function mentions(expression: Expression, names: ReadonlySet<string>): boolean {
  if (names.size === 0) return false
  let found = false
  walkExpression(expression, {
    expression: (each) => {
      if (each.kind === 'column')
        found ||= each.parts.some(({ key }) => names.has(key)) || names.has(asRow(each.parts.at(-1)!.key))
      else if (['row', 'columns', 'ordinal', 'unknown'].includes(each.kind)) found = true
      return !found
    },
    item: (item) => {
      if (item.kind !== 'expression') found = true
    },
    unknown: () => {
      found = true
    },
  })
  return found
}

/** Names of columns that an expression uses. */
function ownNames(expression: unknown): ReadonlySet<string> {
  const names = new Set<string>()
  walkExpression(expression as Expression, {
    expression: (each) => {
      if (each.kind === 'column') names.add(each.parts.at(-1)!.key)
      return true
    },
  })
  return names
}

/** Names of relations of one part: they may be CTEs. */
function tablesIn(within: unknown): readonly string[] {
  if (Array.isArray(within)) return within.flatMap(tablesIn)
  if (typeof within !== 'object' || within === null) return []
  const node = within as { readonly kind?: unknown; readonly parts?: readonly { readonly key: string }[] }
  const own = node.kind === 'table' && node.parts?.length === 1 ? [node.parts[0]!.key] : []
  return [...own, ...Object.values(within).flatMap(tablesIn)]
}

function leastStart(within: unknown): number | undefined {
  if (Array.isArray(within)) return least(within.map(leastStart))
  if (typeof within !== 'object' || within === null) return undefined
  const { start } = within as { readonly start?: unknown }
  return least([typeof start === 'number' ? start : undefined, ...Object.values(within).map(leastStart)])
}

function least(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((each) => each !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

/** A text that is equal for two trees that differ in places and in how names are spelled only. */
function canonical(tree: unknown): string {
  return (
    JSON.stringify(tree, function (this: unknown, key, value: unknown) {
      // Which name a lambda means is in the words, too.
      if (key === 'start' || key === 'isBeforeParameters') return undefined
      if (key === 'text' && typeof this === 'object' && this !== null && 'key' in this) return undefined
      return value
    }) ?? ''
  )
}
