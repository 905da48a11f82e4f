import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Edit, edited, joinParts, substitute, toParts } from '../../core/template/edit.ts'
import { originOf } from '../../core/template/origin.ts'
import { type Rendered, SqlFragment } from '../../core/template/template.ts'
import { renderText } from './rendering.ts'

function partition(day: string) {
  return {
    start: new SqlFragment(`DATE '${day}'`, 'partition.start'),
    end: new SqlFragment(`DATE '${day}' + 1`, 'partition.end'),
    key: new SqlFragment(`'${day}'`, 'partition.key'),
  }
}

const valuesOf = (day: string): Record<string, string> =>
  Object.fromEntries(Object.values(partition(day)).map(({ symbol, sql }) => [symbol!, sql]))

const macros = {
  window: '{{column}} >= {{from}}\nand {{raw column}} < {{partition.end}}\n',
  year: '{{#if (eq partition.key "2024-01-01")}}first{{else}}other {{partition.start}}{{/if}}',
}
const pieces = [
  ...[
    'select 1 ',
    'from staging.flights f\n',
    '\n',
    '{{partition.start}}',
    '{{partition.end}}',
    '{{partition.key}}',
  ],
  ...[
    '\n  {{> window column="x" from=partition.start}}\n',
    '{{> window column="日" from=partition.key}}',
    '{{> year}}',
  ],
  ...[
    '{{#if (lt partition.key "2024-06")}}old{{/if}}',
    '{{#with partition}}{{start}}{{/with}}',
    '{{literal partition.end}}',
  ],
  ...['{{#each vars.list}}{{this}}, {{@root.partition.start}};{{/each}}', '{{lookup partition "start"}}'],
]
const anyTemplate = fc
  .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 })
  .map((each) => each.join(''))

const rendered = (text: string, day: string): Rendered =>
  renderText(text, { partition: partition(day), vars: { list: [1, 'b'] } }, { macros })

const naive = (text: string, edits: readonly Edit[]): string =>
  [...edits].reverse().reduce((at, { start, end, text: by }) => at.slice(0, start) + by + at.slice(end), text)

describe('texts for other partitions', () => {
  test('are what rendering again gives, unless symbols decide', () => {
    let filled = 0
    fc.assert(
      fc.property(anyTemplate, (template) => {
        const first = rendered(template, '2024-01-01')
        const second = rendered(template, '2024-07-15')
        const decides = /\{\{> year\}\}|lt partition\.key/.test(template)
        expect(first.symbolsDecide).toBe(decides)
        if (decides) return
        const substituted = substitute(first, valuesOf('2024-07-15'))
        expect(substituted.text).toBe(second.text)
        expect(substituted.spans).toEqual(second.spans)
        expect(joinParts(toParts(first.text, first.spans), valuesOf('2024-07-15'))).toBe(second.text)
        filled += 1
      }),
      { seed: 20260403, numRuns: 500 },
    )
    expect(filled).toBeGreaterThan(100)
  })

  test('keep the text of symbols that are not named', () => {
    const result = substitute(rendered('{{partition.start}}/{{partition.end}}', '2024-01-01'), {
      'partition.end': 'X',
      constructor: 'Y',
    })
    expect(result.text).toBe("DATE '2024-01-01'/X")
  })

  test('a symbol without a value is a bug of the caller', () => {
    expect(() => joinParts([{ symbol: 'constructor' }], {})).toThrow('no value for the symbol constructor')
  })
})

describe('edits of a rendered text', () => {
  test('change the text and keep positions and symbols of the rest', () => {
    const model = 'select f.x from staging.flights f where d >= {{partition.start}} and staging.flights.y'
    const first = rendered(model, '2024-01-01')
    const edits = [...first.text.matchAll(/staging\.flights/g)].map(({ index, 0: name }) => ({
      start: index,
      end: index + name.length,
      text: '"analytics_staging"."flights"',
    }))
    const result = edited(first, edits.reverse())
    expect(result.text).toBe(
      `select f.x from "analytics_staging"."flights" f where d >= DATE '2024-01-01' and "analytics_staging"."flights".y`,
    )
    expect(result.symbolsDecide).toBe(false)
    const origin = (piece: string) => originOf(result, result.text.indexOf(piece), () => model).place.column
    expect(origin('"flights"')).toBe(model.indexOf('staging') + 1)
    expect(origin('f where')).toBe(model.indexOf('f where') + 1)
    expect(origin("'2024")).toBe(model.indexOf('partition.start') + 1)
    expect(origin('.y')).toBe(model.indexOf('.y') + 1)
    expect(joinParts(toParts(result.text, result.spans), valuesOf('2025-02-03'))).toContain(
      "d >= DATE '2025-02-03' and",
    )
  })

  test('any edits give the text that naive replacing gives, with spans that cover it', () => {
    const cuts = fc.array(fc.tuple(fc.nat(300), fc.constantFrom('', 'x', '"a"."b"')), { maxLength: 6 })
    fc.assert(
      fc.property(anyTemplate, cuts, (template, positions) => {
        const first = rendered(template, '2024-01-01')
        const sorted = positions.map(([at]) => Math.min(at, first.text.length)).sort((a, b) => a - b)
        const edits: Edit[] = []
        for (let i = 0; i + 1 < sorted.length; i += 2)
          edits.push({ start: sorted[i]!, end: sorted[i + 1]!, text: positions[i]![1] })
        const result = edited(first, edits)
        expect(result.text).toBe(naive(first.text, edits))
        let end = 0
        for (const span of result.spans) {
          expect(span.start).toBe(end)
          end = span.end
          if (span.kind === 'text') expect(span.endOffset - span.offset).toBe(span.end - span.start)
        }
        expect(end).toBe(result.text.length)
      }),
      { seed: 20260404, numRuns: 500 },
    )
  })

  test('an edit inside of a symbol ends its substitution', () => {
    const first = rendered('a {{partition.start}} b', '2024-01-01')
    expect(edited(first, [{ start: 4, end: 5, text: '!' }]).symbolsDecide).toBe(true)
    expect(edited(first, [{ start: 0, end: 1, text: '!' }]).symbolsDecide).toBe(false)
  })

  test('overlapping edits are a bug of the caller', () => {
    const first = rendered('abc', '2024-01-01')
    const overlapping = [
      { start: 0, end: 2, text: 'x' },
      { start: 1, end: 3, text: 'y' },
    ]
    expect(() => edited(first, overlapping)).toThrow('overlaps')
  })
})
