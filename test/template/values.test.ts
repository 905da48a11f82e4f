import { describe, expect, test } from 'vitest'
import { containsTags, parseTemplate } from '../../core/template/parse.ts'
import { SqlFragment, type TemplateValue } from '../../core/template/template.ts'
import { mistakesOf, renderText } from './rendering.ts'

const key = new SqlFragment("'2024-01-05'", 'partition.key')
const context = {
  vars: {
    ...{
      text: "it's",
      number: -1.5,
      yes: true,
      no: false,
      nothing: null,
      list: ['a', "b'", 2, null],
      zero: 0,
      none: [],
    },
    ...{ table: 'staging.my flights', parts: ['my.schema', 'x"y'], expression: 'a + b', empty: '' },
  },
  partition: {
    start: new SqlFragment("DATE '2024-01-05'", 'partition.start', { date: new SqlFragment('D') }),
    key,
  },
  this: new SqlFragment('"marts"."daily"', 'this'),
  incremental: false,
}

const cases: readonly (readonly [template: string, text: string])[] = [
  ['{{vars.text}} {{{vars.text}}} {{&vars.text}}', "'it''s' 'it''s' 'it''s'"],
  ['{{vars.number}} {{vars.yes}} {{vars.nothing}}', '-1.5 TRUE NULL'],
  ['x in ({{vars.list}})', "x in ('a', 'b''', 2, NULL)"],
  ['{{partition.start}} {{partition.start.date}} {{this}}', `DATE '2024-01-05' D "marts"."daily"`],
  ['{{#each vars.list}}{{@root}}{{/each}}', '"marts"."daily"'.repeat(4)],
  ['{{identifier vars.table}} {{identifier vars.parts}}', `"staging"."my flights" "my.schema"."x""y"`],
  ['{{identifier "a" "b.c"}} {{identifier "日本"}}', '"a"."b"."c" "日本"'],
  ['{{literal vars.text}} {{literal vars.list}} {{literal key}}', `'it''s' 'a', 'b''', 2, NULL k`],
  ['{{raw vars.expression}} {{raw 1}} {{raw this}}', 'a + b 1 "marts"."daily"'],
  ['{{join vars.list}} {{join vars.list " or "}}', `'a', 'b''', 2, NULL 'a' or 'b''' or 2 or NULL`],
  [
    '{{join vars.parts as="identifier"}}|{{join vars.parts "+" as="raw"}}',
    `"my"."schema", "x""y"|my.schema+x"y`,
  ],
  ['{{join vars.none}}', ''],
  [
    '{{default vars.missing 5}} {{default vars.deep.er "x"}} {{default vars.nothing 1}} {{default vars.zero 1}}',
    "5 'x' 1 0",
  ],
  ['{{#if (default vars.missing false)}}a{{else}}b{{/if}}', 'b'],
  [
    '{{lookup vars "number"}} {{lookup vars.list 1}} {{vars.list.[0]}} {{vars.list.length}}',
    "-1.5 'b''' 'a' 4",
  ],
  ['{{eq 1 1}} {{ne "a" "b"}} {{eq 1 "1"}} {{eq vars.nothing null}}', 'TRUE TRUE FALSE TRUE'],
  ['{{lt 1 2}} {{lte 2 2}} {{gt "a" "b"}} {{gte "b" "b"}}', 'TRUE TRUE FALSE TRUE'],
  ['{{in "a" vars.list}} {{in 7 vars.list}} {{in "a" vars.none}}', 'TRUE FALSE FALSE'],
  [
    '{{and 1 "a" vars.list}} {{and 1 0}} {{or 0 vars.none}} {{or "" 3}} {{not vars.empty}}',
    'TRUE FALSE FALSE TRUE TRUE',
  ],
  ['{{#if (eq partition.key "2024-01-05")}}y{{/if}}{{#if (lt partition.key "2024-02")}}y{{/if}}', 'yy'],
  ['{{#if vars.zero}}a{{else}}b{{/if}}{{#if vars.zero includeZero=true}}a{{else}}b{{/if}}', 'ba'],
  ['{{{{raw}}}} {{x}} {{{{/raw}}}}|\\{{x}}', ' {{x}} |{{x}}'],
  ['{{#*inline "p"}}[{{a}}]{{/inline}}{{> p a="x"}}{{> p a=vars.number}}', "['x'][-1.5]"],
  ['a\r\n{{#if true_}}\r\nb\r\n{{/if}}\r\nc', 'a\r\nb\r\nc'],
]

