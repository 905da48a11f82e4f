import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OpenProject } from '../../core/compile/open-project.ts'
import { Folder, settings } from './opening.ts'

const base = {
  'models/sources.yml': 'sources:\n  - name: raw.events\n',
  'models/a.sql': 'select id from raw.events',
  'models/b.sql': 'select id from a where id < {{vars.limit}}',
  'macros/m.sql': '1',
}

const graphOf = ({ compiled }: OpenProject) => [...compiled.nodes.values()]

describe('opening a project', () => {
  test('takes the compiled project from the cache when nothing changed, equal in every node', async () => {
    const folder = await Folder.create(base)
    const first = await folder.open()
    const second = await folder.open()
    expect([first.isCached, second.isCached]).toEqual([false, true])
    expect(graphOf(second)).toEqual(JSON.parse(JSON.stringify(graphOf(first))))
    expect(second.compiled.graph.order).toEqual(first.compiled.graph.order)
    expect((await second.target()).name).toBe('dev')
  })

  test.each<readonly [string, (folder: Folder) => void]>([
    ['a model changed', (folder) => folder.write('models/a.sql', 'select id, 2 as two from raw.events')],
    [
      'a model changed to a text of the same length',
      (folder) => folder.write('models/a.sql', 'select ix from raw.events'),
    ],
    ['a model was added', (folder) => folder.write('models/c.sql', 'select id from b')],
    ['a model was removed', (folder) => folder.remove('models/b.sql')],
    ['a macro changed', (folder) => folder.write('macros/m.sql', '2')],
    [
      'a source was described',
      (folder) => folder.write('models/sources.yml', 'sources:\n  - name: raw.events\n    tags: [x]\n'),
    ],
    ['sluice.yml changed', (folder) => folder.write('sluice.yml', `${settings}pools: { p: 1 }\n`)],
    ['a check was added', (folder) => folder.write('checks/c.sql', 'select * from a where id is null')],
  ])('compiles anew when %s', async (_, change) => {
    const folder = await Folder.create(base)
    await folder.open()
    change(folder)
    const opened = await folder.open()
    expect(opened.isCached).toBe(false)
    expect((await folder.open()).isCached).toBe(true)
  })

  test('keeps targets, vars and builds apart', async () => {
    const folder = await Folder.create(base)
    await folder.open()
    expect((await folder.open({ target: 'other' })).isCached).toBe(false)
    expect((await folder.open({ vars: { limit: 6 } })).isCached).toBe(false)
    expect((await folder.open({ env: { SLUICE_TARGET: 'other' } })).isCached).toBe(false)
    expect((await folder.open()).isCached).toBe(true)
    expect((await folder.open({ build: 'another' })).isCached).toBe(false)
  })

  test('notices an environment variable that decides a schema, and does not mind one that does not', async () => {
    const folder = await Folder.create(base)
    const open = (env: Readonly<Record<string, string>>) => folder.open({ target: 'server', env })
    await open({ DATABASE_URL: 'postgres://u:secret-one@127.0.0.1/db' })
    const moved = await open({ DATABASE_URL: 'postgres://u:secret-two@127.0.0.1/db' })
    expect(moved.isCached).toBe(true)
    expect(await moved.target()).toMatchObject({ url: 'postgres://u:secret-two@127.0.0.1/db' })
    expect((await open({ DATABASE_URL: 'postgres://x', PREFIX: 'y_' })).isCached).toBe(false)
  })

  test('never writes a secret to the cache', async () => {
    const folder = await Folder.create(base)
    await folder.open({ target: 'server', env: { DATABASE_URL: 'postgres://u:secret-one@127.0.0.1/db' } })
    const cache = join(folder.root, '.sluice', 'cache')
    for (const file of readdirSync(cache))
      expect(readFileSync(join(cache, file), 'utf8')).not.toContain('secret-one')
  })

  test('keeps no vars that no SQL uses, and lets nobody else read those that it does', async () => {
    const declared = settings.replace('limit: 5', 'limit: 5, one: x, two: x')
    const folder = await Folder.create({ ...base, 'sluice.yml': declared })
    await folder.open({ vars: { one: 'secret-one' }, env: { SLUICE_VARS: '{"two": "secret-two"}' } })
    const cache = join(folder.root, '.sluice', 'cache')
    for (const file of readdirSync(cache)) {
      expect(readFileSync(join(cache, file), 'utf8')).not.toMatch(/secret-(one|two)/)
      expect(statSync(join(cache, file)).mode & 0o777).toBe(0o600)
    }
  })

  test.each(['', '{', 'null', '{"key":"["}', '[]'])('does not mind a damaged cache (%j)', async (text) => {
    const folder = await Folder.create(base)
    await folder.open()
    const cache = join(folder.root, '.sluice', 'cache')
    for (const file of readdirSync(cache)) writeFileSync(join(cache, file), text)
    expect((await folder.open()).isCached).toBe(false)
    expect((await folder.open()).isCached).toBe(true)
  })

  test('does not trust a file that changed within the grain of the clock', async () => {
    const folder = await Folder.create(base)
    await folder.open({ clock: Date.now })
    expect((await folder.open({ clock: Date.now })).isCached).toBe(false)
  })

  test('reports the mistakes of a project each time', async () => {
    const folder = await Folder.create({ ...base, 'models/bad.sql': 'select * form x' })
    await expect(folder.open()).rejects.toThrow('SL300')
    await expect(folder.open()).rejects.toThrow('SL300')
  })

  test('gives what a clean build gives, whatever was edited in between', async () => {
    const edit = fc.record({
      path: fc.constantFrom('models/a.sql', 'models/b.sql', 'models/x.sql', 'macros/m.sql', 'checks/c.sql'),
      text: fc.constantFrom(
        'select id from raw.events',
        'select id, 1 as one from raw.events',
        'select id from raw.events -- with a comment',
        'select {{> m}} as id from raw.events',
      ),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        const folder = await Folder.create(base)
        for (const { path, text } of edits) {
          folder.write(path, path.startsWith('macros/') ? String(text.length) : text)
          const kept = await folder.open()
          const clean = await folder.open({ build: 'clean' })
          expect(JSON.parse(JSON.stringify(graphOf(kept)))).toEqual(
            JSON.parse(JSON.stringify(graphOf(clean))),
          )
        }
      }),
      { numRuns: 15, seed: 7 },
    )
  })
})
