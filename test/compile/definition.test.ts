import { describe, expect, test } from 'vitest'
import { duckdb } from '../../adapters/duckdb/index.ts'
import { physicalNames } from '../../cli/artifacts/manifest.ts'
import { changesFrom } from '../../core/compile/changes.ts'
import { type Definition, definitionOf } from '../../core/compile/definition.ts'
import type { OpenRequest } from '../../core/compile/open-project.ts'
import { aspects } from '../../core/graph/selector.ts'
import { Folder, settings } from './opening.ts'

const base = {
  'models/sources.yml': 'sources:\n  - { name: raw.events, relation: main.events, description: x }\n',
  'seeds/names.csv': 'id,name\n1,a\n',
  'models/s/view.sql': 'select id, day from raw.events',
  'models/s/daily.sql': `/*---
materialized: incremental
partition: { column: day, grain: day, start: 2024-01-01 }
columns: [{ name: id, type: integer }, { name: day }]
tags: [a, b]
checks: [{ not_null: id }, { expression: "id in (select id from s.view)" }]
---*/
select id, day from s.view where day >= {{partition.start}} and day < {{partition.end}}`,
  'models/s/total.sql': 'select count(*) as n from s.daily where 5 < {{vars.limit}}',
  'checks/few.sql': 'select * from s.total where n > 10',
}
type Path = keyof typeof base

const header = (from: string, to: string): [Path, string] => {
  const text = base['models/s/daily.sql']
  if (!text.includes(from)) throw new Error(`there is no ${from}`)
  return ['models/s/daily.sql', text.replace(from, to)]
}

async function definitions(folder: Folder, overrides: Partial<OpenRequest> = {}) {
  const { nodes } = (await folder.open(overrides)).compiled
  const physicalOf = physicalNames(nodes, duckdb.dialect)
  return new Map(
    [...nodes].map(([name, node]): [string, Definition] => [name, definitionOf(node, physicalOf)]),
  )
}

/** `s.daily body configs`: what differs, by node. */
function differences(before: ReadonlyMap<string, Definition>, after: ReadonlyMap<string, Definition>) {
  const changeOf = changesFrom(before, (name) => after.get(name)!)
  return [...after.keys()].sort().flatMap((name) => {
    const change = changeOf(name)
    if (change.kind === 'new') return [`${name} new`]
    const differs = aspects.filter((aspect) => change.differs.has(aspect))
    return differs.length === 0 ? [] : [[name, ...differs].join(' ')]
  })
}

describe('a definition differs from a saved one', () => {
  test.each<[string, readonly [Path | 'sluice.yml' | 'models/new.sql', string], readonly string[]]>([
    ['not by layout and comments', ['models/s/view.sql', '-- why\nSELECT\n  id, day FROM raw.events'], []],
    ['not by a description', ['models/sources.yml', base['models/sources.yml'].replace('x', 'y')], []],
    ['not by the order of tags', header('[a, b]', '[b, a]'), []],
    [
      'not by the order and writing of checks',
      header(
        '[{ not_null: id }, { expression: "id in (select id from s.view)" }]',
        '[{ expression: "id in (select id from s.view)" }, { not_null: [id] }]',
      ),
      [],
    ],
    [
      'by the query of a view that it reads',
      ['models/s/view.sql', 'select id, day + 1 as day from raw.events'],
      ['s.daily body', 's.view body'],
    ],
    ['by its own query', ['models/s/total.sql', 'select count(id) as n from s.daily'], ['s.total body']],
    ['by a var that it uses', ['sluice.yml', settings.replace('limit: 5', 'limit: 6')], ['s.total body']],
    ['by the grain', header('grain: day', 'grain: month'), ['s.daily layout configs']],
    ['by the first partition', header('2024-01-01', '2024-01-02'), ['s.daily configs']],
    ['by the type of a column', header('type: integer', 'type: bigint'), ['s.daily contract']],
    ['by a check', header('{ not_null: id }', '{ not_null: id, severity: warn }'), ['s.daily checks']],
    ['by a condition', header('select id from', 'select id + 1 from'), ['s.daily checks']],
    ['by a tag', header('[a, b]', '[a]'), ['s.daily configs']],
    ['by an owner', header('tags:', 'owner: me\ntags:'), ['s.daily configs']],
    ['by what a seed holds', ['seeds/names.csv', 'id,name\n1,b\n'], ['names body']],
    [
      'by where a source is',
      ['models/sources.yml', base['models/sources.yml'].replace('main.events', 'main.other')],
      ['raw.events body', 's.daily body', 's.view body'],
    ],
    [
      'by a tag of a source',
      ['models/sources.yml', base['models/sources.yml'].replace('description: x', 'tags: [x]')],
      ['raw.events configs'],
    ],
    [
      'by how a source is observed',
      [
        'models/sources.yml',
        base['models/sources.yml'].replace(
          'description: x',
          'observe: { query: "select max(id) from raw.events" }',
        ),
      ],
      ['raw.events configs'],
    ],
    [
      'by how a source is cut',
      [
        'models/sources.yml',
        base['models/sources.yml'].replace(
          'description: x',
          'partition: { column: day, grain: day, start: 2024-01-01 }',
        ),
      ],
      ['raw.events layout configs'],
    ],
    [
      'by the query of a check',
      ['checks/few.sql', 'select * from s.total where n > 11'],
      ['checks.few body'],
    ],
    [
      'by the severity of a check',
      ['checks/few.sql', '/*---\nseverity: warn\n---*/\nselect * from s.total where n > 10'],
      ['checks.few configs'],
    ],
    ['by being new', ['models/new.sql', 'select 1 as one'], ['new new']],
  ])('%s', async (_, [path, text], expected) => {
    const folder = await Folder.create(base)
    const before = await definitions(folder)
    folder.write(path, text)
    expect(differences(before, await definitions(folder))).toEqual(expected)
  })

  test('not on another target of the engine, nor if it comes from the cache', async () => {
    const folder = await Folder.create(base)
    const before = await definitions(folder)
    expect(differences(before, await definitions(folder))).toEqual([])
    expect(differences(before, await definitions(folder, { target: 'other' }))).toEqual([])
  })
})
