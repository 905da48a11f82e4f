import { describe, expect, test } from 'vitest'
import { engines, type Files, model, projects } from './project.ts'

const csv = 'code,name,since,share\nA,Alpha,2001-02-03,1.5\nB,"Beta, or ""b""",,2\n'

describe.each(engines)('a seed on %s', (engine) => {
  const open = projects(engine)
  const name = engine === 'duckdb' ? 'main.places' : 'public.places'
  const opened = (files: Files = {}) => open({ 'seeds/places.csv': csv, ...files })

  test('is loaded with inferred types', async () => {
    const project = await opened()
    expect((await project.run()).error).toBeUndefined()
    expect(await project.rows(`select * from ${name} order by code`)).toEqual([
      ['A', 'Alpha', '2001-02-03', 1.5],
      ['B', 'Beta, or "b"', null, 2],
    ])
  })

  test('takes declared types', async () => {
    const project = await opened({
      'seeds/places.yml': 'seeds:\n  - name: places\n    columns: [{ name: share, type: text }]\n',
    })
    expect((await project.run()).error).toBeUndefined()
    expect(await project.rows(`select share from ${name} order by code`)).toEqual([['1.5'], ['2']])
  })

  test('is loaded again when its content changes, and what reads it follows', async () => {
    const project = await opened({
      'models/m/n.sql': model('materialized: table', 'select count(*) as n from places'),
    })
    await project.run()
    await project.write({ 'seeds/places.csv': `${csv}C,Gamma,,\n` })
    const run = await project.run()
    expect(run.ended.succeeded).toEqual(['places', 'm.n'])
    expect(await project.rows('select n from m.n')).toEqual([[3]])
    expect((await project.run()).ended.succeeded).toEqual([])
  })

  test('loses a column that the file no longer has, and gets new ones', async () => {
    const project = await opened()
    await project.run()
    await project.write({ 'seeds/places.csv': 'code,colour\nA,red\n' })
    expect((await project.run()).error).toBeUndefined()
    expect(await project.query(`select * from ${name}`)).toEqual([{ code: 'A', colour: 'red' }])
  })

  test('takes another type of a column whose old values cannot be converted', async () => {
    const project = await opened()
    await project.run()
    await project.write({ 'seeds/places.csv': 'code,name,since,share\n17,x,,1\n' })
    expect((await project.run()).error).toBeUndefined()
    expect(await project.rows(`select code + 1 as next from ${name}`)).toEqual([[18]])
  })

  test.each([
    ['a row with too many fields', 'code,name\nA,b,c\n'],
    ['a quote that is not closed', 'code,name\nA,"b\n'],
    ['a value that is not of the declared type', 'code,name,since,share\nA,x,2001-02-03,much\n'],
  ])('with %s is a coded error that names the file, and leaves the rows', async (_, text) => {
    const project = await opened({
      'seeds/places.yml': 'seeds:\n  - name: places\n    columns: [{ name: share, type: integer }]\n',
      'seeds/places.csv': 'code,name,since,share\nA,x,2001-02-03,1\n',
    })
    expect((await project.run()).error).toBeUndefined()
    await project.write({ 'seeds/places.csv': text })
    const run = await project.run()
    expect(run.error?.code).toMatch(/^SL[1-6]\d\d$/)
    expect(run.error?.code).not.toBe('SL601')
    expect(`${run.error?.place?.file}`).toContain('seeds/places.csv')
    expect(await project.value(`select count(*) from ${name}`)).toBe(1)
  })

  test('has its checks', async () => {
    const project = await opened({
      'seeds/places.yml': 'seeds:\n  - name: places\n    checks: [{ not_null: since }]\n',
    })
    const run = await project.run()
    expect(run.error).toMatchObject({ code: 'SL620' })
    expect(run.checks).toMatchObject([
      { kind: 'not_null', passed: false, failing: 1, sample: [{ code: 'B' }] },
    ])
  })
})
