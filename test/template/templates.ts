import fc from 'fast-check'

/** Stands in texts where a test may put a character of its own. */
export const mark = '¤'

/** A random template with random macros. Most names exist where they are used, but not all. */
export interface GeneratedProject {
  readonly text: string
  readonly macros: Readonly<Record<string, string>>
  readonly context: Readonly<Record<string, unknown>>
}

export const context = {
  name: 'orders',
  zero: 0,
  one: 1,
  yes: true,
  no: false,
  empty: '',
  none: [],
  list: ['a', 'b', 'ü'],
  numbers: [3, 1, 0, 1],
  rows: [
    { id: 1, tags: ['x', 'y'], name: 'first', deep: { id: 10, list: [1] } },
    { id: 2, tags: [], name: '', deep: { id: 20, list: ['q'] } },
  ],
  map: { b: 2, a: 1, '7': 'seven' },
  deep: { a: { 'b c': 'spaced', id: 5, list: [1, 2] }, id: 4, name: 'deep', yes: true, list: [1, true] },
  id: 0.5,
  vars: { x: 'ex', rate: 1.25 },
  'odd name': 'odd',
}

/** `any` is the context of a macro, which may be called with any. */
type Kind = 'root' | 'row' | 'deep' | 'scalar' | 'any'

/** What a template sees: kinds of contexts, innermost first, and loops around it. */
interface Surroundings {
  readonly kinds: readonly Kind[]
  readonly loops: number
  readonly params: readonly string[]
  readonly depth: number
  /** What may be called here. */
  readonly partials: readonly string[]
  readonly inlines: boolean
}

const everywhere = [
  '@root.name',
  '@root.one',
  '@root.deep.a.list',
  '@root.rows.[1].id',
  '@root.[odd name]',
  '@root.vars.x',
]
const members: Readonly<Record<Kind, readonly string[]>> = {
  root: [
    ...[
      'name',
      'zero',
      'one',
      'yes',
      'no',
      'empty',
      'list',
      'id',
      'deep.id',
      'deep.a.id',
      'deep.a.[b c]',
      'deep/name',
    ],
    ...[
      'this.name',
      './id',
      'this/id',
      'rows.[0].name',
      'rows.[1].deep.id',
      'list.length',
      'name.length',
      'vars.x',
    ],
    ...['[odd name]', 'map.[7]', 'map.b', 'this.one', 'vars.rate'],
  ],
  row: ['id', 'name', 'this.id', './name', 'tags.length', 'deep.id', 'deep/list', 'this/deep.id'],
  deep: ['id', 'this.id', 'list', './list.length'],
  scalar: ['this', '.', 'this', '.'],
  any: ['@root.id'],
}
const objectsOf: Readonly<Record<Kind, readonly (readonly [string, Kind])[]>> = {
  root: [
    ['deep', 'deep'],
    ['rows.[0]', 'row'],
    ['this', 'root'],
    ['rows.[1].deep', 'deep'],
    ['name', 'scalar'],
    ['one', 'scalar'],
    ['zero', 'scalar'],
  ],
  row: [
    ['deep', 'deep'],
    ['.', 'row'],
    ['name', 'scalar'],
    ['id', 'scalar'],
  ],
  deep: [
    ['this', 'deep'],
    ['id', 'scalar'],
  ],
  scalar: [['this', 'scalar']],
  any: [['.', 'any']],
}
const listsOf: Readonly<Record<Kind, readonly (readonly [string, Kind])[]>> = {
  root: [
    ['list', 'scalar'],
    ['numbers', 'scalar'],
    ['none', 'scalar'],
    ['rows', 'row'],
    ['map', 'scalar'],
    ['deep.a.list', 'scalar'],
    ['vars', 'scalar'],
  ],
  row: [
    ['tags', 'scalar'],
    ['deep.list', 'scalar'],
  ],
  deep: [['list', 'scalar']],
  scalar: [],
  any: [],
}

function namesIn({ kinds, loops, params }: Surroundings): readonly string[] {
  const names = [...everywhere, ...params]
  kinds.slice(0, 3).forEach((kind, depth) => {
    const own = members[kind].map(
      (name) => '../'.repeat(depth) + name.replace(/^(this|\.)(?=\/|\.|$)[/.]?/, depth > 0 ? '' : '$&'),
    )
    names.push(...own.map((name) => (name.endsWith('../') ? name.slice(0, -1) : name)))
  })
  if (loops > 0) names.push('@index', '@key', '@first', '@last')
  if (loops > 1) names.push('@../index', '@../key')
  return names.flatMap((name) => (members[kinds[0]!].includes(name) ? [name, name] : [name]))
}

