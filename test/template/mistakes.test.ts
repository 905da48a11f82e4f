import { describe, expect, test } from 'vitest'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { Context } from '../../core/template/render.ts'
import { SqlFragment } from '../../core/template/template.ts'
import { mistakesOf, parse, renderText } from './rendering.ts'

const context: Context = {
  vars: {
    ...{ threshold: 5, list: [1, 2], none: [], names: ['a'], o: { a: 1, b: 2 } },
    ...{ nothing: null, text: 'x', nested: [[1]], inf: Number.POSITIVE_INFINITY },
  },
  incremental: true,
  partition: {
    start: new SqlFragment("DATE '2024-01-01'", 'partition.start', { date: new SqlFragment('x') }),
    key: new SqlFragment("'2024-01-01'", 'partition.key'),
  },
  this: new SqlFragment('"s"."t"', 'this'),
}
const macros = {
  cents: '({{identifier column}} / 100)',
  a: 'x{{> b}}',
  b: '{{> c}}',
  c: '\n {{> a}}',
  self: '{{> self}}',
  bad: 'line\n {{#if}}{{/if}}',
  dir: '{{> @partial-block}}',
}

/** A template and what is said of it: `CODE file:line:column-line:column message | hint`. */
const cases: readonly (readonly [template: string, ...mistakes: string[]])[] = [
  [
    'select {{ from x',
    'SL201 model.sql:1:8-1:10 the tag that begins here is not closed: the file ends before `}}` | close it with `}}`; to write two braces as plain text use `\\{{`',
  ],
  ['select {{}}', 'SL201 model.sql:1:10-1:12 a name is missing before the closing braces'],
  [
    'select {{vars.}}',
    'SL204 model.sql:1:10-1:14 `vars.` ends with a dot | write the member that is meant, or remove the dot',
  ],
  ['a {{#if incremental}} b', 'SL202 model.sql:1:3-1:8 the block `if` is not closed | add `{{/if}}`'],
  [
    'a\n{{#if incremental}}\n{{#each vars.list}} b {{/each}}',
    'SL202 model.sql:2:1-2:6 the block `if` is not closed | add `{{/if}}`',
  ],
  [
    '{{/if}}',
    'SL202 model.sql:1:1-1:6 `{{/if}}` closes a block that is not open | remove it, or open the block before it',
  ],
  [
    'a {{else}} b',
    'SL202 model.sql:1:3-1:11 `{{else}}` stands outside of any block, or after the `{{else}}` of its block | it belongs between `{{#if …}}` and `{{/if}}`',
  ],
  [
    '{{#if incremental}}a{{/each}}',
    'SL202 model.sql:1:4-1:6 the block `if` is closed by `{{/each}}` | close it with `{{/if}}`, inner blocks first',
  ],
  [
    '{{#if incremental}}a{{else}}b{{else}}c{{/if}}',
    'SL202 model.sql:1:30-1:38 `{{else}}` stands outside of any block, or after the `{{else}}` of its block | it belongs between `{{#if …}}` and `{{/if}}`',
  ],
  [
    'a {{vars.a/this}}',
    'SL201 model.sql:1:5-1:16 `vars.a/this` is not a path: `.`, `..` and `this` can only stand at its beginning | write a member that has such a name in brackets: `a.[this]`',
  ],
  [
    '{{vars.threshold > 3}}',
    'SL201 model.sql:1:18-1:19 `>` is not expected here | there are no operators in templates: use `eq`, `lt`, `gt`, `and`, `or`, `not`, or SQL',
  ],
  [
    '{{#if vars.threshold == 3}}x{{/if}}',
    'SL201 model.sql:1:22-1:23 `=` is not expected here | compare with `(eq a b)`',
  ],
  [
    '{{vars.list.0}}',
    'SL201 model.sql:1:13-1:14 a name was expected here, not `0` | write a member that is a number in brackets: `list.[0]`',
  ],
  ["{{raw 'x}}", "SL201 model.sql:1:7-1:8 `'` is not expected here | a text needs a quote at both ends"],
  ['{{{vars.text}}', 'SL201 model.sql:1:13-1:15 `}}}` was expected here, not `}}`'],
  ['{{{{raw}}}} a', 'SL202 model.sql:1:1-1:8 the block `raw` is not closed | add `{{{{/raw}}}}`'],
  [
    '{{(eq 1 2)}}',
    'SL201 model.sql:1:3-1:4 a name was expected here, not `(` | a helper that is called directly has no parentheses: `{{eq a b}}`',
  ],
  [
    'x {{! comment',
    'SL201 model.sql:1:3-1:5 the comment that begins here is not closed: the file ends before `}}` | close it with `}}`; to write two braces as plain text use `\\{{`',
  ],
  [
    'x {{!-- comment }}',
    'SL201 model.sql:1:3-1:8 the comment that begins here is not closed: the file ends before `--}}` | close it with `--}}`; to write two braces as plain text use `\\{{`',
  ],
  [
    '{{#each vars.list as |a}}{{/each}}',
    'SL201 model.sql:1:24-1:26 a name or `|` was expected here, not `}}`',
  ],
  [
    '{{vars.text}}}',
    'SL201 model.sql:1:12-1:15 `}}` was expected here, not `}}}` | put a space between the braces of the tag and those of the text',
  ],
  [
    'a {{vars.treshold}}',
    'SL203 model.sql:1:5-1:18 `vars` has no member `treshold` | did you mean `vars.threshold`?',
  ],
  [
    'a {{partition.strat}}\r\nb',
    'SL203 model.sql:1:5-1:20 `partition` has no member `strat` | did you mean `partition.start` or `partition.key`?',
  ],
  [
    '日本🦆 {{vras.threshold}}',
    'SL203 model.sql:1:8-1:22 there is no name `vras.threshold` here | did you mean `vars.threshold`?',
  ],
  [
    '{{threshold}}',
    'SL203 model.sql:1:3-1:12 there is no name `threshold` here | did you mean `vars.threshold`?',
  ],
  [
    '{{constructor}}',
    'SL203 model.sql:1:3-1:14 there is no name `constructor` here | there is `vars`, `incremental`, `partition`, `this`',
  ],
  [
    '{{__proto__}}',
    'SL203 model.sql:1:3-1:12 there is no name `__proto__` here | there is `vars`, `incremental`, `partition`, `this`',
  ],
  [
    '{{vars.constructor}}',
    'SL203 model.sql:1:3-1:19 `vars` has no member `constructor` | it has `threshold`, `list`, `none`, `names`, `o`, `nothing`, …',
  ],
  [
    '{{vars.__proto__.x}}',
    'SL203 model.sql:1:3-1:19 `vars` has no member `__proto__` | it has `threshold`, `list`, `none`, `names`, `o`, `nothing`, …',
  ],
  ['{{lookup vars "constructor"}}', 'SL203 model.sql:1:15-1:28 an object has no member `constructor`'],
  [
    '{{toString}}',
    'SL203 model.sql:1:3-1:11 there is no name `toString` here | there is `vars`, `incremental`, `partition`, `this`',
  ],
  [
    '{{vars.list.constructor}}',
    'SL203 model.sql:1:3-1:24 `vars.list` is a list and has no member `constructor` | go through its items with `{{#each}}`',
  ],
  ['{{vars.text.__proto__}}', 'SL203 model.sql:1:3-1:22 `vars.text` has no member `__proto__`'],
  [
    '{{#each vars.list}}{{vars.threshold}}{{/each}}',
    "SL203 model.sql:1:22-1:36 there is no name `vars.threshold` here | names belong to the block's item here: write `../vars.threshold`",
  ],
  [
    '{{#each vars.list}}{{../../vars}}{{/each}}',
    'SL203 model.sql:1:22-1:32 `../../vars` goes out of more blocks than there are | `@root.name` reaches the outermost one',
  ],
  ['{{@index}}', 'SL203 model.sql:1:3-1:9 `@index` has a meaning only inside `{{#each}}`'],
  ['{{@indx}}', 'SL203 model.sql:1:3-1:8 there is no `@indx` | did you mean `@index`?'],
  [
    '{{#each vars.list}}{{@first.x}}{{/each}}',
    'SL203 model.sql:1:22-1:30 `@first` is true and has no member `x`',
    'SL203 model.sql:1:22-1:30 `@first` is false and has no member `x`',
  ],
  ['{{vars.nothing.x}}', 'SL203 model.sql:1:3-1:17 `vars.nothing` is null and has no member `x`'],
  [
    '{{vars.list.x}}',
    'SL203 model.sql:1:3-1:14 `vars.list` is a list and has no member `x` | go through its items with `{{#each}}`',
  ],
  [
    '{{partition.start.dat}}',
    'SL203 model.sql:1:3-1:22 `partition.start` has no member `dat` | did you mean `partition.start.date`?',
  ],
  [
    '{{this.x}}',
    'SL203 model.sql:1:3-1:9 there is no name `this.x` here | there is `vars`, `incremental`, `partition`, `this`',
  ],
  [
    '{{identifer vars.text}}',
    'SL204 model.sql:1:3-1:12 there is no helper `identifer` | did you mean `identifier`?',
  ],
  [
    '{{log "x"}}',
    'SL204 model.sql:1:3-1:6 there is no helper `log` | a name with arguments is a helper: `identifier`, `literal`, `raw`, `join`, `default`, `lookup`, `eq`, `ne`, `lt`, `lte`, `gt`, `gte`, `in`, `and`, `or`, `not`',
  ],
  [
    '{{#lop vars.list}}{{/lop}}',
    'SL204 model.sql:1:4-1:7 there is no block `lop` | blocks are `if`, `unless`, `each`, `with`',
  ],
  [
    '{{#identifier vars.text}}{{/identifier}}',
    'SL204 model.sql:1:4-1:14 `identifier` is no block | write `{{identifier name}}`',
  ],
  ['{{if incremental "a"}}', 'SL204 model.sql:1:3-1:5 `if` is a block | write `{{#if condition}}…{{/if}}`'],
  [
    '{{#if (foo 1)}}{{/if}}',
    'SL204 model.sql:1:8-1:11 there is no helper `foo` | a name with arguments is a helper: `identifier`, `literal`, `raw`, `join`, `default`, `lookup`, `eq`, `ne`, `lt`, `lte`, `gt`, `gte`, `in`, `and`, `or`, `not`',
  ],
  [
    '{{vars.text 1}}',
    'SL204 model.sql:1:3-1:12 there is no helper `vars.text` | a name with arguments is a helper: `identifier`, `literal`, `raw`, `join`, `default`, `lookup`, `eq`, `ne`, `lt`, `lte`, `gt`, `gte`, `in`, `and`, `or`, `not`',
  ],
  [
    'a {{vars.text from {{vars.o}}',
    'SL201 model.sql:1:3-1:5 the tag that begins here is not closed: another one begins before `}}` | close it with `}}`; to write two braces as plain text use `\\{{`',
  ],
  ['{{#if (foo }}', 'SL201 model.sql:1:12-1:14 `)` was expected here, not `}}`'],
  [
    'x {{vars.text',
    'SL201 model.sql:1:3-1:5 the tag that begins here is not closed: the file ends before `}}` | close it with `}}`; to write two braces as plain text use `\\{{`',
  ],
  [
    'x {{#if incremental',
    'SL201 model.sql:1:3-1:5 the tag that begins here is not closed: the file ends before `}}` | close it with `}}`; to write two braces as plain text use `\\{{`',
  ],
  ['{{#*inline "x"}} a', 'SL202 model.sql:1:1-1:11 the block `inline` is not closed | add `{{/inline}}`'],
  ['{{#> dir}} a', 'SL202 model.sql:1:1-1:9 the block `dir` is not closed | add `{{/dir}}`'],
  ['{{^vars.text}} a', 'SL202 model.sql:1:1-1:13 the block `vars.text` is not closed | add `{{/vars.text}}`'],
  [
    '{{#each vars.list as |x|}}{{x 1}}{{/each}}',
    'SL204 model.sql:1:29-1:30 `x` is a block parameter and takes no arguments',
  ],
  ['{{> cens}}', 'SL205 model.sql:1:5-1:9 there is no macro `cens` | did you mean `cents`?'],
  [
    '{{> cents}}',
    'SL203 macros/cents.sql:1:15-1:21 there is no name `column` here | give it to the macro where it is called, `column=…`, or write `(default column …)`',
  ],
  ['{{> cents vars.o column="a" x=1 x=2}}', 'SL206 model.sql:1:33-1:36 the argument `x` is given twice'],
  [
    '{{> cents vars vars}}',
    'SL206 model.sql:1:16-1:20 a macro takes one context at most, but `cents` is given 2 | pass arguments by name: `{{> macro column="amount"}}`',
  ],
  [
    '{{> a}}',
    'SL209 macros/a.sql:1:6-1:7 macros call each other without end: b → c → a → b | a macro that calls itself needs a condition under which it stops',
  ],
  [
    '{{> self}}',
    'SL209 macros/self.sql:1:5-1:9 macros call each other without end: self → self | a macro that calls itself needs a condition under which it stops',
  ],
  [
    '{{> bad}}',
    'SL206 macros/bad.sql:2:5-2:7 `if` takes 1 argument, but is given 0 | write `{{#if condition}}…{{/if}}`; for a name `if` of the context write `this.if`',
  ],
  [
    '{{> dir}}',
    'SL205 macros/dir.sql:1:5-1:19 `@partial-block` is the body of `{{#> macro}}…{{/macro}}`, but this macro is called without one | guard it with `{{#if @partial-block}}…{{/if}}`',
  ],
  ['{{> (lookup vars "threshold")}}', "SL206 model.sql:1:5-1:30 a macro's name is a text, not a number"],
  [
    '{{identifier}}',
    'SL206 model.sql:1:3-1:13 `identifier` takes at least 1 argument, but is given 0 | write `{{identifier name}}`; for a name `identifier` of the context write `this.identifier`',
  ],
  [
    '{{literal 1 2}}',
    'SL206 model.sql:1:3-1:14 `literal` takes 1 argument, but is given 2 | write `{{literal value}}`',
  ],
  [
    '{{#if}}{{/if}}',
    'SL206 model.sql:1:4-1:6 `if` takes 1 argument, but is given 0 | write `{{#if condition}}…{{/if}}`; for a name `if` of the context write `this.if`',
  ],
  [
    '{{#if 1 2}}{{/if}}',
    'SL206 model.sql:1:4-1:10 `if` takes 1 argument, but is given 2 | write `{{#if condition}}…{{/if}}`',
  ],
  [
    '{{not}}',
    'SL206 model.sql:1:3-1:6 `not` takes 1 argument, but is given 0 | write `(not a)`; for a name `not` of the context write `this.not`',
  ],
  [
    '{{#each vars.list x=1}}{{/each}}',
    'SL206 model.sql:1:21-1:22 `each` has no option `x` | it is called as `{{#each list}}…{{/each}}`',
  ],
  [
    '{{join vars.names as="identifer"}}',
    'SL206 model.sql:1:3-1:33 `join` can write items as "literal", "identifier" or "raw" | did you mean `as="identifier"`?',
  ],
  ['{{join vars.names az=1}}', 'SL206 model.sql:1:22-1:23 `join` has no option `az` | it has `as=`'],
  ['{{join vars.text}}', 'SL206 model.sql:1:8-1:17 `join` takes a list, not a text'],
  ['{{join vars.names 1}}', 'SL206 model.sql:1:19-1:20 `join` takes a text as separator, not a number'],
  [
    '{{identifier 1}}',
    'SL206 model.sql:1:14-1:15 `identifier` takes a name or a list of its parts, not a number',
  ],
  [
    '{{identifier "a..b"}}',
    'SL206 model.sql:1:14-1:20 `a..b` has an empty part, which no identifier can have',
  ],
  [
    '{{identifier this}}',
    'SL206 model.sql:1:14-1:18 `identifier` takes a name or a list of its parts, not SQL | this is SQL already: write it without `identifier`',
  ],
  [
    '{{raw vars.o}}',
    'SL207 model.sql:1:7-1:13 the argument is an object, which is no SQL text | `raw` inserts a text as it is',
  ],
  [
    '{{lt 1 "a"}}',
    'SL206 model.sql:1:3-1:11 two numbers or two texts can be compared, not a number and a text',
  ],
  ['{{eq vars.o 1}}', 'SL206 model.sql:1:6-1:12 single values can be compared, not an object'],
  [
    '{{eq partition.start "2024-01-01"}}',
    "SL206 model.sql:1:6-1:21 `DATE '2024-01-01'` is an SQL expression, whose value only the engine knows | compare it in SQL, or compare `partition.key`",
  ],
  ['{{in 1 2}}', 'SL206 model.sql:1:8-1:9 `in` looks into a list, not into a number'],
  [
    '{{#each vars.text}}{{/each}}',
    'SL206 model.sql:1:9-1:18 `each` goes through a list or an object, but `vars.text` is a text',
  ],
  [
    '{{lookup vars "treshold"}}',
    'SL203 model.sql:1:15-1:25 an object has no member `treshold` | did you mean `threshold`?',
  ],
  ['{{lookup vars vars.list}}', 'SL206 model.sql:1:15-1:24 `lookup` takes a name or a number, not a list'],
  [
    '{{vars.o}}',
    'SL207 model.sql:1:3-1:9 `vars.o` is an object, which has no SQL literal | use one of its members: `a`, `b`',
  ],
  [
    '{{vars.none}}',
    'SL207 model.sql:1:3-1:12 `vars.none` is an empty list, which has no SQL literal | put it inside `{{#if list}}…{{else}}…{{/if}}` and say what should happen without items',
  ],
  [
    '{{vars.nested}}',
    'SL207 model.sql:1:3-1:14 `vars.nested` is a list of lists, which has no SQL literal | write the items in a loop: `{{#each list}}…{{/each}}`',
  ],
  [
    '{{vars.inf}}',
    'SL207 model.sql:1:3-1:11 `vars.inf` is Infinity, which has no SQL literal | write it in SQL, with a cast to its type',
  ],
  [
    '{{partition}}',
    'SL207 model.sql:1:3-1:12 `partition` is an object, which has no SQL literal | use one of its members: `start`, `key`',
  ],
  ['a\n{{source.x}}', 'SL208 model.sql:2:3-2:11 `source.x` has no meaning here: only sources have one'],
  [
    '{{#*inline x}}{{/inline}}',
    'SL206 model.sql:1:5-1:11 an inline partial needs one name, a text in quotes, and a body | write `{{#*inline "name"}}…{{/inline}}`',
  ],
  [
    '{{#*foo "x"}}{{/foo}}',
    'SL211 model.sql:1:5-1:8 there is no decorator `foo` | the only one is `{{#*inline "name"}}…{{/inline}}`',
  ],
  [
    '{{*inline "x"}}',
    'SL206 model.sql:1:4-1:10 an inline partial needs one name, a text in quotes, and a body | write `{{#*inline "name"}}…{{/inline}}`',
  ],
  ['{{#*inline "x"}}a{{else}}b{{/inline}}', 'SL202 model.sql:1:1-1:17 an inline partial has no `{{else}}`'],
  [
    '{{#each vars.list as |x|}}{{#*inline "p"}}{{x}}{{/inline}}{{> p}}{{/each}}',
    'SL211 model.sql:1:45-1:46 the block parameter `x` is not visible inside an inline partial | pass it by name: `{{> partial x=x}}`',
  ],
  ['{{#if incremental as |x|}}{{/if}}', 'SL211 model.sql:1:4-1:6 a block `if` gives no block parameters'],
  [
    '{{#vars as |x|}}{{/vars}}',
    'SL211 model.sql:1:4-1:8 a block `vars` gives no block parameters | write `{{#each vars as |…|}}` or `{{#with vars as |…|}}`',
  ],
  [
    '{{#with vars as |a b|}}{{/with}}',
    'SL211 model.sql:1:4-1:8 `with` gives one block parameter at most | write `{{#with value as |name|}}`',
  ],
  ['{{#raw 1}}{{/raw}}', 'SL206 model.sql:1:4-1:9 the block `raw` takes no arguments'],
  [
    '{{vars.x}} {{vars.y}}\n{{#each vars.list}}{{z}}{{/each}}',
    'SL203 model.sql:1:3-1:9 `vars` has no member `x` | did you mean `vars.o` or `vars.text`?',
    'SL203 model.sql:1:14-1:20 `vars` has no member `y` | did you mean `vars.o`?',
    'SL203 model.sql:2:22-2:23 there is no name `z` here',
  ],
  [
    '{{foo 1}} {{bar 2}} {{#if}}{{/if}}',
    'SL204 model.sql:1:3-1:6 there is no helper `foo` | a name with arguments is a helper: `identifier`, `literal`, `raw`, `join`, `default`, `lookup`, `eq`, `ne`, `lt`, `lte`, `gt`, `gte`, `in`, `and`, `or`, `not`',
    'SL204 model.sql:1:13-1:16 there is no helper `bar` | a name with arguments is a helper: `identifier`, `literal`, `raw`, `join`, `default`, `lookup`, `eq`, `ne`, `lt`, `lte`, `gt`, `gte`, `in`, `and`, `or`, `not`',
    'SL206 model.sql:1:24-1:26 `if` takes 1 argument, but is given 0 | write `{{#if condition}}…{{/if}}`; for a name `if` of the context write `this.if`',
  ],
]

