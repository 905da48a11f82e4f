import type { CaseRelation } from './case-files.ts'

type Type = 'int' | 'text' | 'list' | 'struct'

interface Column {
  readonly name: string
  readonly type: Type
}

/** A query with what it returns. */
interface Made {
  readonly sql: string
  readonly columns: readonly Column[]
}

/** Something that can stand in FROM, with its columns. */
interface Item {
  readonly sql: string
  readonly name: string
  readonly columns: readonly Column[]
}

const types: Readonly<Record<Type, string>> = {
  int: 'int',
  text: 'text',
  list: 'int[]',
  struct: 'struct(p int, q text)',
}

const tables: readonly Item[] = [
  table('t1', 'id int, a int, b int, c text, xs list, s struct'),
  table('t2', 'id int, a int, d int, e text'),
  table('t3', 'id int, b int, c text, k int'),
]

function table(name: string, columns: string): Item {
  const read = columns.split(', ').map((each): Column => {
    const [column, type] = each.split(' ')
    return { name: column!, type: type as Type }
  })
  return { sql: name, name, columns: read }
}

/** The relations that random queries read. `id` is unique in each. */
export const relations: readonly CaseRelation[] = tables.map(({ name, columns }) => ({
  name,
  columns: columns.map((column) => ({ name: column.name, type: types[column.type] })),
}))

/**
 * Random queries in DuckDB's SQL, of which the engine takes most. Their rows follow from the data alone: what picks rows or values by an order
 * has an order that leaves nothing open, and numbers are whole.
 */
export class RandomQueries {
  private readonly random: () => number
  private names = 0
  private ctes: { readonly item: Item; readonly text: string }[] = []
  private isRecursive = false

  constructor(random: () => number) {
    this.random = random
  }

  next(): string {
    this.names = 0
    this.ctes = []
    this.isRecursive = false
    const { sql } = this.query(1 + this.int(4))
    const word = this.isRecursive ? 'with recursive' : 'with'
    return this.ctes.length === 0 ? sql : `${word} ${this.ctes.map((each) => each.text).join(', ')} ${sql}`
  }

  private int(below: number): number {
    return Math.floor(this.random() * below)
  }

  private chance(probability: number): boolean {
    return this.random() < probability
  }

  private one<T>(items: readonly T[]): T {
    return items[this.int(items.length)]!
  }

  private some<T>(items: readonly T[], least: number): readonly T[] {
    const kept = items.filter(() => this.chance(0.55))
    return kept.length >= least ? kept : items.slice(0, least)
  }

  /** Few names, so that they hide each other. */
  private name(): string {
    return this.chance(0.6) ? this.one(['a', 'b', 'c', 'x', 'y', 'z']) : `n${this.names++}`
  }

  private alias(): string {
    return `q${this.names++}`
  }

  private query(depth: number): Made {
    const made = this.one([
      () => this.projected(depth),
      () => this.projected(depth),
      () => this.grouped(depth),
      () => this.grouped(depth),
      () => this.windowed(depth),
      () => this.joined(depth),
      () => this.joined(depth),
      () => this.united(depth),
      () => this.starred(depth),
      () => this.withSubquery(depth),
      () => this.distinct(depth),
      () => this.unnested(depth),
      () => this.lateral(depth),
      () => this.pivoted(depth),
      () => this.unpivoted(depth),
      () => this.limited(depth),
      () => this.recursive(depth),
      () => this.asof(),
      () => this.aliased(depth),
      () => this.chained(depth),
      () => this.nestedWith(depth),
      () => this.overGroups(depth),
      () => this.withValues(depth),
    ])()
    return this.chance(0.15) ? this.asCte(made) : made
  }

  private asCte(made: Made): Made {
    const hidden = this.chance(0.2) && this.ctes.length === 0
    const name = hidden ? this.one(['t1', 't2', 't3']) : `w${this.names++}`
    const isNew = !this.ctes.some((each) => each.item.name === name)
    if (!isNew || made.columns.length !== new Set(made.columns.map((each) => each.name)).size) return made
    const names = this.chance(0.3) ? made.columns.map((_, index) => `m${index}`) : undefined
    const columns = names === undefined ? made.columns : renamed(made.columns, names)
    const item = { sql: name, name, columns }
    const head = names === undefined ? name : `${name}(${names.join(', ')})`
    this.ctes.push({ item, text: `${head} as (${made.sql})` })
    return { sql: `select * from ${name}`, columns }
  }

