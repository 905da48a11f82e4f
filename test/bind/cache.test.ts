import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openContentCache } from '../../core/cache/content-cache.ts'
import { engines, projects } from '../run/project.ts'
import { bind, columnsOf } from './bind.ts'

const sources = (type: string) => `sources:
  - name: raw.flights
    columns: [{ name: id, type: bigint }, { name: origin, type: ${type} }]
`

describe.each(engines)('the cache of what was bound, on %s', (engine) => {
  const open = projects(engine)
  const files = {
    'models/sources.yml': sources('text'),
    'seeds/kinds.csv': 'kind,n\na,1\n',
    'models/a.sql': 'select origin, count(*) as n from raw.flights group by origin',
    'models/b.sql': 'select a.n, kinds.n as k\nfrom a join kinds on kinds.kind = a.origin',
    'models/c.sql': 'select wrong from raw.flights',
  }

  it('answers all that has not changed, mistakes too, and nothing else', async () => {
    const project = await open(files)
    const cache = () => openContentCache({ root: project.root, name: 'bind', build: 'test' })
    const first = await bind(project, { cache: cache() })
    expect(first.asked.length).toBeGreaterThan(3)
    const second = await bind(project, { cache: cache() })
    expect(second.asked).toEqual([])
    expect(second.relations).toEqual(first.relations)
    expect(second.problems).toEqual(first.problems)

    // A comment above moves the place of the mistake, and nothing is asked again.
    await project.write({ 'models/c.sql': '-- more\n-- lines\nselect wrong from raw.flights' })
    const moved = await bind(project, { cache: cache() })
    expect(moved.problems[0]?.place?.line).toBe(3)

    await project.write({ 'models/sources.yml': sources('int') })
    const third = await bind(project, { cache: cache() })
    expect(columnsOf(third, 'a')).toMatch(/origin (?:INTEGER|integer)/)
    expect(third.relations).toEqual((await bind(project)).relations)
    expect(third.problems).toEqual((await bind(project)).problems)
  })

  it('a damaged file is no file', async () => {
    const project = await open(files)
    const cache = () => openContentCache({ root: project.root, name: 'bind', build: 'test' })
    const first = await bind(project, { cache: cache() })
    const path = join(project.root, '.sluice/cache/bind.cache')
    const text = readFileSync(path, 'utf8')
    for (const broken of [
      text.slice(0, text.length / 2),
      text.replaceAll('"type"', '"tpye"'),
      text.replace('test', 'else'),
      '\0\0',
      '',
    ]) {
      writeFileSync(path, broken)
      const again = await bind(project, { cache: cache() })
      expect(again.relations).toEqual(first.relations)
      expect(again.problems).toEqual(first.problems)
    }
    rmSync(path)
  })

  it('two at once do not disturb each other', async () => {
    const project = await open(files)
    const cache = () => openContentCache({ root: project.root, name: 'bind', build: 'test' })
    const all = await Promise.all([1, 2, 3].map(() => bind(project, { cache: cache() })))
    for (const each of all) expect(each.relations).toEqual(all[0]!.relations)
    expect((await bind(project, { cache: cache() })).asked).toEqual([])
  })
})
