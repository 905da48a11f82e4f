/** A seeded generator of numbers (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Which engine's words a generated text may use. */
export type Words = 'duckdb' | 'postgres'

/**
 * Random queries over the tables `a`, `b` (d date, ts timestamp, u integer, v integer, all may be NULL) and `c` (u, v), with the columns k, u, v.
 * Most are what people write; many are subtly wrong. `{{S}}` and `{{E}}` are the window's bounds.
 */
export class RandomModels {
  private readonly random: () => number
  private readonly words: Words
  private ctes: string[] = []
  private names = 0

  constructor(seed: number, words: Words) {
    this.random = randomOf(seed)
    this.words = words
  }

  next(): string {
    this.ctes = []
    this.names = 0
    const body = this.relation(1 + this.int(3))
    const ctes = this.ctes.length === 0 ? '' : `with ${this.ctes.join(', ')} `
    return `${ctes}select k, u, v from (${body}) as model`
  }

  private int(below: number): number {
    return Math.floor(this.random() * below)
  }

  private chance(probability: number): boolean {
    return this.random() < probability
  }

  private one<T>(...items: readonly T[]): T {
    return items[this.int(items.length)]!
  }

  private name(): string {
    this.names += 1
    return `q${this.names}`
  }

  private relation(depth: number): string {
    if (depth <= 0) return this.scan()
    const made = this.one(
      () => this.scan(),
      () => this.grouped(depth),
      () => this.grouped(depth),
      () => this.joined(depth),
      () => this.joined(depth),
      () => this.joinedScans(),
      () => this.union(depth),
      () => this.distinct(depth),
      () => this.windowed(depth),
      () => this.filtered(depth),
      () => this.withSubquery(depth),
      () => this.projected(depth),
      () => this.widened(),
      () => this.starred(depth),
    )()
    return this.chance(0.2) ? this.asCte(made) : made
  }

  private asCte(query: string): string {
    const name = this.name()
    this.ctes.push(`${name} as (${query})`)
    return this.chance(0.8)
      ? `select k, u, v from ${name}`
      : `select x.k, x.u, y.v from ${name} x join ${name} y on x.k = y.k and x.u = y.u`
  }

  private scan(): string {
    const table = this.one('a', 'b')
    const more = this.one('', '', ' and u > 1', ' and v is not null', ' and (u = 1 or v = 2)')
    if (this.chance(0.08)) return this.unsuited(table)
    return this.one(
      `select d as k, u, v from ${table} where d >= {{S}} and d < {{E}}${more}`,
      `select d as k, u, v from ${table} where {{S}} <= d and {{E}} > d${more}`,
      `select cast(ts as date) as k, u, v from ${table} where ts >= {{S}} and ts < {{E}}${more}`,
      `select cast(date_trunc('day', ts) as date) as k, u, v from ${table} where ts >= {{S}} and ts < {{E}}${more}`,
      `select ${table}.d as k, c.u, ${table}.v from ${table}, c where d >= {{S}} and d < {{E}} and c.u = ${table}.u`,
    )
  }

  /** Scans that do not select a window's rows. */
  private unsuited(table: string): string {
    return this.one(
      `select d as k, u, v from ${table}`,
      `select d as k, u, v from ${table} where d = {{S}}`,
      `select d as k, u, v from ${table} where d >= {{S}}`,
      `select d as k, u, v from ${table} where d < {{E}}`,
      `select d as k, u, v from ${table} where d > {{S}} and d <= {{E}}`,
      `select cast(ts as date) as k, u, v from ${table} where d >= {{S}} and d < {{E}}`,
      `select d as k, u, v from ${table} where d >= {{S}} or u = 1 and d < {{E}}`,
      `select {{S}} as k, u, v from ${table} where d >= {{S}} and d < {{E}}`,
      `select coalesce(d, cast(ts as date)) as k, u, v from ${table} where d >= {{S}} and d < {{E}}`,
    )
  }