  private item(depth: number): Item {
    if (depth <= 0 || this.chance(0.3)) {
      const visible = this.ctes.filter(({ item }) => !tables.some((each) => each.name === item.name))
      const base = visible.length > 0 && this.chance(0.4) ? this.one(visible).item : this.table()
      if (this.chance(0.4)) return base
      const name = this.alias()
      return { sql: `${base.sql} as ${name}`, name, columns: base.columns }
    }
    const made = this.unique(this.query(depth - 1))
    const name = this.alias()
    if (this.chance(0.12)) {
      const names = made.columns.map((_, index) => `r${index}`)
      return {
        sql: `(${made.sql}) as ${name}(${names.join(', ')})`,
        name,
        columns: renamed(made.columns, names),
      }
    }
    return { sql: `(${made.sql}) as ${name}`, name, columns: made.columns }
  }

  /** A table that no CTE hides. */
  private table(): Item {
    const base = this.one(tables)
    return this.ctes.find(({ item }) => item.name === base.name)?.item ?? base
  }

  /** With each name once: two of one name cannot be told apart from outside. */
  private unique(made: Made): Made {
    const names = new Set(made.columns.map((each) => each.name))
    if (names.size === made.columns.length) return made
    const columns = made.columns.map(({ type }, index) => ({ name: `u${index}`, type }))
    const name = this.alias()
    return {
      sql: `select * from (${made.sql}) as ${name}(${columns.map((each) => each.name).join(', ')})`,
      columns,
    }
  }

  private ofType(item: Item, type: Type): string | undefined {
    const found = item.columns.filter((each) => each.type === type)
    if (found.length === 0) return undefined
    const { name } = this.one(found)
    return this.chance(0.7) ? `${item.name}.${name}` : name
  }

  /** An expression of a type over an item's columns. */
  private value(item: Item, type: Type, depth = 2): string {
    const bare = () => this.ofType(item, type)
    if (depth <= 0 || this.chance(0.4)) return bare() ?? this.constant(type)
    const inner = (of: Type) => this.value(item, of, depth - 1)
    switch (type) {
      case 'int':
        return this.one([
          () => `(${inner('int')} + ${inner('int')})`,
          () => `(${inner('int')} - 1)`,
          () => `coalesce(${inner('int')}, ${inner('int')})`,
          () => `case when ${this.condition(item)} then ${inner('int')} else ${inner('int')} end`,
          () => `length(${inner('text')})`,
          () => `len(${inner('list')})`,
          () => `${inner('list')}[1]`,
          () => `(${this.ofType(item, 'struct') ?? this.constant('struct')}).p`,
          () => `greatest(${inner('int')}, ${inner('int')})`,
          () => `list_sum(list_transform(${inner('list')}, lambda e: e + ${inner('int')}))::int`,
          () => `nullif(${inner('int')}, 1)`,
          () => `cast(${this.condition(item)} as int)`,
        ])()
      case 'text':
        return this.one([
          () => `(${inner('text')} || ${inner('text')})`,
          () => `cast(${inner('int')} as text)`,
          () => `upper(${inner('text')})`,
          () => `coalesce(${inner('text')}, 'n')`,
          () => `(${this.ofType(item, 'struct') ?? this.constant('struct')})['q']`,
          () => `case ${inner('int')} when 1 then ${inner('text')} end`,
        ])()
      case 'list':
        return this.one([
          () => `[${inner('int')}, ${inner('int')}]`,
          () => `[e for e in ${inner('list')} if e > ${inner('int')}]`,
          () => `list_filter(${inner('list')}, e -> e < 3)`,
          () => `list_concat(${inner('list')}, ${inner('list')})`,
        ])()
      case 'struct':
        return `{'p': ${inner('int')}, 'q': ${inner('text')}}`
    }
  }

  private constant(type: Type): string {
    switch (type) {
      case 'int':
        return this.one(['0', '1', '2'])
      case 'text':
        return this.one([`'u'`, `'v'`])
      case 'list':
        return this.one(['[1, 2]', '[3]'])
      case 'struct':
        return `{'p': 1, 'q': 'u'}`
    }
  }

  private condition(item: Item): string {
    const int = () => this.value(item, 'int', 1)
    return this.one([
      () => `${int()} > ${this.int(3)}`,
      () => `${int()} = ${int()}`,
      () => `${this.value(item, 'text', 1)} in ('u', 'v')`,
      () => `${int()} is not null`,
      () => `${int()} between 0 and ${int()}`,
      () => `(${int()} <= 1 or ${this.value(item, 'text', 1)} <> 'u')`,
      () => `not (${int()} < 2)`,
      () => `${this.value(item, 'text', 1)} like 'u%'`,
    ])()
  }

