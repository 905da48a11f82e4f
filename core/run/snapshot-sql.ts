import type { Column, Dialect } from '../adapter.ts'
import type { SnapshotColumns } from '../compile/snapshot.ts'
import type { SnapshotConfig } from '../config/project.ts'

/** What the query returned; what of it opens a version; rows that the partition had changed before it was recorded again. */
export const STAGE = 'sluice_stage'
export const OPENING = 'sluice_opening'
export const BEFORE = 'sluice_before'

/** An instant that one partition stands for, and the value by which its versions are told. */
export interface RecordedPartition {
  /** Literal of the instant of which the query shows the state, in the type of `validFrom`. */
  readonly asOf: string
  /** Literal of the partition's start, in the type of the partition column. */
  readonly start: string
}

export interface SnapshotTable {
  readonly dialect: Dialect
  /** The table, as SQL names it. */
  readonly target: string
  readonly config: SnapshotConfig
  readonly columns: SnapshotColumns
  /** Names of the key's columns. */
  readonly key: readonly string[]
  /** Columns of the query whose values tell versions apart (`strategy: check`). */
  readonly compared: readonly Column[]
}

/**
 * The statements by which a snapshot's table changes. Everywhere `t` is a row of the table and `s` one of the stage. A version lasts from `valid_from`
 * up to, but not including, `valid_to`, and is current while that is NULL.
 */
export class SnapshotSql {
  readonly #table: SnapshotTable
  readonly #from: string
  readonly #to: string

  constructor(table: SnapshotTable) {
    this.#table = table
    this.#from = this.#name(table.columns.validFrom)
    this.#to = this.#name(table.columns.validTo)
  }

  /** Query: how many rows have no key or no time of change, and how many keys occur more than once. */
  proveStage(): string {
    const { updatedAt } = this.#table.columns
    const untimed = updatedAt === undefined ? 'false' : `s.${this.#name(updatedAt)} is null`
    return `select count(*) filter (where ${this.anyKeyNull('s')}) as nulls, count(*) filter (where ${untimed}) as untimed,
(select count(*) from (${this.duplicates()}) as d) as duplicates from ${this.stage} as s`
  }

  /** Query: keys that occur more than once in the stage. */
  duplicates(): string {
    const keys = this.#keys('s').join(', ')
    return `select ${keys}, count(*) as occurrences from ${this.stage} as s group by ${keys} having count(*) > 1`
  }

  anyKeyNull(alias: string): string {
    return this.#keys(alias)
      .map((key) => `${key} is null`)
      .join(' or ')
  }

  get stage(): string {
    return this.#table.dialect.stage(STAGE)
  }

  get opening(): string {
    return this.#table.dialect.stage(OPENING)
  }

  // What a sequential snapshot does with a partition.

  /** Query: the rows that a partition opened or closed. */
  touchedBy({ asOf, start }: RecordedPartition): string {
    const { deletedAt } = this.#table.columns
    const deleted = deletedAt === undefined ? '' : ` or t.${this.#name(deletedAt)} = ${asOf}`
    const list = this.#table.columns.stored.map((column) => `t.${this.#name(column)}`).join(', ')
    return `select ${list} from ${this.#table.target} as t where t.${this.#partition} = ${start}${deleted}
or exists (select 1 from ${this.#table.target} as r where r.${this.#partition} = ${start} and ${this.#sameKey('r', 't')} and r.${this.#from} = t.${this.#to})`
  }

