import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { contentKey, openContentCache } from '../../core/cache/content-cache.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-cache-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let count = 0
function place() {
  count += 1
  return { root: join(folder, String(count)), name: 'answers', build: 'one' }
}
const fileOf = ({ root, name }: ReturnType<typeof place>) => join(root, '.sluice', 'cache', `${name}.cache`)

function filled(at = place()) {
  const cache = openContentCache(at)
  for (const key of ['a', 'b', 'c']) cache.set(contentKey(key), { key, text: `line\n ${key}` })
  cache.save()
  return at
}
const read = (at: ReturnType<typeof place>) =>
  ['a', 'b', 'c'].map((key) => openContentCache(at).get(contentKey(key)))
const whole = ['a', 'b', 'c'].map((key) => ({ key, text: `line\n ${key}` }))

test('what was kept is there for the next process, and before it is saved', () => {
  const at = place()
  const cache = openContentCache(at)
  cache.set('k', [1, null])
  expect(cache.get('k')).toEqual([1, null])
  expect(openContentCache(at).get('k')).toBeUndefined()
  expect(read(filled())).toEqual(whole)
})

test('another program version sees nothing, and its answers take the place of the old ones', () => {
  const at = filled()
  const other = openContentCache({ ...at, build: 'two' })
  expect(other.get(contentKey('a'))).toBeUndefined()
  other.set('new', 1)
  other.save()
  expect(read(at)).toEqual([undefined, undefined, undefined])
  expect(openContentCache({ ...at, build: 'two' }).get('new')).toBe(1)
})

test('two processes that save at once lose nothing', () => {
  const at = filled()
  const [first, second] = [openContentCache(at), openContentCache(at)]
  first.get('none')
  second.get('none')
  first.set('first', 1)
  second.set('second', 2)
  first.save()
  second.save()
  const both = openContentCache(at)
  expect([both.get('first'), both.get('second'), ...read(at)]).toEqual([1, 2, ...whole])
})

test('a file that was cut off at any place gives right answers or none, and can be added to', () => {
  const size = readFileSync(fileOf(filled())).length
  fc.assert(
    fc.property(fc.integer({ min: 0, max: size }), (length) => {
      const at = filled()
      truncateSync(fileOf(at), length)
      for (const [index, found] of read(at).entries()) expect([undefined, whole[index]]).toContainEqual(found)
      const cache = openContentCache(at)
      cache.set('more', 'there')
      cache.save()
      expect(openContentCache(at).get('more')).toBe('there')
    }),
    { numRuns: 60, seed: 1 },
  )
})

test('a byte that changed anywhere gives the right answer or none', () => {
  const size = readFileSync(fileOf(filled())).length
  fc.assert(
    fc.property(fc.integer({ min: 0, max: size - 1 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const target = filled()
      const bytes = readFileSync(fileOf(target))
      bytes[at] = byte
      writeFileSync(fileOf(target), bytes)
      for (const [index, found] of read(target).entries())
        expect([undefined, whole[index]]).toContainEqual(found)
    }),
    { numRuns: 200, seed: 2 },
  )
})

test('lines of others in between do not matter', () => {
  const at = filled()
  appendFileSync(fileOf(at), 'garbage\n\n  \nkey checksum {"a":1}\nk x')
  const cache = openContentCache(at)
  cache.set('k', 2)
  cache.save()
  expect([openContentCache(at).get('key'), openContentCache(at).get('k'), ...read(at)]).toEqual([
    undefined,
    2,
    ...whole,
  ])
})

test('answers that nobody asks for any more go when there are many of them', () => {
  const at = place()
  const old = openContentCache(at)
  for (let index = 0; index < 5_000; index++) old.set(`old ${index}`.replace(' ', '-'), index)
  old.set('kept', true)
  old.save()
  const before = readFileSync(fileOf(at)).length
  const cache = openContentCache(at)
  cache.get('kept')
  cache.set('new', 1)
  cache.save()
  expect(readFileSync(fileOf(at)).length).toBeLessThan(before / 100)
  expect(openContentCache(at).get('kept')).toBe(true)
})

test('a folder that cannot be written to is no error', () => {
  const at = { ...place(), root: join(folder, 'file') }
  writeFileSync(at.root, '')
  const cache = openContentCache(at)
  cache.set('a', 1)
  expect(() => cache.save()).not.toThrow()
})