  private where(item: Item): string {
    return this.chance(0.4) ? ` where ${this.condition(item)}` : ''
  }

  private outputs(item: Item, count: number): { readonly text: string; readonly columns: readonly Column[] } {
    const columns: Column[] = []
    const texts: string[] = []
    for (let index = 0; index < count; index++) {
      const type = this.one<Type>(['int', 'int', 'int', 'text', 'text', 'list', 'struct'])
      const name = this.name()
      if (columns.some((each) => each.name === name)) continue
      columns.push({ name, type })
      texts.push(
        this.chance(0.9) ? `${this.value(item, type)} as ${name}` : `${name}: ${this.value(item, type)}`,
      )
    }
    return { text: texts.join(', '), columns }
  }

  private projected(depth: number): Made {
    const item = this.item(depth)
    const { text, columns } = this.outputs(item, 1 + this.int(4))
    const filter = this.where(item)
    if (this.chance(0.15)) {
      const numbers = columns.filter((each) => each.type === 'int')
      if (numbers.length > 0) {
        const later = `l${this.names++}`
        const sql = `select ${text}, ${this.one(numbers).name} + 1 as ${later} from ${item.sql}${filter}`
        return { sql, columns: [...columns, { name: later, type: 'int' }] }
      }
    }
    return this.chance(0.2)
      ? { sql: `from ${item.sql} select ${text}${filter}`, columns }
      : { sql: `select ${text} from ${item.sql}${filter}`, columns }
  }

  private grouped(depth: number): Made {
    const item = this.item(depth)
    const keys = Array.from({ length: this.int(3) }, (_, index) => ({
      name: `g${index}`,
      type: this.one<Type>(['int', 'text']),
    }))
    const values = keys.map((each) => this.value(item, each.type, 1))
    const aggregates = Array.from({ length: 1 + this.int(2) }, (_, index) => ({
      name: `s${index}`,
      ...this.aggregate(item),
    }))
    const items = [
      ...keys.map((each, index) => `${values[index]} as ${each.name}`),
      ...aggregates.map((each) => `${each.text} as ${each.name}`),
    ]
    const having = this.chance(0.2)
      ? ` having count(*) > ${this.int(2)}`
      : this.chance(0.1)
        ? ' having s0 is not null'
        : ''
    const columns = [...keys, ...aggregates.map(({ name, type }) => ({ name, type }))]
    const head = `select ${items.join(', ')} from ${item.sql}${this.where(item)}`
    if (keys.length === 0) return { sql: `${head}${having}`, columns }
    const group = this.one([
      ' group by all',
      ` group by ${keys.map((_, index) => index + 1).join(', ')}`,
      ` group by ${keys.map((each) => each.name).join(', ')}`,
      ` group by rollup (${values.join(', ')})`,
      ` group by grouping sets ((${values[0]}), (${values.join(', ')}))`,
    ])
    return { sql: `${head}${group}${having}`, columns }
  }

  private aggregate(item: Item): { readonly text: string; readonly type: Type } {
    const int = this.value(item, 'int', 1)
    const text = this.value(item, 'text', 1)
    const filter = this.chance(0.2) ? ` filter (where ${this.condition(item)})` : ''
    return this.one<{ readonly text: string; readonly type: Type }>([
      { text: `sum(${int})${filter}::int`, type: 'int' },
      { text: `count(*)${filter}::int`, type: 'int' },
      { text: `count(distinct ${text})${filter}::int`, type: 'int' },
      { text: `max(${text})${filter}`, type: 'text' },
      { text: `min(${int})${filter}`, type: 'int' },
      { text: `list(${int} order by ${int})${filter}`, type: 'list' },
      { text: `string_agg(${text}, ',' order by ${text})${filter}`, type: 'text' },
      { text: `quantile_disc(${int}, 0.5)${filter}`, type: 'int' },
    ])
  }

