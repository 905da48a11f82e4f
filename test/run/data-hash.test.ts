import { describe, expect, it } from 'vitest'
import { dailyModel, engines, model, projects, type TestProject } from './project.ts'

const days = { from: '2024-01-17', to: '2024-01-19' }
const query = `select day, n, x from facts where day >= {{partition.start}} and day < {{partition.end}}`

/** The versions of a model's partitions, by key. */
async function versions(project: TestProject, name: string): Promise<Readonly<Record<string, number>>> {
  const partitions = await project.partitions(name)
  return Object.fromEntries(Object.entries(partitions).map(([key, row]) => [key, Number(row.data_seq)]))
}

async function loaded(project: TestProject): Promise<TestProject> {
  await project.sql(
    'create schema raw',
    'create table raw.facts (day date, n integer, x double precision)',
    `insert into raw.facts values ('2024-01-17', 1, 0.1), ('2024-01-17', 2, 0.2), ('2024-01-18', 1, 0.3)`,
  )
  return project
}

const source = 'sources:\n  - name: raw.facts\n'

for (const engine of engines) {
  describe(`data_hash on ${engine}`, () => {
    const open = projects(engine)

    for (const batch of ['all', '1']) {
      it(`partitions with the same content keep their version, others do not (batch: ${batch})`, async () => {
        const project = await loaded(
          await open({
            'models/s.yml': source,
            'models/a.sql': dailyModel(query, `batch: ${batch}\ndata_hash: true`),
            'models/b.sql': dailyModel(query.replace('facts', 'a'), `batch: ${batch}`),
          }),
        )
        await project.run(days)
        const before = await versions(project, 'a')
        // Other rows in another order, floats that differ in their last bits.
        await project.sql(
          `delete from raw.facts where day = '2024-01-17'`,
          `insert into raw.facts values ('2024-01-17', 2, 0.2), ('2024-01-17', 1, 0.10000000000000002)`,
        )
        const same = await project.run({ ...days, select: ['a'], force: true })
        expect(same.status).toBe('succeeded')
        expect(await versions(project, 'a')).toEqual(before)
        expect(
          await project.value("select count(*) from a where x <> 0.1 and n = 1 and day < date '2024-01-18'"),
        ).toBe(1)
        expect((await project.plan(days)).tasks).toEqual([])

        await project.sql(`update raw.facts set n = n + 1 where day = '2024-01-18'`)
        await project.run({ ...days, select: ['a'], force: true })
        const after = await versions(project, 'a')
        expect(after['2024-01-18']).toBeGreaterThan(before['2024-01-18']!)
        expect({ ...after, '2024-01-18': 0 }).toEqual({ ...before, '2024-01-18': 0 })
        expect((await project.plan(days)).tasks.map(({ id }) => id)).toEqual(['b@2024-01-18'])
      })
    }

    it('changed code that gives the same content leaves what is downstream fresh', async () => {
      const project = await loaded(
        await open({
          'models/s.yml': source,
          'models/a.sql': dailyModel(query, 'batch: all\ndata_hash: true'),
          'models/b.sql': dailyModel(query.replace('facts', 'a'), 'batch: all'),
        }),
      )
      await project.run(days)
      await project.write({
        'models/a.sql': dailyModel(query.replace('n, x', 'n + 0 as n, x'), 'batch: all\ndata_hash: true'),
      })
      const same = await project.run(days)
      expect(same.plan.tasks).toMatchObject([
        { model: 'a', reason: { kind: 'stale', cause: { kind: 'code' } } },
        { model: 'b', reason: { kind: 'stale', cause: { kind: 'upstream' } } },
      ])
      expect(same.totals).toMatchObject({ succeeded: 3, skipped: 3 })
      expect((await project.plan(days)).tasks).toEqual([])

      await project.sql(`update raw.facts set n = n + 1 where day = '2024-01-18'`)
      await project.write({
        'models/a.sql': dailyModel(query.replace('n, x', 'n + 1 - 1 as n, x'), 'batch: all\ndata_hash: true'),
      })
      const other = await project.run(days)
      expect(other.totals).toMatchObject({ succeeded: 4, skipped: 2 })
      expect(await project.value(`select n from b where day = '2024-01-18'`)).toBe(2)
      expect((await project.plan(days)).tasks).toEqual([])
    })

    it('pairs of equal rows, swapped values, NULLs and types are content', async () => {
      const project = await loaded(
        await open({
          'models/s.yml': source,
          'models/a.sql': dailyModel(query, 'data_hash: true\non_schema_change: sync'),
        }),
      )
      const only = { partition: '2024-01-17' }
      const fill = async (...rows: readonly string[]) => {
        await project.sql(
          'delete from raw.facts',
          `insert into raw.facts values ${rows.map((row) => `('2024-01-17', ${row})`).join(', ')}`,
        )
        await project.run({ ...only, force: true })
        return (await versions(project, 'a'))['2024-01-17']!
      }
      const contents = [
        ['1, 1', '2, 2'],
        ['1, 2', '2, 1'],
        ['1, 2', '2, 1', '1, 2', '1, 2'],
        ['1, 2', '2, 1', '2, 1', '2, 1'],
        ['1, 2', '2, null'],
        ['null, 2', '2, null'],
        ['1, 2', '1, 2'],
      ]
      let version = 0
      for (const rows of contents) {
        const next = await fill(...rows)
        expect(next, rows.join(' | ')).toBeGreaterThan(version)
        version = next
        expect(await fill(...[...rows].reverse()), rows.join(' | ')).toBe(version)
      }
      await project.write({
        'models/a.sql': dailyModel(
          query.replace('n, x', 'cast(n as bigint) as n, x'),
          'data_hash: true\non_schema_change: sync',
        ),
      })
      await project.run({ ...only, fullRefresh: true })
      expect((await versions(project, 'a'))['2024-01-17']).toBeGreaterThan(version)
    })

    it('an empty partition keeps its version, and so does a merge', async () => {
      const project = await loaded(
        await open({
          'models/s.yml': source,
          'models/a.sql': dailyModel(query, 'data_hash: true\nstrategy: merge\nunique_key: [day, n]'),
        }),
      )
      await project.run(days)
      const before = await versions(project, 'a')
      await project.run({ ...days, force: true })
      expect(await versions(project, 'a')).toEqual(before)
      await project.sql(`insert into raw.facts values ('2024-01-19', 1, 1)`)
      await project.run({ ...days, force: true })
      expect((await versions(project, 'a'))['2024-01-19']).toBeGreaterThan(before['2024-01-19']!)
    })

    it('a table whose floats differ in their last bits stays as it is', async () => {
      const project = await loaded(
        await open({
          'models/s.yml': source,
          'models/t.sql': model('materialized: table\ndata_hash: true', 'select n, x from raw.facts'),
          'models/u.sql': model('materialized: table', 'select n, x from t'),
        }),
      )
      await project.run()
      const before = await versions(project, 't')
      await project.sql('update raw.facts set x = 0.10000000000000002 where x = 0.1')
      await project.run({ select: ['t'], force: true })
      expect(await versions(project, 't')).toEqual(before)
      expect(await project.value('select count(*) from t where x = 0.1')).toBe(1)
      await project.sql('update raw.facts set x = 0.1001 where n = 1')
      await project.run({ select: ['t'], force: true })
      expect((await versions(project, 't')).all).toBeGreaterThan(before.all!)
      expect((await project.plan()).tasks.map(({ id }) => id)).toEqual(['u'])
    })

    it('what has no content of its own cannot be compared', async () => {
      const project = await open({
        'models/v.sql': '/*---\ndata_hash: true\n---*/\nselect 1 as one',
        'models/a.sql': dailyModel(query, 'data_hash: true\nstrategy: merge\nunique_key: n'),
        'models/s.yml': source,
      }).catch((error: unknown) => error)
      expect(project).toMatchObject({
        diagnostics: [
          {
            code: 'SL125',
            place: { file: 'models/a.sql' },
            message: expect.stringContaining('`data_hash` needs the partition column `day`'),
          },
          {
            code: 'SL125',
            place: { file: 'models/v.sql' },
            message: expect.stringContaining('A view has no content of its own'),
          },
        ],
      })
    })
  })
}