describe('values', () => {
  test.each(cases)('%s', (template, text) => {
    expect(renderText(template, { ...context, key: new SqlFragment('k'), true_: true }).text).toBe(text)
  })

  test('a macro gets its arguments by name and sees the names of the model', () => {
    const macros = {
      cents: 'round({{identifier column}} / {{vars.number}}, {{default digits 2}})',
      named: '{{column}}|{{raw column}}|{{identifier column}}',
    }
    const model =
      '{{> cents column="amount"}} {{> cents column="t.x" digits=0}} {{> named column="o\'clock"}}'
    expect(renderText(model, context, { macros }).text).toBe(
      `round("amount" / -1.5, 2) round("t"."x" / -1.5, 0) 'o''clock'|o'clock|"o'clock"`,
    )
  })

  test('a macro may call itself as long as it ends', () => {
    const macros = { tree: '({{raw name}}{{#each below}}{{> tree}}{{/each}})' }
    const tree = {
      name: 'a',
      below: [
        { name: 'b', below: [] },
        { name: 'c', below: [{ name: 'd', below: [] }] },
      ],
    }
    expect(renderText('{{> tree tree}}', { tree }, { macros }).text).toBe('(a(b)(c(d)))')
  })

  test('a text without tags renders as itself and needs no parser', async () => {
    const file = { file: 'a.sql', text: '/*--- {{ ---*/select \\ }} 1\r\n' }
    expect(containsTags(file.text, 14)).toBe(false)
    expect((await parseTemplate(file, 14)).program.body).toEqual([
      { kind: 'text', text: 'select \\ }} 1\r\n', start: 14 },
    ])
  })

  test('nothing of a prototype is a name, and `__proto__` as an argument is a name like any other', () => {
    for (const name of [
      'constructor',
      '__proto__',
      'toString',
      'hasOwnProperty',
      'vars.constructor',
      'vars.list.map',
    ])
      expect(mistakesOf(() => renderText(`{{${name}}}`, context))[0]).toMatch(/^SL203 /)
    for (const name of ['constructor', '__proto__', 'toString'])
      expect(mistakesOf(() => renderText(`{{> ${name}}}`, context))[0]).toMatch(/^SL205 /)
    const macros = { m: '{{__proto__}} {{this.__proto__}}' }
    expect(renderText('{{> m __proto__=1}}', context, { macros }).text).toBe('1 1')
    expect(({} as Record<string, TemplateValue>).polluted).toBeUndefined()
  })
})

describe('symbols decide', () => {
  const decides = (template: string, macros: Record<string, string> = {}): boolean =>
    renderText(template, context, { macros: { m: '{{x}}', ...macros } }).symbolsDecide

  test.each([
    '{{partition.start}}',
    '{{literal partition.key}}',
    '{{raw partition.key}}',
    '{{default partition.key 1}}',
    '{{> m x=partition.start}}',
    '{{#with partition}}{{start}}{{/with}}',
    '{{#if incremental}}{{partition.start}}{{/if}}',
    '{{#if (eq vars.number 1)}}{{else}}{{this}}{{/if}}',
  ])('not when a value is only written: %s', (template) => expect(decides(template)).toBe(false))

  test.each([
    '{{#if partition.start}}a{{/if}}',
    '{{#unless partition.start}}a{{/unless}}',
    '{{#with partition.key}}{{this}}{{/with}}',
    '{{#if (eq partition.key "x")}}a{{/if}}',
    '{{#if (and incremental (not partition.key))}}a{{/if}}',
    '{{#if (or incremental partition.key)}}a{{/if}}',
  ])('when logic looks at it: %s', (template) => expect(decides(template)).toBe(true))

  test('when a macro decides by its argument', () => {
    expect(decides('{{> c x=partition.key}}', { c: '{{#if (gt x "2")}}a{{/if}}' })).toBe(true)
  })

  test('when indentation could cut another text otherwise', () => {
    const lines = { partition: { start: new SqlFragment('a\nb', 'partition.start') } }
    const setting = { macros: { m: '{{partition.start}}\n' } }
    expect(renderText('  {{> m}}\n', lines, setting)).toMatchObject({
      text: '  a\n  b\n',
      symbolsDecide: true,
    })
    expect(renderText('{{> m}}\n', lines, setting).symbolsDecide).toBe(false)
  })
})