  private windowed(depth: number): Made {
    const item = this.item(depth)
    const [int, other, text] = [
      this.value(item, 'int', 1),
      this.value(item, 'int', 1),
      this.value(item, 'text', 1),
    ]
    const partition = this.chance(0.6) ? `partition by ${this.chance(0.5) ? text : other} ` : ''
    const call = this.one([
      `rank() over (${partition}order by ${int})`,
      `sum(${int}) over (${partition}order by ${other})`,
      `count(*) over (${partition})`,
      `lag(${int}) over (${partition}order by ${int})`,
      `first_value(${int}) over (${partition}order by ${int} desc)`,
      `max(${int}) over (${partition}order by ${other} range between 1 preceding and current row)`,
      `dense_rank() over w`,
      `count(*) filter (where ${this.condition(item)}) over (${partition})`,
    ])
    const { text: outputs, columns } = this.outputs(item, 1 + this.int(2))
    const window = call.endsWith('over w') ? ` window w as (${partition}order by ${int}, ${text})` : ''
    const qualify = this.chance(0.3)
      ? ` qualify ${this.chance(0.5) ? 'v' : `rank() over (${partition}order by ${other})`} <= 2`
      : ''
    const sql = `select ${outputs}, ${call}::int as v from ${item.sql}${this.where(item)}${window}${qualify}`
    return { sql, columns: [...columns, { name: 'v', type: 'int' }] }
  }

  private joined(depth: number): Made {
    const left = this.item(depth - 1)
    const right = this.item(depth - 2)
    if (left.name === right.name) return this.projected(depth)
    const type = this.one([
      'join',
      'left join',
      'right join',
      'full join',
      'semi join',
      'anti join',
      'cross join',
      ',',
    ])
    const shared = left.columns.filter((each) =>
      right.columns.some((other) => other.name === each.name && other.type === each.type),
    )
    const isHalf = type.startsWith('semi') || type.startsWith('anti')
    const both: Item = isHalf
      ? left
      : {
          sql: '',
          name: left.name,
          columns: [...left.columns, ...right.columns].filter(
            (each, _, all) => all.filter((other) => other.name === each.name).length === 1,
          ),
        }
    const unqualified = { ...both, name: '' }
    if (type === 'cross join' || type === ',') {
      const separator = type === ',' ? ', ' : ` ${type} `
      const filter = this.chance(0.5) ? ` where ${this.equal(left, right)}` : ''
      const { text, columns } = this.of(left, right, unqualified)
      return { sql: `select ${text} from ${left.sql}${separator}${right.sql}${filter}`, columns }
    }
    if (shared.length > 0 && this.chance(0.5)) {
      const using = this.chance(0.8) ? this.some(shared, 1) : undefined
      const names = (using ?? shared).map((each) => each.name)
      const from =
        using === undefined
          ? `${left.sql} natural ${type} ${right.sql}`
          : `${left.sql} ${type} ${right.sql} using (${names.join(', ')})`
      if (this.chance(0.4)) {
        const rest = isHalf ? [] : right.columns.filter((each) => !names.includes(each.name))
        return { sql: `select * from ${from}`, columns: [...left.columns, ...rest] }
      }
      const merged = this.one(names)
      const { type: mergedType } = shared.find((each) => each.name === merged)!
      const { text, columns } = this.of(left, isHalf ? left : right, unqualified)
      return {
        sql: `select ${merged} as mm, ${text} from ${from}`,
        columns: [{ name: 'mm', type: mergedType }, ...columns],
      }
    }
    const on = this.chance(0.2) ? ` and ${this.condition(right)}` : ''
    const { text, columns } = this.of(left, isHalf ? left : right, unqualified)
    const filter = this.chance(0.2) ? this.where(left) : ''
    return {
      sql: `select ${text} from ${left.sql} ${type} ${right.sql} on ${this.equal(left, right)}${on}${filter}`,
      columns,
    }
  }

  private equal(left: Item, right: Item): string {
    const type = this.one<Type>(['int', 'int', 'text'])
    const operator = this.chance(0.85) ? '=' : '<'
    return `${this.qualified(left, type)} ${operator} ${this.qualified(right, type)}`
  }

  private qualified(item: Item, type: Type): string {
    const found = item.columns.filter((each) => each.type === type)
    return found.length === 0 ? this.constant(type) : `${item.name}.${this.one(found).name}`
  }

  /** Outputs of two sides. */
  private of(
    left: Item,
    right: Item,
    unqualified: Item,
  ): { readonly text: string; readonly columns: readonly Column[] } {
    const columns: Column[] = []
    const texts: string[] = []
    for (const [index, item] of [left, right, left].entries()) {
      const type = this.one<Type>(['int', 'text', 'int', 'list'])
      const name = `j${index}`
      const bare = unqualified.columns.filter((each) => each.type === type)
      const value = bare.length > 0 && this.chance(0.3) ? this.one(bare).name : this.qualified(item, type)
      columns.push({ name, type })
      texts.push(`${type === 'int' && this.chance(0.2) ? `coalesce(${value}, 7)` : value} as ${name}`)
    }
    return { text: texts.join(', '), columns }
  }

