import fc from 'fast-check'
import { expect, test } from 'vitest'
import { byteOffsets } from '../../core/sql/offsets.ts'
import { dottedName, endOfStatement, tokenize } from '../../core/sql/tokens.ts'

const texts = (sql: string) =>
  tokenize(sql).map((token) => `${token.kind} ${sql.slice(token.start, token.end)}`)

test.each([
  ["select 'it''s' from t", ['word select', "string 'it''s'", 'word from', 'word t']],
  [String.raw`E'a\'b' x'1f' N'q'`, [String.raw`string E'a\'b'`, "string x'1f'", "string N'q'"]],
  [
    '$$ a $b$ $$ $t$ $$ $t$ $1 $name',
    ['string $$ a $b$ $$', 'string $t$ $$ $t$', 'parameter $1', 'parameter $name'],
  ],
  ['a$b$c', ['word a$b$c']],
  ['"a""b"."c.d"', ['quoted "a""b"', 'punctuation .', 'quoted "c.d"']],
  ['a /* x /* y */ z */ b -- c\n d', ['word a', 'word b', 'word d']],
  ['a--b\rc', ['word a', 'word c']],
  [
    '1.5 .5 1e-3 1_000 0x1F 1..2',
    [
      'number 1.5',
      'number .5',
      'number 1e-3',
      'number 1_000',
      'number 0x1F',
      'number 1',
      'punctuation .',
      'number .2',
    ],
  ],
  [
    'a->>b::int <= -1',
    ['word a', 'operator ->>', 'word b', 'operator ::', 'word int', 'operator <=', 'operator -', 'number 1'],
  ],
  ['a+/*c*/b', ['word a', 'operator +', 'word b']],
  ['größe 表', ['word größe', 'word 表']],
  ["'open", ["string 'open"]],
  ['/* open', []],
])('%s', (sql, expected) => {
  expect(texts(sql)).toEqual(expected)
})

test('a dotted name spans blanks and comments and stops at the parts asked for', () => {
  const sql = 'x "S" /* . */ .\n t.u'
  expect(dottedName(sql, 2)).toEqual({
    parts: ['S', 't', 'u'],
    quoted: [true, false, false],
    starts: [2, 17, 19],
    start: 2,
    end: 20,
  })
  expect(dottedName(sql, 2, 2)).toMatchObject({ parts: ['S', 't'], end: 18 })
  expect(dottedName(sql, 14)).toBeUndefined()
})

test('the end of a statement is before semicolons and comments', () => {
  expect(endOfStatement('select 1 ; -- x')).toEqual({ end: 8, another: undefined })
  expect(endOfStatement("select ';' ; from t")).toEqual({ end: 10, another: 13 })
  expect(endOfStatement(' -- x')).toEqual({ end: 0, another: undefined })
})

test('tokens never overlap and leave only blanks and comments between them', () => {
  const pieces = fc.constantFrom(
    "'",
    '"',
    '$$',
    '$a$',
    '--',
    '/*',
    '*/',
    '\n',
    ' ',
    '.',
    'a',
    'E',
    '1',
    '+',
    ';',
    'ä',
    '😀',
    '\\',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (list) => {
      const sql = list.join('')
      let from = 0
      for (const token of tokenize(sql)) {
        expect(token.start).toBeGreaterThanOrEqual(from)
        expect(token.end).toBeGreaterThan(token.start)
        from = token.end
      }
      expect(from).toBeLessThanOrEqual(sql.length)
    }),
    { seed: 20010105, numRuns: 3000 },
  )
})

test('byte offsets map to UTF-16 indexes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-composite', maxLength: 40 }), (text) => {
      const map = byteOffsets(text)
      for (let index = 0; index <= text.length; index++) {
        const low = text.charCodeAt(index)
        if (low >= 0xdc00 && low <= 0xdfff) continue
        expect(map(Buffer.byteLength(text.slice(0, index)))).toBe(index)
      }
      expect(map(Buffer.byteLength(text) + 5)).toBe(text.length)
    }),
    { seed: 20010105, numRuns: 1000 },
  )
})