const space = fc.constantFrom(
  '',
  '',
  ' ',
  '  ',
  '\n',
  '\n  ',
  '\t',
  ' \n',
  '\r\n',
  '\r\n ',
  '\n\n',
  '\u2028 ',
  '\u00a0',
)
const words = fc.constantFrom(
  ...[
    'select¤',
    '¤',
    'a < b',
    "it's",
    '日¤本語¤',
    '🦆¤ ',
    ' } ',
    '{ { ',
    ' } }} ',
    '"',
    '--x',
    'x }-',
    '\\ ',
    'x \\n',
    " '} '",
  ],
  'select flight_date, ¤count(*) as flights, avg(delay) as mean¤',
  ', sum(case when delay > 1 then 1 else 0 end) as delayed -- a long comment\n  from staging.flights  ',
)
const tricky = fc.constantFrom(
  '\\',
  '\\\\',
  'x\\',
  '{',
  '\\{{name}}',
  '\\\\{{name}}',
  '\\{{#if x}}',
  'a \\{{x}} b',
)
const text = fc
  .array(
    fc.oneof(
      { weight: 20, arbitrary: space },
      { weight: 30, arbitrary: words },
      { weight: 1, arbitrary: tricky },
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((pieces) => pieces.join(''))

const strip = fc.constantFrom('', '', '', '', '~')
const pad = fc.constantFrom('', '', '', ' ', '\n ')
const literal = fc.constantFrom(
  '"text"',
  "'it\\'s'",
  '1',
  '-2.5',
  'true',
  'false',
  'null',
  '"a b"',
  '"a\\"b"',
  '"}} {{"',
)

const comment = fc
  .tuple(strip, fc.constantFrom('! a comment ', '!-- with }} inside --', '!', '! two\nlines '), strip)
  .map(([left, body, right]) => `{{${left}${body}${right}}}`)
const rawBlock = fc
  .tuple(space, fc.constantFrom('{{name}}', 'plain', '{{{{x}}}}y{{{{/x}}}}', '{{#if}}', 'a {{b'), space)
  .map(([before, body, after]) => `{{{{raw}}}}${before}${body}${after}{{{{/raw}}}}`)

function simpleIn(around: Surroundings): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 160, arbitrary: fc.constantFrom(...namesIn(around)) },
    { weight: 40, arbitrary: literal },
    { weight: 1, arbitrary: fc.constantFrom('missing', 'constructor', 'deep.missing', '../../../../name') },
  )
}

function expressionIn(around: Surroundings, depth = 2): fc.Arbitrary<string> {
  const simple = simpleIn(around)
  if (depth === 0) return simple
  const inner = expressionIn(around, depth - 1)
  const scalar = fc.constantFrom('@root.name', '@root.one', '"text"', '1', 'true')
  return fc.oneof(
    { weight: 4, arbitrary: simple },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom('eq', 'ne'), scalar, scalar).map((parts) => `(${parts.join(' ')})`),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom('and', 'or'), inner, inner).map((parts) => `(${parts.join(' ')})`),
    },
    { weight: 1, arbitrary: inner.map((a) => `(not ${a})`) },
    { weight: 1, arbitrary: scalar.map((a) => `(in ${a} @root.list)`) },
    { weight: 1, arbitrary: fc.constantFrom('absent', '@root.name').map((a) => `(default ${a} "fallback")`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '(lookup @root.deep "id")',
        '(lookup @root.list 1)',
        '(lookup @root "vars")',
      ),
    },
  )
}

function mustacheIn(around: Surroundings): fc.Arbitrary<string> {
  const helper = fc.oneof(
    fc.constantFrom(
      'identifier @root.name',
      'identifier "a.b" @root.name',
      'raw @root.name',
      'raw "x y"',
      'join @root.list',
    ),
    fc.constantFrom(
      'join @root.numbers " - "',
      'default absent 1',
      'eq @root.one 1',
      'lookup @root "name"',
      'literal "x"',
    ),
  )
  const inner = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...namesIn(around)) },
    { weight: 1, arbitrary: helper },
  )
  return fc
    .tuple(strip, pad, inner, pad, strip, fc.nat(8))
    .map(([left, a, name, b, right, shape]) =>
      shape === 0
        ? `{{${left}{${a}${name}${b}}${right}}}`
        : `{{${left}${shape === 1 ? '&' : ''}${a}${name}${b}${right}}}`,
    )
}

