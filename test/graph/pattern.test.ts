import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasWildcard, matcher, type Pattern, pattern, type Separator } from '../../core/graph/pattern.ts'

const matches = (written: Pattern, separator: Separator, text: string) => matcher(written, separator)(text)

describe('a pattern', () => {
  test.each<[string, Separator, string, boolean]>([
    ['a', '.', 'a', true],
    ['a', '.', 'A', false],
    ['*', '.', 'abc', true],
    ['*', '.', 'a.b', false],
    ['**', '.', 'a.b', true],
    ['*', '', 'a.b/c', true],
    ['*', '', '', true],
    ['a*', '', 'a', true],
    ['?', '', 'a', true],
    ['?', '', '😀', true],
    ['?', '.', '.', false],
    ['?', '', 'ab', false],
    ['a.*', '.', 'axb', false],
    ['[abc]', '', 'b', true],
    ['[abc]', '', 'd', false],
    ['[a-c]x', '', 'bx', true],
    ['[!a-c]', '', 'd', true],
    ['[!a-c]', '', 'b', false],
    ['[!a]', '.', '.', false],
    ['[!a]', '/', '/', false],
    ['[]]', '', ']', true],
    ['[]a]', '', 'a', true],
    ['[!]]', '', 'a', true],
    ['[!]]', '', ']', false],
    ['[^a]', '', '^', true],
    ['[^a]', '', 'a', true],
    ['[^a]', '', 'b', false],
    ['[a-]', '', '-', true],
    ['[-a]', '', '-', true],
    ['[z-a]', '', 'm', false],
    ['[!z-a]', '', 'm', true],
    ['[a-c0-9_]*', '', '7up', true],
    ['[\\]', '', '\\', true],
    ['[abc', '', '[abc', true],
    ['[', '', '[', true],
    ['[]', '', '[]', true],
    ['[!]', '', '[!]', true],
    ['a[b', '', 'ab', false],
    ['x(y)+z{1}|^$', '', 'x(y)+z{1}|^$', true],
    ['models/**/a.sql', '/', 'models/a.sql', true],
    ['models/**/a.sql', '/', 'models/x/y/a.sql', true],
    ['models/*/a.sql', '/', 'models/x/y/a.sql', false],
    ['**/*.csv', '/', 'a.csv', true],
    ['**', '/', 'a/b', true],
    ['[日-本]', '', '日', true],
  ])('%s with the separator "%s" and %s: %s', (written, separator, text, expected) => {
    expect(matches(pattern(written), separator, text)).toBe(expected)
  })

  test('has wildcards only outside of quotes', () => {
    const quoted = [
      { text: 'a*', isLiteral: true },
      { text: '?', isLiteral: false },
    ]
    expect(hasWildcard(quoted)).toBe(true)
    expect(matches(quoted, '', 'a*x')).toBe(true)
    expect(matches(quoted, '', 'abx')).toBe(false)
    expect(hasWildcard([{ text: '[a]*?', isLiteral: true }])).toBe(false)
    expect(hasWildcard(pattern('a[b'))).toBe(false)
  })

  test('means the same as matching character by character, and never fails', () => {
    const characters = fc.constantFrom('a', 'b', 'c', '.', '-', '*', '?', '[', ']', '!', '^', '\\')
    const token = fc.oneof(characters, fc.constantFrom('*', '**', '?', '[a-c]', '[!b]', '[]a]', '[a-'))
    const written = fc.array(token, { maxLength: 6 }).map((all) => all.join(''))
    const text = fc.array(fc.constantFrom('a', 'b', 'c', '.', '-', '[', ']', '!', '^'), { maxLength: 5 })
    let matched = 0
    fc.assert(
      fc.property(written, text, fc.constantFrom<Separator>('.', ''), (wanted, letters, separator) => {
        const word = letters.join('')
        const expected = naively(wanted, word, separator)
        matched += expected && hasWildcard(pattern(wanted)) ? 1 : 0
        expect(matches(pattern(wanted), separator, word), `${wanted} ${word}`).toBe(expected)
      }),
      { seed: 77, numRuns: 20_000 },
    )
    expect(matched).toBeGreaterThan(1000)
  })
})

/** Python's fnmatch, but that only `**` crosses the separator. */
function naively(wanted: string, text: string, separator: Separator): boolean {
  if (wanted === '') return text === ''
  const isInside = (character: string | undefined) => character !== undefined && character !== separator
  if (wanted.startsWith('**') || wanted.startsWith('*')) {
    const rest = wanted.startsWith('**') ? wanted.slice(2) : wanted.slice(1)
    for (let taken = 0; taken <= text.length; taken++) {
      if (naively(rest, text.slice(taken), separator)) return true
      if (!wanted.startsWith('**') && !isInside(text[taken])) return false
    }
    return false
  }
  if (wanted[0] === '?') return isInside(text[0]) && naively(wanted.slice(1), text.slice(1), separator)
  if (wanted[0] === '[') {
    let from = 1
    if (wanted[from] === '!') from += 1
    const end = wanted.indexOf(']', wanted[from] === ']' ? from + 1 : from)
    if (end > 0) {
      const members = wanted.slice(from, end)
      const isMember = isInside(text[0]) && isOneOf(text[0]!, members) === (from === 1)
      return isMember && naively(wanted.slice(end + 1), text.slice(1), separator)
    }
  }
  return text[0] === wanted[0] && naively(wanted.slice(1), text.slice(1), separator)
}

function isOneOf(character: string, members: string): boolean {
  if (members === '') return false
  if (members[1] === '-' && members.length > 2)
    return (members[0]! <= character && character <= members[2]!) || isOneOf(character, members.slice(3))
  return members[0] === character || isOneOf(character, members.slice(1))
}