  private grouped(depth: number): string {
    const inner = `(${this.relation(depth - 1)}) as g`
    const having = this.one('', '', ' having count(*) > 1', ' having max(v) > 1')
    const aggregate = this.one('sum(v)', 'count(*)', 'max(v)', 'count(distinct v)', 'min(v)')
    return this.one(
      `select k, u, ${aggregate} as v from ${inner} group by k, u${having}`,
      `select k, u, ${aggregate} as v from ${inner} group by 1, 2${having}`,
      `select k, count(*) as u, ${aggregate} as v from ${inner} group by k${having}`,
      `select k, min(u) as u, ${aggregate} as v from ${inner} group by k${having}`,
      `select k, u, ${aggregate} as v from ${inner} group by grouping sets ((k, u), (k))`,
      `select cast(k as date) as k, u, ${aggregate} as v from ${inner} group by cast(k as date), u`,
      this.chance(0.5)
        ? `select k, u, ${aggregate} as v from ${inner} group by k, rollup(u)`
        : `select min(k) as k, u, ${aggregate} as v from ${inner} group by u`,
      this.chance(0.5)
        ? `select min(k) as k, count(*) as u, ${aggregate} as v from ${inner}`
        : `select k, u, ${aggregate} as v from ${inner} group by rollup(k, u)`,
      this.words === 'duckdb'
        ? `select k, u, ${aggregate} as v from ${inner} group by all`
        : `select k, u, ${aggregate} as v from ${inner} group by (k, u)`,
    )
  }

  private joined(depth: number): string {
    const left = `(${this.relation(depth - 1)}) as l`
    const right = this.chance(0.3) ? 'c as r' : `(${this.relation(depth - 1)}) as r`
    if (right === 'c as r') {
      const type = this.one('join', 'left join', 'left join', 'right join', 'full join')
      return `select l.k, l.u, r.v from ${left} ${type} ${right} on l.u = r.u`
    }
    const type = this.one('join', 'left join', 'join', 'left join', 'right join', 'full join')
    const condition = this.one(
      'on l.k = r.k and l.u = r.u',
      'on l.k = r.k',
      'on r.k = l.k and l.v = r.v',
      'using (k, u)',
      'using (k)',
      this.chance(0.5) ? 'on l.u = r.u' : 'on l.k >= r.k and l.u = r.u',
    )
    const preserved = type === 'right join' ? 'r' : 'l'
    const key = condition.startsWith('using')
      ? 'k'
      : type === 'full join'
        ? this.one('coalesce(l.k, r.k)', 'coalesce(l.k, r.k)', 'l.k')
        : this.chance(0.85)
          ? `${preserved}.k`
          : this.one('l.k', 'r.k')
    const u = condition === 'using (k, u)' ? 'u' : 'l.u'
    return `select ${key} as k, ${u} as u, r.v as v from ${left} ${type} ${right} ${condition}`
  }

  /** Tables joined directly, bounded in WHERE or ON. */
  private joinedScans(): string {
    const type = this.one('join', 'join', 'left join', 'left join', 'full join')
    const [x, y] = [this.one('a', 'b'), this.one('a', 'b')]
    const on = this.one('l.d = r.d and l.u = r.u', 'l.d = r.d', 'l.u = r.u', 'l.u = r.u and r.d = l.d')
    const inOn = this.one('', '', ' and r.d >= {{S}} and r.d < {{E}}', ' and l.d >= {{S}} and l.d < {{E}}')
    const where = this.one(
      'l.d >= {{S}} and l.d < {{E}}',
      'l.d >= {{S}} and l.d < {{E}}',
      'l.d >= {{S}} and l.d < {{E}} and r.d >= {{S}} and r.d < {{E}}',
      'r.d >= {{S}} and r.d < {{E}}',
      'coalesce(l.d, r.d) >= {{S}} and coalesce(l.d, r.d) < {{E}}',
    )
    const key = where.startsWith('coalesce') ? 'coalesce(l.d, r.d)' : this.one('l.d', 'l.d', 'l.d', 'r.d')
    return `select ${key} as k, l.u, r.v from ${x} l ${type} ${y} r on ${on}${inOn} where ${where}`
  }

  private union(depth: number): string {
    const operator = this.one(
      'union all',
      'union',
      'except',
      'intersect',
      'union all',
      'except all',
      'intersect all',
    )
    const left = this.relation(depth - 1)
    const right = this.chance(0.12)
      ? this.one('select d as k, u, v from a', 'select k, v, u from (select d as k, u, v from b) as x')
      : this.relation(depth - 1)
    return `select k, u, v from (${left}) as l ${operator} select k, u, v from (${right}) as r`
  }

