import fc from 'fast-check'

/** Random queries over the names a, b and c, each of which may be a CTE or a table, with a truth of their own. */
export interface RandomQuery {
  readonly recursive: boolean
  readonly ctes: readonly { readonly name: string; readonly query: RandomQuery }[]
  readonly from: readonly RandomItem[]
  readonly exists?: RandomQuery | undefined
  readonly union?: RandomQuery | undefined
}

export type RandomItem =
  | { readonly kind: 'name'; readonly name: string; readonly schema: boolean }
  | { readonly kind: 'subquery'; readonly query: RandomQuery }

const name = fc.constantFrom('a', 'b', 'c')
const item: fc.Arbitrary<RandomItem> = fc.record({
  kind: fc.constant('name' as const),
  name,
  schema: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
})

/** At most `depth` queries inside each other; a shallower one now and then at every place. */
export function randomQueryOf(depth: number): fc.Arbitrary<RandomQuery> {
  const inner = depth > 1 ? randomQueryOf(depth - 1) : undefined
  const optional = inner ? fc.option(inner, { nil: undefined, freq: 1 }) : fc.constant(undefined)
  const subquery = inner?.map((query): RandomItem => ({ kind: 'subquery', query }))
  return fc.record({
    recursive: fc.boolean(),
    ctes: inner
      ? fc.uniqueArray(fc.record({ name, query: inner }), { maxLength: 3, selector: (each) => each.name })
      : fc.constant([]),
    from: fc.array(
      subquery ? fc.oneof({ arbitrary: item, weight: 2 }, { arbitrary: subquery, weight: 1 }) : item,
      {
        minLength: 1,
        maxLength: 2,
      },
    ),
    exists: optional,
    union: optional,
  })
}

export const randomQuery = randomQueryOf(4)

/** How a dialect writes and scopes the random queries. */
export interface CteLanguage {
  /** What a CTE sees beside those before it, with RECURSIVE and without. */
  readonly recursive: 'itself' | 'all'
  readonly plain: 'earlier' | 'itself' | 'all'
  readonly hasRecursiveWord: boolean
  /** The schema that qualified names carry. */
  readonly schema: string
}

/** The text of a query; every query has one column, so that any two fit together. */
export function printQuery(query: RandomQuery, language: CteLanguage): string {
  let aliases = 0
  const print = (each: RandomQuery): string => {
    const ctes = each.ctes.map((cte) => `${cte.name} as (${print(cte.query)})`).join(', ')
    const word = each.recursive && language.hasRecursiveWord ? 'with recursive' : 'with'
    const head = each.ctes.length === 0 ? '' : `${word} ${ctes} `
    const items = each.from.map((item) => {
      const alias = `x${aliases++}`
      if (item.kind === 'subquery') return `(${print(item.query)}) as ${alias}`
      return `${item.schema ? `${language.schema}.` : ''}${item.name} as ${alias}`
    })
    const where = each.exists ? ` where exists (${print(each.exists)})` : ''
    // Not every dialect lets a parenthesised arm stand in a set operation; a derived table can everywhere.
    const arm = each.union ? ` union all select x from (${print(each.union)}) as x${aliases++}` : ''
    return `${head}select 1 as x from ${items.join(', ')}${where}${arm}`
  }
  return print(query)
}

/** The tables that a query reads, each once, by the language's rules of scope and nothing else. */
export function tablesRead(query: RandomQuery, language: CteLanguage): readonly string[] {
  const found = new Set<string>()
  const read = (each: RandomQuery, outer: ReadonlySet<string>): void => {
    const isRecursive = each.recursive && language.hasRecursiveWord
    const rule = isRecursive ? language.recursive : language.plain
    let visible = new Set(outer)
    if (rule === 'all') visible = new Set([...visible, ...each.ctes.map((cte) => cte.name)])
    for (const cte of each.ctes) {
      read(cte.query, rule === 'itself' ? new Set([...visible, cte.name]) : visible)
      visible = new Set([...visible, cte.name])
    }
    for (const item of each.from) {
      if (item.kind === 'subquery') read(item.query, visible)
      else if (item.schema) found.add(`${language.schema}.${item.name}`)
      else if (!visible.has(item.name)) found.add(item.name)
    }
    if (each.exists) read(each.exists, visible)
    if (each.union) read(each.union, visible)
  }
  read(query, new Set())
  return [...found].sort()
}
