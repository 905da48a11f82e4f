import { afterAll, describe, expect, test } from 'vitest'
import { type ProjectLineage, projectLineage } from '../../core/lineage/project.ts'
import type { SqlParser } from '../../core/sql/parser.ts'
import { bind, factories } from '../bind/bind.ts'
import { engines, type Files, model, projects, type TestProject } from '../run/project.ts'

const files: Files = {
  'seeds/people.csv': 'id,name,city,note,changed_on\n1,Ada,Paris,x,2024-01-01\n',
  'models/h/compared.sql': model(
    'materialized: snapshot\nunique_key: id\npartition: { grain: day, start: 2024-01-01 }\nsnapshot: { strategy: check, columns: [city], deletes: close }',
    'select id, upper(name) as name, city, note from people where note is not null',
  ),
  'models/h/timed.sql': model(
    'materialized: snapshot\nunique_key: id\nsnapshot: { strategy: timestamp, updated_at: changed_on }',
    'select id, name, changed_on from people',
  ),
  'models/m/current.sql': 'select name, valid_from from h.timed where valid_to is null',
}

for (const engine of engines) {
  describe(`the lineage of snapshots on ${engine}`, () => {
    const make = projects(engine)
    const opened: SqlParser[] = []
    afterAll(async () => {
      for (const parser of opened) await parser.close()
    })

    async function lineageOf(project: TestProject): Promise<ProjectLineage> {
      const { project: compiled } = await project.compile()
      const { dialect, ...factory } = factories[engine]
      const parser = factory.parser()
      opened.push(parser)
      return projectLineage({
        project: compiled,
        dialect,
        bound: await bind(project),
        parser: async () => parser,
      })
    }

    async function told(lineage: ProjectLineage, name: string): Promise<Readonly<Record<string, string>>> {
      const columns = await lineage.upstream(name)
      return Object.fromEntries(
        columns.map(({ column, sources }) => [
          column,
          sources.map((source) => `${source.column} ${source.role}`).join(', '),
        ]),
      )
    }

    test('says that what tells versions apart decides every column', async () => {
      const lineage = await lineageOf(await make(files))
      const rows = 'city filter, id filter, note filter'
      expect(await told(lineage, 'h.compared')).toEqual({
        id: 'city filter, id copied, note filter',
        name: 'city filter, id filter, name transformed, note filter',
        city: 'city copied, id filter, note filter',
        note: 'city filter, id filter, note copied',
        valid_from: rows,
        valid_to: rows,
        deleted_at: rows,
        sluice_partition_start: rows,
      })
    })

    test('follows the time of change into the instants, and on to who reads them', async () => {
      const lineage = await lineageOf(await make(files))
      expect(await told(lineage, 'h.timed')).toEqual({
        id: 'changed_on filter, id copied',
        name: 'changed_on filter, id filter, name copied',
        changed_on: 'changed_on copied, id filter',
        valid_from: 'changed_on copied, id filter',
        valid_to: 'changed_on aggregated, id filter',
      })
      expect(await told(lineage, 'm.current')).toEqual({
        name: 'changed_on filter, id filter, name copied',
        valid_from: 'changed_on copied, id filter',
      })
    })
  })
}