function callOf(around: Surroundings): fc.Arbitrary<readonly [name: string, rest: string]> {
  const hash = fc
    .uniqueArray(fc.tuple(fc.constantFrom('arg', 'id', 'name', 'odd'), expressionIn(around, 1)), {
      maxLength: 2,
      selector: ([key]) => key,
    })
    .map((pairs) => pairs.map(([key, value]) => ` ${key}=${value}`).join(''))
  const objects = objectsOf[around.kinds[0]!].map(([name]) => ` ${name}`)
  const argument = fc.constantFrom('', '', '', '', ...objects, ' @root', ' @root.rows.[0]')
  return fc
    .tuple(fc.constantFrom(...around.partials), argument, hash)
    .map(([name, given, args]) => [name, `${given}${args}`] as const)
}

const bodies = new Map<string, fc.Arbitrary<string>>()

function bodyIn(around: Surroundings): fc.Arbitrary<string> {
  const key = JSON.stringify(around)
  const known = bodies.get(key)
  if (known) return known
  const pieces: { weight: number; arbitrary: fc.Arbitrary<string> }[] = [
    { weight: 8, arbitrary: text },
    { weight: 6, arbitrary: mustacheIn(around) },
    { weight: 1, arbitrary: comment },
    { weight: 1, arbitrary: rawBlock },
  ]
  if (around.partials.length > 0) {
    const partial = fc
      .tuple(space, strip, callOf(around), strip, space)
      .map(
        ([before, left, [name, rest], right, after]) =>
          `${before}{{${left}> ${name}${rest}${right}}}${after}`,
      )
    pieces.push({ weight: 5, arbitrary: partial })
  }
  if (around.depth > 0) pieces.push({ weight: 9, arbitrary: blockIn(around) })
  const body = fc.array(fc.oneof(...pieces), { maxLength: 5 }).map((parts) => parts.join(''))
  bodies.set(key, body)
  return body
}

