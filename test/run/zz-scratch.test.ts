import { describe, test } from 'vitest'
import { appendFileSync } from 'node:fs'
import { eventsOfWindow, eventsSource, loadEvents } from './events.ts'
import { dailyModel, engines, inWindow, model, projects } from './project.ts'
const log = (...a: unknown[]) => appendFileSync('/tmp/zz.log', a.map((x) => typeof x === 'string' ? x : JSON.stringify(x)).join(' ') + '\n')
const table = (sql: string, more = '') => model(`materialized: table\n${more}`, sql)
const ends = (o: any) => ({ s: o.ended.succeeded, f: o.ended.failed, b: o.ended.blocked, w: o.ended.waiting, k: o.ended.skipped, e: o.errors.map((e: any) => e.code + ' ' + e.message) })

describe.each(engines)('%s', (engine) => {
  const open = projects(engine)
  const t = (name: string, fn: () => Promise<void>) => test(name, async () => {
    try { await fn() } catch (e) { log(engine, name, 'THREW', String((e as Error).message), String((e as Error).stack).slice(0, 600)) }
  }, 40000)
  t('2A race', async () => {
    if (engine === 'duckdb') return
    const p = await open({ ...eventsSource, 'models/m/t.sql': dailyModel(eventsOfWindow) })
    await loadEvents(p)
    await p.run({ partition: '2024-01-03' })
    let reached!: () => void; const atCommit = new Promise<void>((r) => { reached = r })
    let go!: () => void; const released = new Promise<void>((r) => { go = r })
    const other = await p.openAdapter()
    const refresh = await p.prepareRun({ partition: '2024-01-03', fullRefresh: true, adapter: other, beforeCommit: async () => { reached(); await released } })
    let n = 0; let refreshing: Promise<any> | undefined
    const r1 = await p.run({ from: '2024-01-01', to: '2024-01-02', threads: 1, beforeCommit: async () => { if (++n === 2) { refreshing = refresh(); await atCommit } } })
    go()
    log(engine, '2A', ends(r1), ends(await refreshing), 'rows', await p.rows('select day, id from m.t order by id'), 'ledger', Object.keys(await p.partitions('m.t')))
  })
  t('2B early', async () => {
    const p = await open({ ...eventsSource, 'models/m/t.sql': model('materialized: incremental\npartition: { column: day, grain: day, start: 2024-01-01, ahead: 1 }', eventsOfWindow) })
    await loadEvents(p)
    p.now = Date.parse('2024-01-03T23:59:58Z')
    const base = p.adapter
    const adapter = Object.assign(Object.create(base), { transaction: (work: any, signal: any) => base.transaction((tx: any) => { const orig = tx.execute.bind(tx); tx.execute = async (sql: string, ps: any) => { const r = await orig(sql, ps); if (/^insert into .*"t"/.test(sql)) { p.now = Date.parse('2024-01-04T00:00:01Z'); await p.sql(`insert into raw.events values ('2024-01-03', 99, 1)`) } return r }; return work(tx) }, signal) })
    const o = await p.run({ partition: '2024-01-03', adapter })
    log(engine, '2B', ends(o), 'replan', (await p.plan({ partition: '2024-01-03' })).tasks.length, await p.rows('select count(*) from m.t'), await p.rows(`select count(*) from raw.events where day = date '2024-01-03'`))
  })
  t('2N not due wiped', async () => {
    const mk = (more: string) => model(`materialized: incremental\npartition: { column: day, grain: day, start: 2024-01-01${more} }`, eventsOfWindow)
    const p = await open({ ...eventsSource, 'models/m/t.sql': mk('') })
    await loadEvents(p)
    p.now = Date.parse('2024-01-04T01:00:00Z')
    await p.run({ from: '2024-01-01', to: '2024-01-03' })
    await p.write({ 'models/m/t.sql': mk(', available_after: 3h') })
    log(engine, '2N', ends(await p.run({ partition: '2024-01-02', fullRefresh: true })), await p.rows('select day, id from m.t order by id'), Object.keys(await p.partitions('m.t')))
  })
  t('2H hidden', async () => {
    const p = await open({ ...eventsSource, 'models/m/t.sql': dailyModel(eventsOfWindow, 'columns: [{ name: amount, sample: false }]'), 'checks/c.sql': 'select id, amount as x from m.t' })
    await loadEvents(p)
    const o = await p.run({ partition: '2024-01-01' })
    log(engine, '2H', ends(o), o.checks.map((c) => c.sample))
  })
  t('2I ordering of self read in another run', async () => {
    // two source columns case; quoted partition column with upper case & unicode
    const p = await open({ 'models/sources.yml': 'sources:\n  - name: raw.e\n', 'models/m/t.sql': model('materialized: incremental\nstrategy: merge\nunique_key: ["Käy", "select"]\npartition: { column: { name: "Da\\"y.x" }, grain: day, start: 2024-01-01 }\nchecks:\n  - unique: ["Käy"]\n  - not_null: ["Da\\"y.x"]', 'select "Da""y.x", "Käy", "select", v from raw.e where "Da""y.x" >= {{partition.start}} and "Da""y.x" < {{partition.end}}') })
    await p.sql('create schema raw', 'create table raw.e("Da""y.x" date, "Käy" int, "select" int, v int)', `insert into raw.e values ('2024-01-01',1,1,1),('2024-01-02',1,1,2)`)
    log(engine, '2I', ends(await p.run({ from: '2024-01-01', to: '2024-01-02' })), ends(await p.run({ from: '2024-01-01', to: '2024-01-02', force: true })), await p.rows('select * from m.t'))
  })
  t('2J expression precedence', async () => {
    const p = await open({ ...eventsSource, 'models/m/t.sql': table('select id, amount from raw.events', 'checks:\n  - expression: "amount > 1000) or (amount < 5"\n  - { row_count: { min: 1 }, where: "amount > 0) or (1 = 1" }') })
    await loadEvents(p)
    const o = await p.run()
    log(engine, '2J', ends(o), o.checks.map((c) => [c.name, c.passed, c.failing]))
  })
  t('2K scope', async () => {
    const p = await open({ settings: '', ...eventsSource, 'models/x.sql': table('select 1 as one'), 'models/a_x.sql': table('select 2 as two') })
    await loadEvents(p)
    const target = engine === 'duckdb' ? (s: string) => `{ adapter: duckdb, path: test.duckdb${s} }` : (s: string) => `{ adapter: postgres, url: "\${DATABASE_URL}"${s} }`
    const conf = (s: string) => ({ 'sluice.yml': `name: test\ndefault_target: dev\ntargets:\n  dev: ${target(s)}\n` })
    const scoped = p as any
    const { Ledger } = await import('../../core/ledger/ledger.ts')
    const plain = scoped.ledger.bind(p)
    await p.write(conf(', schema: { prefix: a_ }'))
    scoped.ledger = (a = p.adapter) => new Ledger(a, () => new Date(p.now), 'a_')
    log(engine, '2K prefix', ends(await p.run({ select: ['x'] })))
    await p.write(conf(''))
    scoped.ledger = plain
    log(engine, '2K plain', ends(await p.run({ select: ['a_x'] })), await p.query('select * from a_x').catch((e) => e.message))
  })
  t('2L two targets unprefixed sees', async () => {
    // upstream accept: upstream failed with no data? and view stale
    const p = await open({ ...eventsSource, 'models/m/a.sql': dailyModel(eventsOfWindow), 'models/m/d.sql': dailyModel(`select day, id from m.a where ${inWindow}`) })
    await loadEvents(p)
    await p.run({ partition: '2024-01-01' })
    await p.write({ 'models/m/a.sql': dailyModel(`select day, id, 1/0 as amount from raw.events where ${inWindow} and cast('x' as int) = 1`) })
    log(engine, '2L fail', ends(await p.run({ partition: '2024-01-01', select: ['m.a'] })))
    log(engine, '2L block', ends(await p.run({ partition: '2024-01-01', select: ['m.d'], force: true })))
    const o = await p.run({ partition: '2024-01-01', select: ['m.d'], force: true, upstream: 'accept' })
    log(engine, '2L accept', ends(o), o.plan.tasks[0]?.accepted, (await p.plan({ partition: '2024-01-01', select: ['m.d'] })).tasks.length)
  })
  t('2M schema-change sync with check failing leaves nothing', async () => {
    const p = await open({ ...eventsSource, 'models/m/t.sql': dailyModel(eventsOfWindow, 'on_schema_change: sync') })
    await loadEvents(p)
    await p.run({ from: '2024-01-01', to: '2024-01-03' })
    await p.write({ 'models/m/t.sql': dailyModel(`select day, id from raw.events where ${inWindow}`, 'on_schema_change: sync') })
    log(engine, '2M dropped col on one partition', ends(await p.run({ partition: '2024-01-01' })), await p.rows('select * from m.t order by id'))
  })
})
