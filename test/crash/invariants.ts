import type { Oracle } from './oracle.ts'
import { days, week } from './project.ts'
import {
  type DatabaseState,
  type LedgerState,
  type TableName,
  type TextRow,
  tableNames,
  tables,
} from './state.ts'

type Partition = LedgerState['partitions'][number]

const modelNames: Readonly<Record<TableName, string>> = {
  sales: 'sales',
  shops: 'shops',
  lines: 'marts.lines',
  daily: 'marts.daily',
  shop_days: 'marts.shop_days',
  last_sold: 'marts.last_sold',
  weekly: 'marts.weekly',
  totals: 'reports.totals',
  regions: 'reports.regions',
}

/** Looks at a state of the database, at any moment, and collects what may never be so. */
class Judge {
  readonly wrong: string[] = []
  private readonly state: DatabaseState
  private readonly oracle: Oracle

  constructor(state: DatabaseState, oracle: Oracle) {
    this.state = state
    this.oracle = oracle
  }

  /** Every table holds exactly the rows that its published partitions had when they were made, and the ledger's account is in order. */
  async always(): Promise<void> {
    this.ledger()
    await this.whole('sales', this.versionsIn('sales'))
    await this.whole('shops', [0])
    await this.byDay('lines', ['sales'])
    await this.byDay('shop_days', ['sales'])
    await this.byDay('daily', ['lines'])
    await this.lastSold()
    this.weekly()
    this.totals()
    this.regions()
  }

  /** Besides: everything is made from this version. */
  async complete(version: number): Promise<void> {
    for (const name of tableNames) {
      const expected = await this.oracle.rows(name, version)
      this.same(
        name,
        this.rows(name),
        name === 'last_sold' ? expected.filter(([day]) => day === days.at(-1)) : expected,
      )
    }
    for (const name of tableNames) {
      for (const key of keysOf(name)) {
        const record = this.record(name, key)
        if (record?.dataSeq == null) this.say(`${name}@${key} is not published`)
        else if (record.lastStatus !== 'succeeded')
          this.say(`the last attempt of ${name}@${key} ${record.lastStatus}`)
      }
    }
  }

  /** Nobody is at work and nothing says so. */
  quiet(): void {
    const { attempts, runs, workers, leases } = this.state.ledger
    for (const each of attempts)
      if (each.status === 'running') this.say(`attempt ${each.id} of ${each.model} runs`)
    for (const each of runs) if (each.status === 'running') this.say(`run ${each.id} runs`)
    if (workers.length > 0) this.say(`${workers.length} workers are left`)
    if (leases.length > 0) this.say(`${leases.length} leases are left`)
  }

  private ledger(): void {
    const { partitions, attempts, runs, workers, leases } = this.state.ledger
    const byId = new Map(attempts.map((each) => [each.id, each]))
    if (byId.size < attempts.length) this.say('an attempt is recorded twice')
    // Partitions that were published together have one number.
    const numbers = new Map<number, string | null>()
    for (const { changeSeq, publishedBy } of partitions) {
      if (numbers.has(changeSeq) && numbers.get(changeSeq) !== publishedBy)
        this.say('two changes have one number')
      numbers.set(changeSeq, publishedBy)
    }
    if (new Set(partitions.map(idOf)).size < partitions.length) this.say('a partition is recorded twice')
    if (new Set(leases.map(idOf)).size < leases.length) this.say('a partition is leased twice')
    for (const each of partitions) {
      if (each.dataSeq === null) continue
      const made = byId.get(each.publishedBy ?? '')
      const id = idOf(each)
      if (made?.status !== 'succeeded') this.say(`${id} was published by an attempt that is ${made?.status}`)
      else if (made.model !== each.model || !made.keys.includes(each.key))
        this.say(`${id} was published by an attempt at something else`)
      if (each.readSeq === null || each.readSeq >= each.changeSeq || each.dataSeq > each.changeSeq)
        this.say(`${id} has the numbers ${each.dataSeq}, ${each.readSeq}, ${each.changeSeq}`)
    }
    for (const each of leases) {
      const attempt = byId.get(each.attempt)
      if (!workers.includes(each.worker)) this.say(`the lease of ${idOf(each)} is held by an unknown worker`)
      // Where one process has the database, an attempt is recorded when it ends, and what told of it goes a moment later.
      const isHeld = this.state.isShared ? attempt?.status === 'running' : attempt?.status !== 'running'
      if (!isHeld) this.say(`the lease of ${idOf(each)} is held by an attempt that is ${attempt?.status}`)
    }
    for (const each of attempts) {
      if (each.status === 'running' && !workers.includes(each.worker))
        this.say(`attempt ${each.id} runs without a worker`)
    }
    for (const each of runs) {
      if (each.status === 'running' && !workers.includes(each.worker))
        this.say(`run ${each.id} runs without a worker`)
    }
  }

