import { describe, expect, test } from 'vitest'
import type { Problem } from '../../core/config/problem.ts'
import { readSelectors } from '../../core/config/selectors.ts'

function read(raw: Readonly<Record<string, unknown>>) {
  const problems: Problem[] = []
  const selectors = readSelectors(raw, (...found) => problems.push(...found))
  return { selectors, problems }
}

describe('named selectors', () => {
  test('are texts, lists and sets', () => {
    const { selectors, problems } = read({
      nightly: 'tag:nightly,+marts.*',
      many: ['tag:a', 'selector:nightly'],
      hot: {
        description: 'what must be fresh',
        union: ['tag:hot', { intersection: ['tag:b', 'path:models'] }],
        exclude: 'tag:slow',
      },
    })
    expect(problems).toEqual([])
    expect(selectors).toEqual({
      nightly: { definition: 'tag:nightly,+marts.*' },
      many: { definition: ['tag:a', 'selector:nightly'] },
      hot: {
        description: 'what must be fresh',
        definition: {
          union: ['tag:hot', { intersection: ['tag:b', 'path:models'] }],
          exclude: ['tag:slow'],
        },
      },
    })
  })

  test.each<[string, unknown, string, string, readonly (string | number)[]]>([
    ['text that cannot be read', 'tga:x', 'SL135', 'There is no selector method `tga:`.', ['selectors', 'a']],
    [
      'nested text',
      { union: ['x', 'y++'] },
      'SL135',
      'The selector "y++" names nothing.',
      ['selectors', 'a', 'union', 1],
    ],
    ['nothing', null, 'SL105', '', ['selectors', 'a']],
    ['a number', 7, 'SL105', '', ['selectors', 'a']],
    ['a number in a list', ['x', 2024], 'SL105', '', ['selectors', 'a', 1]],
    ['empty text', '', 'SL135', 'A selector is empty.', ['selectors', 'a']],
    ['an empty list', { union: [] }, 'SL106', '', ['selectors', 'a', 'union']],
    ['an empty set', {}, 'SL106', 'A selector is empty.', ['selectors', 'a']],
    ['a description alone', { description: 'x' }, 'SL106', '', ['selectors', 'a']],
    [
      'an unknown key',
      { unoin: ['x'] },
      'SL104',
      'A selector has no key `unoin`.',
      ['selectors', 'a', 'unoin'],
    ],
    [
      'a description within',
      { union: [{ description: 'x', union: ['y'] }] },
      'SL104',
      '',
      ['selectors', 'a', 'union', 0, 'description'],
    ],
    [
      'a description that is no text',
      { description: 1, union: ['x'] },
      'SL105',
      '',
      ['selectors', 'a', 'description'],
    ],
    ['an unknown name', ['selector:b'], 'SL137', 'There is no named selector `b`.', ['selectors', 'a', 0]],
    [
      'itself',
      { exclude: ['1+selector:a'] },
      'SL136',
      'These selectors go in a circle: a → a (each names the next).',
      ['selectors', 'a'],
    ],
  ])('refuse %s', (_, raw, code, message, path) => {
    const { problems } = read({ a: raw })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ code, position: { kind: 'path', path } })
    if (message !== '') expect(problems[0]).toHaveProperty('message', message)
  })

  test('refuse a circle through others once, and names that nobody can write', () => {
    const { problems } = read({ a: 'selector:b', b: ['x', 'selector:c'], c: 'selector:a,tag:x', 'd e': 'x' })
    expect(problems.map((each) => 'message' in each && each.message)).toEqual([
      '`d e` cannot be the name of a selector.',
      'These selectors go in a circle: a → b → c → a (each names the next).',
    ])
  })

  test('do not refuse names that another mistake took away', () => {
    const { problems } = read({ a: 'selector:b', b: 'tga:x', __proto__: null, constructor: 'selector:a' })
    expect(problems.map((each) => 'code' in each && each.code)).toEqual(['SL135'])
  })
})