  private united(depth: number): Made {
    const types = Array.from({ length: 1 + this.int(3) }, () => this.one<Type>(['int', 'int', 'text']))
    const side = () => {
      const item = this.item(depth - 1)
      const names = types.map((_, index) => (this.chance(0.8) ? `s${index}` : `o${index}`))
      const items = types.map((type, index) => `${this.value(item, type, 1)} as ${names[index]}`)
      return { sql: `select ${items.join(', ')} from ${item.sql}${this.where(item)}`, names }
    }
    const [left, right] = [side(), side()]
    const operator = this.one([
      'union all',
      'union',
      'except',
      'intersect',
      'except all',
      'intersect all',
      'union all by name',
      'union by name',
    ])
    if (operator.endsWith('by name')) {
      const added = right.names.flatMap((name, index) =>
        left.names.includes(name) ? [] : [{ name, type: types[index]! }],
      )
      const columns = [...left.names.map((name, index) => ({ name, type: types[index]! })), ...added]
      return { sql: `(${left.sql}) ${operator} (${right.sql})`, columns }
    }
    return {
      sql: `${left.sql} ${operator} ${right.sql}`,
      columns: left.names.map((name, index) => ({ name, type: types[index]! })),
    }
  }

  private starred(depth: number): Made {
    const item = this.item(depth)
    const first = item.columns[0]!
    const last = item.columns.at(-1)!
    const int = item.columns.find((each) => each.type === 'int')
    const prefix = this.chance(0.3) ? `${item.name}.` : ''
    const without = item.columns.filter((each) => each !== last)
    return this.one<() => Made>([
      () => ({ sql: `select ${prefix}* from ${item.sql}${this.where(item)}`, columns: item.columns }),
      () =>
        without.length === 0
          ? this.projected(depth)
          : {
              sql: `select ${prefix}* exclude (${last.name}) from ${item.sql}${this.where(item)}`,
              columns: without,
            },
      () =>
        int === undefined
          ? this.projected(depth)
          : {
              sql: `select ${prefix}* replace (${this.value(item, 'int', 1)} as ${int.name}) from ${item.sql}`,
              columns: item.columns,
            },
      () => ({
        sql: `select ${prefix}* rename (${first.name} as rn) from ${item.sql}`,
        columns: [{ name: 'rn', type: first.type }, ...item.columns.slice(1)],
      }),
      () => ({
        sql: `select columns(['${first.name}']) from ${item.sql}${this.where(item)}`,
        columns: [first],
      }),
      () => {
        const ints = item.columns.filter((each) => each.type === 'int')
        if (ints.length === 0) return this.projected(depth)
        const list = ints.map((each) => `'${each.name}'`).join(', ')
        return { sql: `select max(columns([${list}])) from ${item.sql}${this.where(item)}`, columns: ints }
      },
      () => ({
        sql: `select columns(lambda c: c <> '${last.name}') from ${item.sql}`,
        columns: without.length === 0 ? item.columns : without,
      }),
      () => {
        const ints = item.columns.filter((each) => each.type === 'int')
        if (ints.length === 0) return this.projected(depth)
        const list = ints.map((each) => `'${each.name}'`).join(', ')
        return {
          sql: `select coalesce(*columns([${list}])) as cc, '${first.name}' as nn from ${item.sql}`,
          columns: [
            { name: 'cc', type: 'int' },
            { name: 'nn', type: 'text' },
          ],
        }
      },
    ])()
  }

  private withSubquery(depth: number): Made {
    const item = this.item(depth - 1)
    const inner = this.item(depth - 2)
    if (inner.name === item.name) return this.projected(depth)
    const tie = this.chance(0.7) ? ` where ${this.equal(inner, item)}` : this.where(inner)
    const not = this.chance(0.3) ? 'not ' : ''
    const { text, columns } = this.outputs(item, 1 + this.int(2))
    const int = this.qualified(item, 'int')
    return this.one<() => Made>([
      () => ({
        sql: `select ${text} from ${item.sql} where ${not}exists (from ${inner.sql}${tie})`,
        columns,
      }),
      () => ({
        sql: `select ${text} from ${item.sql} where ${int} ${not}in (select ${this.qualified(inner, 'int')} from ${inner.sql}${tie})`,
        columns,
      }),
      () => ({
        sql: `select ${text} from ${item.sql} where ${int} >= any (select ${this.qualified(inner, 'int')} from ${inner.sql}${tie})`,
        columns,
      }),
      () => ({
        sql: `select ${text}, (select ${this.aggregateOf(inner)} from ${inner.sql}${tie}) as sq from ${item.sql}`,
        columns: [...columns, { name: 'sq', type: 'int' }],
      }),
      () => ({
        sql: `select ${text}, cast(exists (select 1 from ${inner.sql}${tie}) as int) as sq from ${item.sql}`,
        columns: [...columns, { name: 'sq', type: 'int' }],
      }),
      () => ({
        sql: `select ${text} from ${item.sql} where ${int} > (select ${this.aggregateOf(inner)} from ${inner.sql}${tie})`,
        columns,
      }),
      () => ({
        sql: `select ${text}, cast(${int} in (select ${this.qualified(inner, 'int')} from ${inner.sql}${tie}) as int) as sq from ${item.sql}`,
        columns: [...columns, { name: 'sq', type: 'int' }],
      }),
    ])()
  }