describe('a mistake in a template', () => {
  test.each(cases)('%j', (template, ...mistakes) => {
    const absent = { source: 'only sources have one' }
    expect(mistakesOf(() => renderText(template, context, { macros, absent }))).toEqual(mistakes)
  })

  test('is told with the macro calls that led to it, innermost first, and a frame', () => {
    const work = () => renderText('select\r\n  {{> cents}}', context, { macros })
    const [mistake] = diagnosticsOf(work)
    expect(mistake).toMatchObject({
      place: { file: 'macros/cents.sql', line: 1, column: 15 },
      via: [{ file: 'model.sql', line: 2, column: 3, endLine: 2, endColumn: 14 }],
    })
    expect(mistake!.frame).toBe('  1 | ({{identifier column}} / 100)\n    |               ^^^^^^')
  })

  test('is placed in the whole file when a header stands before the template', () => {
    const text = '/*---\nmaterialized: view {{\n---*/\nselect {{foo 1}}'
    const work = () => parse({ file: 'models/a.sql', text }, text.indexOf('---*/') + 5)
    expect(mistakesOf(work)[0]).toMatch(/^SL204 models\/a\.sql:4:10-4:13 /)
  })

  test('is placed exactly behind characters that Handlebars takes for the end of a line', () => {
    expect(mistakesOf(() => renderText('\n\u2028a\u2029 {{vars.x}}', context))[0]).toMatch(
      /model\.sql:2:7-2:13/,
    )
  })

  test('is placed exactly behind long texts', () => {
    const long = `select ${'x, '.repeat(200)}\n`
    expect(mistakesOf(() => renderText(`${long}{{vars.text}}${long}{{/if}}`, context))[0]).toMatch(
      /^SL202 model\.sql:3:1-3:6 /,
    )
  })

  test('of a condition does not hide those of other places', () => {
    const found = mistakesOf(() => renderText('{{#if vars.a}}{{vars.b}}{{/if}}{{vars.c}}', context))
    expect(found.map((each) => each.split(' ')[1])).toEqual(['model.sql:1:7-1:13', 'model.sql:1:34-1:40'])
  })

  test('in a branch that is not taken is found when the text alone shows it', () => {
    expect(mistakesOf(() => renderText('{{#if incremental}}{{else}}{{foo 1}}{{/if}}', context))).toHaveLength(
      1,
    )
  })

  test('ends a rendering that would not end', () => {
    const bomb = { m0: '{{> m1}}{{> m1}}', ...Object.fromEntries(doubling(30)), m31: '' }
    const [first] = mistakesOf(() => renderText('{{> m0}}', {}, { macros: bomb }))
    expect(first).toMatch(/^SL210 .* more than 100000 macro calls/)
    const long = { list: Array.from({ length: 1000 }, () => 'x') }
    const nested = '{{#each list}}{{#each @root.list}}{{this}}{{/each}}{{/each}}'
    expect(mistakesOf(() => renderText(nested, long, { maxLength: 5000 }))[0]).toMatch(
      /^SL210 model\.sql:1:23-1:33 the rendered text is longer than 5000 characters/,
    )
  })

  test('of nesting too deep is told, not a stack overflow', () => {
    const depth = 300
    const deep = `${'{{#if incremental}}'.repeat(depth)}${'{{/if}}'.repeat(depth)}`
    expect(mistakesOf(() => renderText(deep, context))[0]).toMatch(/^SL210 model\.sql:1:1-/)
  })

  test('a name says why it has no meaning here', () => {
    const absent = { partition: 'a view has no partitions', this: 'a check has no relation of its own' }
    const found = mistakesOf(() =>
      renderText('{{partition.start}} {{this}} {{this.this}}', { vars: {} }, { absent }),
    )
    expect(found.slice(0, 2)).toEqual([
      'SL208 model.sql:1:3-1:18 `partition.start` has no meaning here: a view has no partitions',
      'SL208 model.sql:1:23-1:27 `this` has no meaning here: a check has no relation of its own',
    ])
  })
})

function doubling(count: number): readonly (readonly [string, string])[] {
  return Array.from({ length: count }, (_, i) => [`m${i + 1}`, `{{> m${i + 2}}}{{> m${i + 2}}}`] as const)
}

function diagnosticsOf(work: () => unknown) {
  try {
    work()
  } catch (error) {
    if (error instanceof SluiceError) return error.diagnostics
    throw error
  }
  return []
}