  private distinct(depth: number): string {
    const inner = this.relation(depth - 1)
    return this.one(
      `select distinct k, u, v from (${inner}) as x`,
      `select distinct k, u, 1 as v from (${inner}) as x`,
      `select distinct on (k, u) k, u, v from (${inner}) as x order by k, u, v`,
      `select distinct on (u) k, u, v from (${inner}) as x order by u, v, k`,
    )
  }

  private windowed(depth: number): string {
    const inner = `(${this.relation(depth - 1)}) as w`
    const partition = this.one('k', 'k', 'k, u', 'u, k', 'u')
    const call = this.one(
      `row_number() over (partition by ${partition} order by u, v)`,
      `sum(v) over (partition by ${partition})`,
      `sum(v) over (partition by ${partition} order by v, u)`,
      `count(*) over (partition by ${partition})`,
      `rank() over (partition by ${partition} order by u)`,
      `lag(v) over (partition by ${partition} order by u, v)`,
      `sum(v) over (partition by u order by k)`,
    )
    const query = `select k, u, ${call} as v from ${inner}`
    return this.chance(0.3) ? `select k, u, v from (${query}) as f where v <= 2` : query
  }

  private filtered(depth: number): string {
    const inner = `(${this.relation(depth - 1)}) as f`
    const condition = this.one(
      'u > 1',
      'v is null',
      'k is not null',
      'k >= {{S}} and k < {{E}}',
      'u in (1, 2)',
      'k in (select d from b where d >= {{S}} and d < {{E}})',
      'u in (select u from c)',
    )
    return `select k, u, v from ${inner} where ${condition}`
  }

  private withSubquery(depth: number): string {
    const inner = `(${this.relation(depth - 1)}) as o`
    const bound = this.one(' and i.d >= {{S}} and i.d < {{E}}', ' and i.d >= {{S}} and i.d < {{E}}', '')
    const tie = this.one('i.d = o.k', 'i.d = o.k and i.u = o.u', 'i.d = o.k', 'i.u = o.u')
    const from = this.one('a', 'b')
    const not = this.one('', 'not ')
    return this.one(
      `select k, u, v from ${inner} where ${not}exists (select 1 from ${from} i where ${tie}${bound})`,
      `select k, u, v from ${inner} where u ${not}in (select i.u from ${from} i where ${tie}${bound})`,
      `select k, u, (select sum(i.v) from ${from} i where ${tie}${bound}) as v from ${inner}`,
      `select k, u, (select count(*) from ${from} i where ${tie}${bound}) as v from ${inner}`,
      `select k, u, v from ${inner} where u ${not}in (select i.u from ${from} i where i.u is not null${bound})`,
      `select k, u, v from ${inner} where (k, u) in (select i.d, i.u from ${from} i where i.u is not null${bound})`,
      `select k, u, (select max(i.v) from ${from} i where i.u = o.u) as v from ${inner}`,
    )
  }

  private projected(depth: number): string {
    const inner = `(${this.relation(depth - 1)}) as p`
    const key = this.one(
      'k',
      'k',
      'k',
      'cast(k as date)',
      `cast(date_trunc('day', k) as date)`,
      this.one(
        `cast(date_trunc('month', k) as date)`,
        `cast(k + interval '1 day' as date)`,
        'coalesce(k, {{S}})',
        'case when u > 1 then k end',
      ),
    )
    return `select ${key} as k, u, coalesce(v, 0) + 1 as v from ${inner}`
  }