  private aggregateOf(item: Item): string {
    const int = this.qualified(item, 'int')
    return this.one([`max(${int})`, `sum(${int})::int`, 'count(*)::int', `count(${int})::int`])
  }

  private distinct(depth: number): Made {
    const item = this.item(depth)
    const { text, columns } = this.outputs(item, 1 + this.int(3))
    if (this.chance(0.6))
      return { sql: `select distinct ${text} from ${item.sql}${this.where(item)}`, columns }
    const key = columns[0]!.name
    return {
      sql: `select distinct on (${key}) ${text} from ${item.sql} order by ${columns.map((each) => each.name).join(', ')}`,
      columns,
    }
  }

  private unnested(depth: number): Made {
    const item = this.item(depth)
    const list = this.value(item, 'list', 1)
    const { text, columns } = this.outputs(item, 1 + this.int(2))
    const made: Column = { name: 'e', type: 'int' }
    return this.one<() => Made>([
      () => ({
        sql: `select ${text}, unnest(${list}) as e from ${item.sql}${this.where(item)}`,
        columns: [...columns, made],
      }),
      () => ({
        sql: `select ${text}, un.e as e from ${item.sql}, unnest(${list}) as un(e)`,
        columns: [...columns, made],
      }),
      () => ({
        sql: `select ${text}, un.o::int as e from ${item.sql}, unnest(${list}) with ordinality as un(e, o)`,
        columns: [...columns, made],
      }),
      () => ({
        sql: `select ${text}, gs.n::int as e from ${item.sql}, generate_series(1, ${this.value(item, 'int', 1)}) as gs(n)`,
        columns: [...columns, made],
      }),
      () => {
        const struct = this.ofType(item, 'struct')
        if (struct === undefined) return this.projected(depth)
        return {
          sql: `select unnest(${struct}) from ${item.sql}${this.where(item)}`,
          columns: [
            { name: 'p', type: 'int' },
            { name: 'q', type: 'text' },
          ],
        }
      },
      () => {
        const struct = item.columns.find((each) => each.type === 'struct')
        if (struct === undefined) return this.projected(depth)
        return {
          sql: `select ${struct.name}.*, ${text} from ${item.sql}`,
          columns: [{ name: 'p', type: 'int' }, { name: 'q', type: 'text' }, ...columns],
        }
      },
    ])()
  }

  private lateral(depth: number): Made {
    const item = this.item(depth - 1)
    const inner = this.item(depth - 2)
    if (inner.name === item.name) return this.projected(depth)
    const { text, columns } = this.outputs(item, 1)
    const column: Column = { name: 'lt', type: 'int' }
    return this.one<() => Made>([
      () => ({
        sql: `select ${text}, la.m as lt from ${item.sql}, lateral (select ${this.value(item, 'int', 1)} as m) as la`,
        columns: [...columns, column],
      }),
      () => ({
        sql: `select ${text}, la.m as lt from ${item.sql}, (select ${this.aggregateOf(inner)} as m from ${inner.sql} where ${this.equal(inner, item)}) as la`,
        columns: [...columns, column],
      }),
      () => ({
        sql: `select ${text}, la.m as lt from ${item.sql} left join lateral (select ${this.qualified(inner, 'int')} as m from ${inner.sql} where ${this.equal(inner, item)}) as la on true`,
        columns: [...columns, column],
      }),
    ])()
  }