function blockIn(around: Surroundings): fc.Arbitrary<string> {
  const { kinds, loops, params, partials } = around
  const within = (changes: Partial<Surroundings>) =>
    bodyIn({ ...around, depth: around.depth - 1, ...changes })
  const same = within({})
  const condition = expressionIn(around)
  const conditional = fc
    .tuple(
      fc.tuple(fc.constantFrom('if', 'unless'), condition, fc.constantFrom('', '', ' includeZero=true')),
      fc.tuple(strip, strip, strip, strip),
      fc.tuple(same, same, same, condition, fc.nat(3)),
    )
    .map(([[name, test, option], [a, b, c, d], [first, second, third, other, shape]]) => {
      const open = `{{${a}#${name} ${test}${option}${b}}}${first}`
      const close = `{{${c}/${name}${d}}}`
      if (shape === 0) return open + close
      if (shape === 1) return `${open}{{${b}else${a}}}${second}${close}`
      if (shape === 2) return `${open}{{${c}^${d}}}${second}${close}`
      return `${open}{{${d}else if ${other}${c}}}${second}{{else}}${third}${close}`
    })
  const lists = [
    ...listsOf[kinds[0]!],
    ...listsOf.root.map(([name, kind]) => [`@root.${name}`, kind] as const),
    ...(kinds.length > 1 ? listsOf[kinds[1]!].map(([name, kind]) => [`../${name}`, kind] as const) : []),
  ]
  const each = fc
    .tuple(fc.constantFrom(...lists), fc.constantFrom([], [], ['item'], ['it', 'pos']))
    .chain(([[list, kind], names]) =>
      fc
        .tuple(
          within({ kinds: [kind, ...kinds], loops: loops + 1, params: [...params, ...names] }),
          fc.option(same, { nil: undefined }),
          fc.tuple(strip, strip, strip, strip),
        )
        .map(([inner, otherwise, [a, b, c, d]]) => {
          const as = names.length > 0 ? ` as |${names.join(' ')}|` : ''
          const inverse = otherwise === undefined ? '' : `{{${b}else${c}}}${otherwise}`
          return `{{${a}#each ${list}${as}${b}}}${inner}${inverse}{{${c}/each${d}}}`
        }),
    )
  const withBlock = fc
    .tuple(
      fc.constantFrom(...objectsOf[kinds[0]!], ['@root.rows.[0]', 'row'] as const),
      fc.constantFrom([], [], ['it']),
    )
    .chain(([[object, kind], names]) =>
      fc
        .tuple(
          within({
            kinds: object === 'this' || object === '.' ? kinds : [kind, ...kinds],
            params: [...params, ...names],
          }),
          same,
        )
        .map(([inner, otherwise]) => {
          const as = names.length > 0 ? ` as |${names.join(' ')}|` : ''
          return `{{#with ${object}${as}}}${inner}{{else}}${otherwise}{{/with}}`
        }),
    )
  const blocks: fc.Arbitrary<string>[] = [
    conditional,
    conditional,
    each,
    each,
    withBlock,
    same.map((inner) => `{{#raw}}${inner}{{/raw}}`),
  ]
  if (kinds[0] === 'root') {
    const section = fc.constantFrom(
      ['yes', 'root'],
      ['no', 'root'],
      ['deep', 'deep'],
      ['none', 'scalar'],
      ['rows', 'row'],
      ['empty', 'scalar'],
    ) as fc.Arbitrary<[string, Kind]>
    blocks.push(
      fc.tuple(fc.constantFrom('#', '^'), section).chain(([sign, [name, kind]]) => {
        const inside =
          sign === '#' && kind !== 'root'
            ? { kinds: [kind, ...kinds], loops: loops + (name === 'rows' ? 1 : 0) }
            : {}
        return within(inside).map((inner) => `{{${sign}${name}}}${inner}{{/${name}}}`)
      }),
    )
  }
  if (partials.length > 0 && around.inlines) {
    // Block parameters are not visible inside, and the contexts outside are another matter.
    const inside = within({ kinds: [kinds[0]!], params: [] })
    blocks.push(
      fc
        .tuple(fc.constantFrom('local', 'cents', 'own'), inside, space)
        .map(([name, inner, after]) => `{{#*inline "${name}"}}${inner}{{/inline}}${after}`),
      fc
        .tuple(callOf(around), same)
        .filter(([[name]]) => /^[a-z/]+$/.test(name))
        .map(([[name, rest], inner]) => `{{#> ${name}${rest}}}:${inner}{{/${name}}}`),
    )
  }
  return fc.oneof(...blocks)
}

function template(
  partials: readonly string[],
  depth: number,
  inlines: boolean,
  kind: Kind = 'any',
): fc.Arbitrary<string> {
  const body = bodyIn({ kinds: [kind], loops: 0, params: [], depth, partials, inlines })
  return fc.array(body, { minLength: 1, maxLength: 2 }).map((parts) => parts.join(''))
}

/** `local` is an inline partial of some templates; `nothing` never exists and stands for the body of its call. */
export const anyProject: fc.Arbitrary<GeneratedProject> = fc
  .record({
    main: template(
      [
        'cents',
        'lines',
        'dir/deep',
        'wrap',
        '"a b"',
        '[a b]',
        '(lookup @root.macros "lines")',
        'cents',
        'local',
      ],
      3,
      true,
      'root',
    ),
    cents: template([], 1, false),
    lines: fc.oneof(
      template([], 1, false),
      fc.constantFrom('a\nb\n', '\n', '', 'x', '  a\n\n  {{@root.id}}\n', 'a\r\nb'),
    ),
    deep: template(['cents', 'lines'], 1, true),
    wrap: template(['dir/deep', 'lines', 'nothing'], 2, true),
    body: fc.constantFrom(
      '',
      '{{> @partial-block}}',
      '\n  {{> @partial-block}}\n',
      '{{> @partial-block id=7}}',
    ),
    ab: template(['wrap', 'lines'], 1, true),
  })
  .map(({ main, cents, lines, deep, wrap, body, ab }) => ({
    // `local` is defined in most templates.
    text:
      main.includes('> local') && main.length % 8 !== 0
        ? `${main}{{#*inline "local"}}[{{@root.name}}]{{/inline}}`
        : main,
    macros: {
      cents,
      lines,
      'dir/deep': deep,
      wrap: body === '' ? wrap : `${wrap}{{#if @partial-block}}${body}{{/if}}`,
      'a b': ab,
    },
    context: { ...context, macros: { lines: 'lines' } },
  }))