  /** Stars, floors of timestamps that are grouped, and words of DuckDB alone. */
  private starred(depth: number): string {
    const inner = `(${this.relation(depth - 1)})`
    const other = `(${this.relation(depth - 1)})`
    const instants = `(select ts as t, u, v from ${this.one('a', 'b')} where ts >= {{S}} and ts < {{E}})`
    const common = [
      `select * from ${inner} as s`,
      `select s.* from ${inner} as s, c where c.u = s.u`,
      `select k, u, v from (select * from ${inner} as s join ${other} as r using (k, u, v)) as x`,
      `select k, u, v from (select * from ${inner} as s left join ${other} as r using (k, u, v)) as x`,
      `select k, u, v from (select * from ${inner} as s full join ${other} as r using (k, u, v)) as x`,
      `select cast(t as date) as k, u, count(*) as v from ${instants} as s group by cast(t as date), u`,
      `select cast(t as date) as k, u, count(*) as v from ${instants} as s group by t, u`,
      `select cast(t as date) as k, u, count(*) as v from ${instants} as s group by grouping sets ((cast(t as date), u), (t, u))`,
      `select cast(t as date) as k, u, count(*) as v from ${instants} as s group by grouping sets ((t, u), (t))`,
      `select cast(t as date) as k, u, sum(v) over (partition by t) as v from ${instants} as s`,
      `select k, u, v from ${inner} as s where not (k, u) in (select d, u from b where d >= {{S}} and d < {{E}})`,
      `select k, u, v from ${inner} as s where k not in (select d from b where d >= {{S}} and d < {{E}})`,
      `select s.k, s.u, r.v from ${inner} as s join (${this.scan()}) as r on s.k = r.k join (${this.scan()}) as q on q.k = r.k and q.u = s.u`,
      `select s.k, s.u, r.v from ${inner} as s left join (${this.scan()}) as r on s.k = r.k left join (${this.scan()}) as q on q.k = r.k and q.u = s.u`,
      `select s.k, s.u, x.v from ${inner} as s left join (${this.scan()}) as r on s.k = r.k, lateral (select max(i.v) as v from b as i where i.u = s.u) as x`,
    ]
    const ofDuckdb = [
      `select k, u, v from ${inner} as s qualify row_number() over (partition by k, u order by v) = 1`,
      `select k, u, v from ${inner} as s qualify row_number() over (partition by u order by k, v) = 1`,
      `select k, u, v from ${inner} as s semi join ${other} as r on s.k = r.k and s.u = r.u`,
      `select k, u, v from ${inner} as s anti join ${other} as r on s.k = r.k and s.u = r.u`,
      `select k, u, v from ${inner} as s anti join ${other} as r on s.u = r.u`,
      `select * replace (u + 1 as u) from ${inner} as s`,
      `select * exclude (v), 1 as v from ${inner} as s`,
      `select u as k2, k, u, v from ${inner} as s`,
      `select k, u, v from (select d as k, u, v from a where k >= {{S}} and k < {{E}}) as s`,
      `select v, u, k from ${inner} as s union all by name select k, u, v from ${other} as r`,
    ]
    const made = this.words === 'duckdb' ? this.one(...common, ...ofDuckdb) : this.one(...common)
    return made.startsWith('select *') || !made.startsWith('select k, u, v')
      ? `select k, u, v from (${made}) as named`
      : made
  }

  /** Looks at days before the window. */
  private widened(): string {
    const days = this.one(1, 2, 3)
    const wide = this.one(
      `i.d >= {{S}} - interval '2 days' and i.d < {{E}}`,
      `i.d >= {{S}} - interval '2 days' and i.d < {{E}}`,
      `i.d < {{E}}`,
      `i.d >= {{S}} and i.d < {{E}}`,
    )
    const outer = '(select d as k, u, v from a where d >= {{S}} and d < {{E}}) as o'
    const tie = this.one(
      `i.d between o.k - interval '${days} days' and o.k`,
      `i.d >= o.k - interval '${days} days' and i.d <= o.k`,
      'i.d <= o.k',
      `i.d = o.k`,
    )
    const shifted = wide.replaceAll('i.d', 'd')
    const frame = this.one(
      `d range between interval '${days} days' preceding and current row`,
      'd',
      `d range between interval '${days} days' preceding and interval '1 day' following`,
      // Rows that are the same in all of these are the same rows: which of them comes first decides nothing.
      `d, v rows between ${days} preceding and current row`,
    )
    return this.one(
      `select o.k, o.u, sum(i.v) as v from ${outer} join (select * from b as i where ${wide}) as i on i.u = o.u and ${tie} group by o.k, o.u`,
      `select o.k, o.u, sum(i.v) as v from ${outer} left join (select d, u, v from b as i where ${wide}) as i on i.u = o.u and ${tie} group by o.k, o.u`,
      `select o.k, o.u, (select sum(i.v) from b as i where i.u = o.u and ${tie} and ${wide}) as v from ${outer}`,
      `select k, u, v from (select d as k, u, sum(v) over (partition by u order by ${frame}) as v from a where ${shifted}) as w where k >= {{S}} and k < {{E}}`,
      `select o.d as k, o.u, i.v from a o join b i on i.u = o.u and ${tie.replaceAll('o.k', 'o.d')} where o.d >= {{S}} and o.d < {{E}} and ${wide}`,
    )
  }
}