  private pivoted(depth: number): Made {
    const item = this.item(depth - 1)
    const text = item.columns.find((each) => each.type === 'text')
    const int = item.columns.find((each) => each.type === 'int')
    if (text === undefined || int === undefined) return this.grouped(depth)
    const group = item.columns.find((each) => each !== text && each !== int)
    const grouping = group === undefined ? '' : ` group by ${group.name}`
    const columns: readonly Column[] = [
      ...(group === undefined ? [] : [group]),
      { name: 'u', type: 'int' },
      { name: 'v', type: 'int' },
    ]
    const sql = this.one([
      `select * from ${item.sql.includes(' as ') ? `(select * from ${item.sql})` : item.sql} pivot (max(${int.name}) for ${text.name} in ('u', 'v')${grouping})`,
      `pivot (select * from ${item.sql}) on ${text.name} in ('u', 'v') using min(${int.name})${grouping}`,
    ])
    return { sql, columns }
  }

  private unpivoted(depth: number): Made {
    const item = this.item(depth - 1)
    const ints = item.columns.filter((each) => each.type === 'int')
    if (ints.length < 2) return this.projected(depth)
    const stacked = ints.slice(0, 2)
    const rest = item.columns.filter((each) => !stacked.includes(each))
    const nulls = this.chance(0.4) ? ' include nulls' : ''
    const list = stacked.map((each) => each.name).join(', ')
    const columns: readonly Column[] = [...rest, { name: 'uk', type: 'text' }, { name: 'uv', type: 'int' }]
    return {
      sql: `select * from (select * from ${item.sql}) unpivot${nulls} (uv for uk in (${list}))`,
      columns,
    }
  }

  private limited(depth: number): Made {
    const item = this.item(depth)
    const { text, columns } = this.outputs(item, 1 + this.int(3))
    const order = this.one([
      'order by all',
      `order by ${columns.map((_, index) => `${index + 1} desc`).join(', ')}`,
    ])
    return {
      sql: `select ${text} from ${item.sql}${this.where(item)} ${order} limit ${1 + this.int(4)}`,
      columns,
    }
  }

  /** Aliases where other dialects have none. */
  private aliased(depth: number): Made {
    const item = this.item(depth)
    const alias = this.chance(0.5) ? 'al' : this.one(['a', 'b', 'k'])
    const int = this.value(item, 'int', 1)
    const column: Column = { name: alias, type: 'int' }
    return this.one<() => Made>([
      () => ({ sql: `select ${int} as ${alias} from ${item.sql} where ${alias} > 0`, columns: [column] }),
      () => ({
        sql: `select ${int} as ${alias}, ${alias} * 2 as later from ${item.sql} order by all`,
        columns: [column, { name: 'later', type: 'int' }],
      }),
      () => ({
        sql: `select ${int} as ${alias}, count(*)::int as cn from ${item.sql} group by ${alias} having cn > 0`,
        columns: [column, { name: 'cn', type: 'int' }],
      }),
      () => ({
        sql: `select ${int} as ${alias}, rank() over (order by ${alias})::int as rk from ${item.sql} qualify rk < 3`,
        columns: [column, { name: 'rk', type: 'int' }],
      }),
      () => ({
        sql: `select #1 as first from ${item.sql}`,
        columns: [{ ...item.columns[0]!, name: 'first' }],
      }),
    ])()
  }

  /** Three relations, the same columns merged again and again. */
  private chained(depth: number): Made {
    const [first, second, third] = [this.item(depth - 2), this.item(depth - 2), this.item(depth - 2)]
    const isApart = new Set([first.name, second.name, third.name]).size === 3
    const shared = first.columns.filter(({ name, type }) =>
      [second, third].every((each) => each.columns.some((one) => one.name === name && one.type === type)),
    )
    if (!isApart || shared.length === 0) return this.joined(depth)
    const { name, type } = this.one(shared)
    const join = () => this.one(['join', 'left join', 'right join', 'full join'])
    const from = this.chance(0.5)
      ? `${first.sql} ${join()} ${second.sql} using (${name}) ${join()} ${third.sql} using (${name})`
      : `${first.sql} ${join()} (${second.sql} ${join()} ${third.sql} using (${name})) using (${name})`
    const columns: readonly Column[] = [
      { name: 'ch', type },
      { name: 'ot', type: 'int' },
      { name: 'tx', type: 'text' },
    ]
    const outputs = `${name} as ch, ${this.qualified(second, 'int')} as ot, ${this.qualified(third, 'text')} as tx`
    const filter = this.chance(0.3) ? ` where ${name} is not null` : ''
    return { sql: `select ${outputs} from ${from}${filter}`, columns }
  }

