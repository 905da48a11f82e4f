import { describe, expect, test } from 'vitest'
import { Folder, settings } from './opening.ts'

const sources = { 'models/sources.yml': 'sources:\n  - name: raw.events\n' }

async function opened(files: Readonly<Record<string, string>>) {
  const folder = await Folder.create({ ...sources, ...files })
  const found = await folder.open({ isTolerant: true })
  return {
    found,
    folder,
    said: found.problems.map(({ code, place }) => `${code} ${place?.file}`),
    kinds: Object.fromEntries([...found.compiled.nodes.values()].map(({ name, kind }) => [name, kind])),
  }
}

const fine = 'select id from raw.events'

describe('a project in which something is wrong', () => {
  test('one of every mistake hides none of the others, and readers of what is broken are compiled', async () => {
    const { said, kinds, found } = await opened({
      'models/a/syntax.sql': 'selec 1',
      'models/a/template.sql': 'select {{vars.none}} as x',
      'models/a/header.sql': '/*---\nmaterialised: table\n---*/\nselect 1 as id',
      'models/a/unknown.sql': 'select * from raw.evnts',
      'models/a/writes.sql': 'delete from raw.events',
      'models/a/itself.sql': '/*---\nmaterialized: table\n---*/\nselect id from a.itself',
      'models/a/circle.sql': 'select id from a.round',
      'models/a/round.sql': 'select id from a.circle',
      'models/b/reader.sql': 'select id from a.syntax join a.template using (id) join a.header using (id)',
      'models/b/further.sql': 'select id from b.reader',
      'checks/broken.sql': 'select * frm b.reader',
      'models/b/checked.sql': `/*---\nchecks:\n  - expression: "id >"\n---*/\n${fine}`,
    })
    expect(said.sort()).toEqual(
      [
        'SL104 models/a/header.sql',
        'SL300 checks/broken.sql',
        'SL300 models/a/syntax.sql',
        'SL304 models/a/writes.sql',
        'SL355 models/b/checked.sql',
        'SL410 models/a/unknown.sql',
        'SL413 models/a/circle.sql',
        'SL413 models/a/itself.sql',
        'SL203 models/a/template.sql',
      ].sort(),
    )
    expect(kinds).toMatchObject({
      'b.reader': 'model',
      'b.further': 'model',
      'b.checked': 'model',
      'a.syntax': 'source',
    })
    expect([...found.broken].sort()).toEqual(
      ['a.circle', 'a.header', 'a.itself', 'a.syntax', 'a.template', 'a.unknown', 'a.writes'].sort(),
    )
  })

  test('two files of one name are one relation', async () => {
    const { said, kinds } = await opened({
      'models/a/x.sql': fine,
      'models/a/y.sql': `/*---\nname: x\n---*/\n${fine}`,
      'models/b/reader.sql': 'select id from a.x',
    })
    expect(said.length).toBeGreaterThan(0)
    expect(kinds).toMatchObject({ 'b.reader': 'model' })
  })

  test('the entry of one model in a YAML file hides nothing', async () => {
    const { said, kinds } = await opened({
      'models/a/x.sql': fine,
      'models/a/models.yml': 'models:\n  - name: a.x\n    matrialized: table\n',
      'models/b/bad.sql': 'select from',
      'models/b/reader.sql': 'select id from a.x',
    })
    expect(said.sort()).toEqual(['SL104 models/a/models.yml', 'SL300 models/b/bad.sql'])
    expect(kinds).toMatchObject({ 'b.reader': 'model', 'a.x': 'source' })
  })

  test('what concerns all of it is thrown', async () => {
    await expect(opened({ 'sluice.yml': `${settings}nonsense: 1\n` })).rejects.toThrow('SL104')
    await expect(opened({ 'models/more.yml': 'sources:\n  - nme: raw.x\n' })).rejects.toThrow('SL104')
  })

  test('it is not kept in the cache, and once mended it is', async () => {
    const { folder } = await opened({ 'models/a/bad.sql': 'selec 1', 'models/a/good.sql': fine })
    expect((await folder.open({ isTolerant: true })).isCached).toBe(false)
    folder.write('models/a/bad.sql', fine)
    expect((await folder.open({ isTolerant: true })).problems).toEqual([])
    expect((await folder.open()).isCached).toBe(true)
  })
})
