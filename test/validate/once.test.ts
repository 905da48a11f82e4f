import { describe, expect, test } from 'vitest'
import { engines, validatedProjects } from './project.ts'

const files: Readonly<Record<string, string>> = {
  'models/sources.yml': `sources:
  - name: raw.items
    columns: [{ name: id, type: bigint }, { name: name, type: varchar }]
`,
  'models/m/a.sql': `/*---
materialized: table
checks:
  - not_null: [nam]
  - unique: { columns: [idd], where: "idd > 1" }
---*/
select id, name from raw.items
`,
}
const checked = (check: string) =>
  `/*---\nmaterialized: table\nchecks:\n  - ${check}\n---*/\nselect id, name from raw.items\n`

describe.each(engines)('one mistake is told once, on %s', (engine) => {
  const open = validatedProjects(engine)

  test('a check over a column that is gone, its condition included', async () => {
    const { findings, said } = await open(files).validate()
    expect(said).toEqual(['SL621 models/m/a.sql:4', 'SL621 models/m/a.sql:5'])
    expect(findings.map(({ hint }) => hint)).toEqual(['did you mean `name`?', 'did you mean `id`?'])
  })

  test('a check over a column of a model that is broken is not blamed', async () => {
    const broken = files['models/m/a.sql']!.replace('select id, name', 'select id, nam')
    const unread = files['models/m/a.sql']!.replace('select id, name', 'select id,, name')
    const { said } = await open({ ...files, 'models/m/a.sql': broken, 'models/m/b.sql': unread }).validate()
    expect(said).toEqual(['SL603 models/m/a.sql:7', 'SL300 models/m/b.sql:7'])
  })

  test('a model whose check is wrong is not called unchecked', async () => {
    const { said } = await open({
      ...files,
      'models/m/a.sql': checked('relationships: { column: id, to: itmes, field: id }'),
      'models/m/b.sql': checked('expression: "id > ("'),
      'models/m/c.sql': '/*---\nmaterialized: table\n---*/\nselect id from raw.items\n',
      'checks/of_c.sql': 'select id from m.c where nothing(\n',
    }).validate()
    expect(said.map((each) => each.split(' ')[0])).toEqual(['SL300', 'SL354', 'SL355'])
  })

  test('a seed that cannot be read is named as in the project, and its readers are not blamed', async () => {
    const { findings, said } = await open({
      ...files,
      'models/m/a.sql': 'select z.code, z.zone from zones as z\n',
      'models/m/b.sql': 'select id from raw.items\n',
      'seeds/zones.csv': 'code,zone\nDE,EU,x\n',
    }).validate()
    expect(said).toEqual(['SL520 seeds/zones.csv:2'])
    expect(findings[0]!.model).toBe('zones')
  })
})