  private async whole(name: 'sales' | 'shops', versions: readonly number[]): Promise<void> {
    const record = this.record(name, 'all')
    const rows = this.rows(name)
    if (record?.dataSeq == null) {
      if (rows.length > 0) this.say(`${name} is not published and has ${rows.length} rows`)
      return
    }
    this.counted(name, record, rows)
    if (versions.length !== 1) this.say(`${name} has rows of ${versions.length} versions`)
    else this.same(name, rows, await this.oracle.rows(name, versions[0]!))
  }

  private async byDay(
    name: 'lines' | 'daily' | 'shop_days',
    [upstream]: readonly ['sales' | 'lines'],
  ): Promise<void> {
    const found = new Set([...days, ...this.rows(name).map((row) => row[0] ?? 'NULL')])
    for (const day of found) {
      const rows = this.rows(name).filter((row) => row[0] === day)
      const record = this.record(name, day)
      if (record?.dataSeq == null) {
        if (rows.length > 0) this.say(`${name}@${day} is not published and has ${rows.length} rows`)
        continue
      }
      this.counted(`${name}@${day}`, record, rows)
      const version = this.versionOf(`${name}@${day}`, rows)
      if (version === undefined) continue
      const expected = (await this.oracle.rows(name, version)).filter((row) => row[0] === day)
      this.same(`${name}@${day}`, rows, expected)
      const read = this.record(upstream, upstream === 'sales' ? 'all' : day)
      const [now] = upstream === 'sales' ? this.versionsIn('sales') : this.versionsIn('lines', day)
      if (read?.dataSeq != null && read.dataSeq <= record.readSeq! && now !== version)
        this.say(
          `${name}@${day} has version ${version}, and the ledger says that it read the ${now} of ${upstream}`,
        )
    }
  }

  /** Every shop sells on every day, so all rows are of the newest day that was published. */
  private async lastSold(): Promise<void> {
    const rows = this.rows('last_sold')
    const published = days.filter((day) => this.record('last_sold', day)?.dataSeq != null)
    const newest = published.at(-1)
    if (newest === undefined) {
      if (rows.length > 0) this.say(`last_sold is not published and has ${rows.length} rows`)
      return
    }
    const version = this.versionOf('last_sold', rows)
    if (version === undefined) return
    const expected = (await this.oracle.rows('last_sold', version)).filter(([day]) => day === newest)
    this.same('last_sold', rows, expected)
    const record = this.record('last_sold', newest)!
    const sales = this.record('sales', 'all')
    if (sales?.dataSeq != null && sales.dataSeq <= record.readSeq! && this.versionsIn('sales')[0] !== version)
      this.say(`last_sold has version ${version}, and the ledger says that it read a newer one`)
  }

  private weekly(): void {
    const rows = this.rows('weekly')
    const record = this.record('weekly', week)
    if (record?.dataSeq == null) {
      if (rows.length > 0) this.say(`weekly is not published and has ${rows.length} rows`)
      return
    }
    this.counted('weekly', record, rows)
    if (!this.hasReadAll(record, 'daily')) return
    const sums = groups(this.rows('daily'), (row) => row[1]!)
    this.same(
      'weekly',
      rows,
      [...sums].map(([shop, each]) => ['2024-01-01', shop, String(each.length), sum(each, 3)]),
    )
  }

  private totals(): void {
    const rows = this.rows('totals')
    const record = this.record('totals', 'all')
    if (record?.dataSeq == null) {
      if (rows.length > 0) this.say(`totals is not published and has ${rows.length} rows`)
      return
    }
    this.counted('totals', record, rows)
    if (!this.hasReadAll(record, 'daily')) return
    const regions = new Map(this.rows('shops').map(([shop, region]) => [shop, region]))
    const sums = groups(this.rows('daily'), (row) => row[1]!)
    this.same(
      'totals',
      rows,
      [...sums].map(([shop, each]) => [shop, regions.get(shop) ?? null, sum(each, 2), sum(each, 3)]),
    )
  }

  private regions(): void {
    if (this.state.tables.regions === undefined) return
    const sums = groups(this.rows('totals'), (row) => row[1] ?? 'NULL')
    this.same(
      'regions',
      this.rows('regions'),
      [...sums].map(([region, each]) => [region, sum(each, 3)]),
    )
  }