  /** Makes the table what it was before the newest partition was recorded. */
  undo({ asOf, start }: RecordedPartition): readonly string[] {
    const { target, columns } = this.#table
    const { deletedAt } = columns
    return [
      `update ${target} as t set ${this.#to} = null from ${target} as r
where r.${this.#partition} = ${start} and t.${this.#partition} <> ${start} and ${this.#sameKey('r', 't')} and t.${this.#to} = r.${this.#from}${
        deletedAt === undefined ? '' : ` and t.${this.#name(deletedAt)} is null`
      }`,
      `delete from ${target} as t where t.${this.#partition} = ${start}`,
      ...(deletedAt === undefined
        ? []
        : [
            `update ${target} as t set ${this.#to} = null, ${this.#name(deletedAt)} = null where t.${this.#name(deletedAt)} = ${asOf}`,
          ]),
    ]
  }

  /** Query: rows of the stage that open a version, and when each begins. */
  opens({ asOf }: RecordedPartition): string {
    return this.#table.config.strategy.kind === 'check' ? this.#opensByValues(asOf) : this.#opensByTime(asOf)
  }

  #opensByValues(asOf: string): string {
    const differ = this.#table.compared.map((column) =>
      this.#table.dialect.differs(`s.${this.#name(column)}`, `t.${this.#name(column)}`, column.type),
    )
    const { isDeleted } = this.#table.columns
    const reasons = [
      this.#isNew,
      ...(isDeleted === undefined ? [] : [this.#isTombstone(isDeleted)]),
      ...differ,
    ]
    return `select ${this.#all('s')}, ${asOf} as ${this.#from} from ${this.stage} as s
left join ${this.#table.target} as t on ${this.#sameKey('s', 't')} and t.${this.#to} is null
where ${reasons.join(' or ')}`
  }

  /**
   * A version begins at its own time, if that lies after all that is known of its key; else when it was seen, because then the source shows it in the
   * place of what was known. One that is known to begin later is left alone until that time has come.
   */
  #opensByTime(asOf: string): string {
    const { dialect, target, columns } = this.#table
    const updated = this.#name(columns.updatedAt!)
    const { isDeleted, deletedAt } = columns
    const tombstone = isDeleted === undefined ? undefined : this.#isTombstone(isDeleted)
    const after = (instant: string) =>
      `case when s.${updated} > ${instant} then s.${updated} else ${asOf} end`
    const ended =
      deletedAt === undefined
        ? undefined
        : `(select max(e.${this.#to}) from ${target} as e where ${this.#sameKey('e', 's')})`
    const begins = `case when ${this.#isNew} then ${ended === undefined ? `s.${updated}` : `case when ${ended} is null then s.${updated} else ${after(ended)} end`}
else ${after(`t.${this.#from}`)} end`
    const isOther = dialect.differs(`s.${updated}`, `t.${updated}`, columns.updatedAt!.type)
    const mayBegin = `(s.${updated} > t.${this.#from} or ${asOf} > t.${this.#from})`
    const reasons = [
      this.#isNew,
      ...(tombstone === undefined ? [] : [tombstone]),
      `(${isOther} and ${mayBegin})`,
    ]
    return `select ${this.#all('s')}, ${begins} as ${this.#from} from ${this.stage} as s
left join ${target} as t on ${this.#sameKey('s', 't')} and t.${this.#to} is null
where ${reasons.join(' or ')}`
  }

  /** Ends what was current of the keys that open a version. */
  closeOpened(): string {
    return `update ${this.#table.target} as t set ${this.#to} = o.${this.#from} from ${this.opening} as o
where ${this.#sameKey('o', 't')} and t.${this.#to} is null`
  }

  insertOpened({ start }: RecordedPartition): string {
    const { isDeleted } = this.#table.columns
    return this.#insert(
      [
        [this.#from, `o.${this.#from}`],
        ...(isDeleted === undefined ? [] : [[this.#name(isDeleted), 'false'] as const]),
        [this.#partition, start],
      ],
      `${this.opening} as o`,
      'o',
    )
  }

  /** What ends the current version of keys that the query no longer returns; nothing where deletes are ignored. */
  closeGone(partition: RecordedPartition): readonly string[] {
    const { target, columns, config } = this.#table
    const { asOf } = partition
    const { isDeleted } = columns
    const alive = isDeleted === undefined ? '' : ` and ${this.#isTombstone(isDeleted)} is not true`
    const gone = `t.${this.#to} is null and t.${this.#from} < ${asOf}${alive}
and not exists (select 1 from ${this.stage} as s where ${this.#sameKey('s', 't')})`
    switch (config.deletes) {
      case 'ignore':
        return []
      case 'close':
        return [
          `update ${target} as t set ${this.#to} = ${asOf}, ${this.#name(columns.deletedAt!)} = ${asOf} where ${gone}`,
        ]
      case 'new_row': {
        const deleted = this.#name(columns.isDeleted!)
        return [
          this.#insert(
            [
              [this.#from, asOf],
              [deleted, 'true'],
              [this.#partition, partition.start],
            ],
            `${target} as t where ${gone}`,
            't',
          ),
          `update ${target} as t set ${this.#to} = ${asOf} where ${gone}`,
        ]
      }
    }
  }

  // What a snapshot does that collects versions, each with its own time.

  /** A version belongs to the partition that shows it first: the values that it has there are its values. */
  rewriteKnown(partition: RecordedPartition | undefined): string {
    const { target, columns, key, dialect } = this.#table
    const updated = this.#name(columns.updatedAt!)
    const values = columns.query.filter(({ name }) => !key.includes(name) && name !== columns.updatedAt!.name)
    const differ = values.map((column) =>
      dialect.differs(`s.${this.#name(column)}`, `t.${this.#name(column)}`, column.type),
    )
    const isOther = differ.length === 0 ? 'false' : `(${differ.join(' or ')})`
    const own = partition && `t.${this.#partition}`
    const applies =
      own === undefined
        ? isOther
        : `(${own} > ${partition!.start} or (${own} = ${partition!.start} and ${isOther}))`
    const set = [
      ...values.map((column) => `${this.#name(column)} = s.${this.#name(column)}`),
      ...(partition === undefined ? [] : [`${this.#partition} = ${partition.start}`]),
    ]
    // A snapshot of nothing but keys and their times has no values that could differ.
    if (set.length === 0) return `update ${target} as t set ${this.#to} = ${this.#to} where false`
    return `update ${target} as t set ${set.join(', ')} from ${this.stage} as s
where ${this.#sameKey('s', 't')} and t.${this.#from} = s.${updated} and ${applies}`
  }

  /** Query: versions that are not known yet. */
  unknown(): string {
    const { target, columns } = this.#table
    const updated = this.#name(columns.updatedAt!)
    return `select ${this.#all('s')}, s.${updated} as ${this.#from} from ${this.stage} as s
where not exists (select 1 from ${target} as t where ${this.#sameKey('s', 't')} and t.${this.#from} = s.${updated})`
  }

  insertUnknown(partition: RecordedPartition | undefined): string {
    return this.#insert(
      [
        [this.#from, `o.${this.#from}`],
        ...(partition === undefined ? [] : [[this.#partition, partition.start] as const]),
      ],
      `${this.opening} as o`,
      'o',
    )
  }

  /** Each version of the keys that got one lasts until the next begins. */
  chain(): string {
    const { target } = this.#table
    const keys = this.#keys('k').join(', ')
    return `update ${target} as t set ${this.#to} = n.sluice_ends from (
select ${keys}, k.${this.#from}, lead(k.${this.#from}) over (partition by ${keys} order by k.${this.#from}) as sluice_ends
from ${target} as k where ${this.#isOpened('k')}) as n
where ${this.#sameKey('n', 't')} and t.${this.#from} = n.${this.#from} and t.${this.#to} is distinct from n.sluice_ends`
  }

  /** Query: keys, among those that open a version, whose versions overlap, or are current twice. */
  contradictions(): string {
    const { target } = this.#table
    const keys = this.#keys('k').join(', ')
    const names = this.#table.key.map((name) => `h.${this.#quote(name)}`).join(', ')
    return `select ${names}, count(*) as versions from (
select ${keys}, k.${this.#from}, k.${this.#to}, lead(k.${this.#from}) over (partition by ${keys} order by k.${this.#from}) as sluice_next
from ${target} as k where ${this.#isOpened('k')}) as h
where h.${this.#to} <= h.${this.#from} or (h.sluice_next is not null and (h.${this.#to} is null or h.${this.#to} > h.sluice_next))
group by ${names}`
  }

  /** Query: whether the rows that a partition touches now are those that it had touched before; undefined where that cannot be said. */
  isSameAsBefore(partition: RecordedPartition): string | undefined {
    const { dialect, columns } = this.#table
    const identities = columns.stored.map((column) => dialect.identity(this.#name(column), column.type))
    if (identities.includes(undefined)) return undefined
    const list = identities.join(', ')
    const before = dialect.stage(BEFORE)
    const now = `(${this.touchedBy(partition)})`
    return `select (select count(*) from ${before}) = (select count(*) from ${now} as n)
and not exists (select ${list} from ${now} as n except all select ${list} from ${before}) as same`
  }

  get #partition(): string {
    return this.#name(this.#table.columns.partition!)
  }

  /** Nothing is current of the key: keys are never NULL. */
  get #isNew(): string {
    return `${this.#keys('t')[0]} is null`
  }

  /** Rows from before deletes were told have NULL there. */
  #isTombstone(isDeleted: Column): string {
    return `(t.${this.#name(isDeleted)} is true)`
  }

  #isOpened(alias: string): string {
    return `exists (select 1 from ${this.opening} as o where ${this.#sameKey('o', alias)})`
  }

  #insert(added: readonly (readonly [column: string, value: string])[], from: string, alias: string): string {
    const names = this.#table.columns.query.map((column) => this.#name(column))
    const columns = [...names, ...added.map(([column]) => column)].join(', ')
    const values = [...names.map((name) => `${alias}.${name}`), ...added.map(([, value]) => value)].join(', ')
    return `insert into ${this.#table.target} (${columns})\nselect ${values} from ${from}`
  }

  #all(alias: string): string {
    return this.#table.columns.query.map((column) => `${alias}.${this.#name(column)}`).join(', ')
  }

  #sameKey(a: string, b: string): string {
    return this.#table.key
      .map((name) => `${a}.${this.#quote(name)} = ${b}.${this.#quote(name)}`)
      .join(' and ')
  }

  #keys(alias: string): readonly string[] {
    return this.#table.key.map((name) => `${alias}.${this.#quote(name)}`)
  }

  #name(column: Column): string {
    return this.#quote(column.name)
  }

  #quote(name: string): string {
    return this.#table.dialect.quote(name)
  }
}