  private nestedWith(depth: number): Made {
    const inner = this.unique(this.query(depth - 1))
    const name = this.chance(0.5) ? this.one(['t1', 't2', 't3']) : this.alias()
    const item: Item = { sql: name, name, columns: inner.columns }
    const { text, columns } = this.outputs(item, 1 + this.int(2))
    const outer = this.alias()
    return {
      sql: `select ${outer}.* from (with ${name} as (${inner.sql}) select ${text} from ${name}${this.where(item)}) as ${outer}`,
      columns,
    }
  }

  private overGroups(depth: number): Made {
    const item = this.item(depth)
    const [key, int] = [this.value(item, 'text', 1), this.value(item, 'int', 1)]
    const call = this.one([
      `rank() over (order by sum(${int}))`,
      `sum(count(*)) over ()`,
      `max(min(${int})) over (order by count(*))`,
      `sum(max(${int})) over (order by gk)`,
    ])
    return {
      sql: `select ${key} as gk, ${call}::int as gv from ${item.sql}${this.where(item)} group by gk`,
      columns: [
        { name: 'gk', type: 'text' },
        { name: 'gv', type: 'int' },
      ],
    }
  }

  private withValues(depth: number): Made {
    const item = this.item(depth - 1)
    const int = this.qualified(item, 'int')
    const { text, columns } = this.outputs(item, 1)
    const value: Column = { name: 'vl', type: 'text' }
    return this.one<() => Made>([
      () => ({
        sql: `select ${text}, va.l as vl from ${item.sql} left join (values (1, 'u'), (2, 'w')) as va(n, l) on va.n = ${int}`,
        columns: [...columns, value],
      }),
      () => ({
        sql: `select ${text}, va.l as vl from ${item.sql}, (values (${int}, 'u'), (0, ${this.qualified(item, 'text')})) as va(n, l)`,
        columns: [...columns, value],
      }),
    ])()
  }

  private recursive(depth: number): Made {
    if (this.ctes.some((each) => each.item.name === 'rec')) return this.projected(depth)
    const item = this.item(depth - 1)
    const other = this.table()
    if (other.name === 'rec' || item.name === other.name) return this.projected(depth)
    const columns: readonly Column[] = [
      { name: 'x', type: 'int' },
      { name: 'n', type: 'int' },
      { name: 'w', type: 'text' },
    ]
    const step = this.one([
      `select x + 1, n + 1, w from rec where n < 3 and x < 3`,
      `select n, x, w || 'r' from rec where length(w) < 4`,
      `select ${this.qualified(other, 'int')}, n + 1, ${this.qualified(other, 'text')} from ${other.sql} join rec on rec.x = ${this.qualified(other, 'int')} where n < 2`,
    ])
    const anchor = `select ${this.value(item, 'int', 1)}, ${this.chance(0.5) ? '0' : this.value(item, 'int', 1)}, ${this.value(item, 'text', 1)} from ${item.sql}${this.where(item)}`
    const union = step.includes('length(w)') || this.chance(0.5) ? 'union all' : 'union'
    this.isRecursive = true
    this.ctes.push({
      item: { sql: 'rec', name: 'rec', columns },
      text: `rec(x, n, w) as (${anchor} ${union} ${step})`,
    })
    return { sql: `select * from rec`, columns }
  }

  private asof(): Made {
    const [left, right] = [this.one(tables), this.one(tables)]
    if (left.name === right.name || this.ctes.length > 0) return this.projected(1)
    const type = this.chance(0.5) ? 'asof join' : 'asof left join'
    const equal = this.chance(0.5)
      ? ''
      : ` and ${this.qualified(left, 'text')} = ${this.qualified(right, 'text')}`
    if (this.chance(0.3)) {
      const columns: readonly Column[] = [
        { name: 'p1', type: 'int' },
        { name: 'p2', type: 'text' },
      ]
      return {
        sql: `select ${this.qualified(left, 'int')} as p1, ${this.qualified(right, 'text')} as p2 from ${left.sql} positional join ${right.sql}`,
        columns,
      }
    }
    const columns: readonly Column[] = [
      { name: 'p1', type: 'int' },
      { name: 'p2', type: 'text' },
    ]
    const sql = `select ${this.qualified(left, 'int')} as p1, ${this.qualified(right, 'text')} as p2 from ${left.sql} ${type} ${right.sql} on ${this.qualified(left, 'int')} >= ${right.name}.id${equal}`
    return { sql, columns }
  }
}

function renamed(columns: readonly Column[], names: readonly string[]): readonly Column[] {
  return columns.map(({ type }, index) => ({ name: names[index]!, type }))
}