  /** Whether nothing of the upstream has changed since the partition read it. */
  private hasReadAll(record: Partition, upstream: TableName): boolean {
    return this.state.ledger.partitions.every(
      (each) => each.model !== modelNames[upstream] || each.changeSeq <= record.readSeq!,
    )
  }

  private counted(what: string, record: Partition, rows: readonly TextRow[]): void {
    if (record.rows !== rows.length)
      this.say(`the ledger counts ${record.rows} rows in ${what}, there are ${rows.length}`)
  }

  /** The one version that all rows were made from. */
  private versionOf(what: string, rows: readonly TextRow[]): number | undefined {
    const versions = new Set(
      rows.flatMap((row) => [row.at(-1), what.startsWith('lines') ? row.at(-1) : row.at(-2)]),
    )
    if (versions.size === 1) return Number([...versions][0])
    this.say(`${what} has rows of ${versions.size} versions`)
    return undefined
  }

  private versionsIn(name: 'sales' | 'lines', day?: string): readonly number[] {
    const rows = this.rows(name).filter((row) => day === undefined || row[0] === day)
    return [...new Set(rows.map((row) => Number(row.at(-1))))]
  }

  private same(what: string, found: readonly TextRow[], expected: readonly TextRow[]): void {
    const difference = differ(found, expected)
    if (difference !== undefined) this.say(`${what}: ${difference}`)
  }

  private rows(name: TableName): readonly TextRow[] {
    return this.state.tables[name] ?? []
  }

  private record(name: TableName, key: string): Partition | undefined {
    return this.state.ledger.partitions.find((each) => each.model === modelNames[name] && each.key === key)
  }

  private say(what: string): void {
    this.wrong.push(what)
  }
}

/** What is wrong with a state that may be looked at in the middle of a run or after a crash. */
export async function judge(state: DatabaseState, oracle: Oracle): Promise<readonly string[]> {
  const judge = new Judge(state, oracle)
  await judge.always()
  return judge.wrong
}

/** What is wrong with a state after a run that was asked for everything and ended well, though it may not have been able to say so. */
export async function judgePublished(
  state: DatabaseState,
  oracle: Oracle,
  version: number,
): Promise<readonly string[]> {
  const judge = new Judge(state, oracle)
  await judge.always()
  await judge.complete(version)
  return judge.wrong
}

/** What is wrong with a state after a run that was asked for everything and ended well. */
export async function judgeComplete(
  state: DatabaseState,
  oracle: Oracle,
  version: number,
): Promise<readonly string[]> {
  const judge = new Judge(state, oracle)
  await judge.always()
  await judge.complete(version)
  judge.quiet()
  return judge.wrong
}

/** What is wrong with a state after a process ended in its own way. */
export async function judgeQuiet(state: DatabaseState, oracle: Oracle): Promise<readonly string[]> {
  const judge = new Judge(state, oracle)
  await judge.always()
  judge.quiet()
  return judge.wrong
}

function keysOf(name: TableName): readonly string[] {
  if ('by' in tables[name] || name === 'last_sold') return days
  return name === 'weekly' ? [week] : ['all']
}

function idOf({ model, key }: { readonly model: string; readonly key: string }): string {
  return `${model}@${key}`
}

function groups(rows: readonly TextRow[], keyOf: (row: TextRow) => string): Map<string, TextRow[]> {
  const found = new Map<string, TextRow[]>()
  for (const row of rows) {
    const of = found.get(keyOf(row))
    if (of === undefined) found.set(keyOf(row), [row])
    else of.push(row)
  }
  return found
}

function sum(rows: readonly TextRow[], column: number): string {
  return String(rows.reduce((total, row) => total + Number(row[column]), 0))
}

/** How two bags of rows differ, in a sentence. */
function differ(found: readonly TextRow[], expected: readonly TextRow[]): string | undefined {
  const counts = new Map<string, number>()
  for (const row of expected) counts.set(row.join('|'), (counts.get(row.join('|')) ?? 0) + 1)
  for (const row of found) counts.set(row.join('|'), (counts.get(row.join('|')) ?? 0) - 1)
  const missing = [...counts].filter(([, count]) => count > 0).map(([row]) => row)
  const surplus = [...counts].filter(([, count]) => count < 0).map(([row]) => row)
  if (missing.length + surplus.length === 0) return undefined
  const say = (rows: readonly string[]) => `${rows.length} rows (${rows.slice(0, 3).join(', ')})`
  return `${say(missing)} missing, ${say(surplus)} too many`
}
