import { describe, expect, test } from 'vitest'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { buildGraph, type GraphNode, type NodeKind } from '../../core/graph/graph.ts'
import type { NamedSelectors } from '../../core/graph/named-selectors.ts'
import { outsideOf, select } from '../../core/graph/select.ts'
import type { Change, NodeFacts, SelectionContext } from '../../core/graph/selection-context.ts'
import type { Aspect, Status } from '../../core/graph/selector.ts'

interface Draft extends Partial<NodeFacts> {
  readonly kind?: NodeKind
  readonly path?: string
  readonly tags?: readonly string[]
  readonly reads?: string
  readonly status?: string
  readonly change?: 'new' | string
}

/** raw ─ staging ─ marts ─ reports; what is not said is a view of nobody, unmodified. */
const drafts: Readonly<Record<string, Draft>> = {
  'raw.flights': {
    kind: 'source',
    path: 'models/raw.yml',
    tags: ['raw'],
    checks: ['not_null(id)', 'not_null'],
  },
  'raw.airports': { kind: 'source', path: 'models/raw.yml' },
  'other.flights': { kind: 'source', path: 'models/other.yml', change: 'body' },
  calendar: { kind: 'source', path: 'models/other.yml' },
  regions: { kind: 'seed', path: 'seeds/regions.csv', materialization: 'seed', status: 'fresh' },
  'staging.flights': {
    path: 'models/staging/flights.sql',
    tags: ['staging', 'month end'],
    reads: 'raw.flights calendar',
    owner: 'data@example.com',
    status: 'fresh',
    change: 'checks',
  },
  'staging.airports': {
    path: 'models/staging/airports.sql',
    tags: ['staging'],
    reads: 'raw.airports regions',
    owner: 'Data Team',
    status: 'missing',
  },
  'marts.daily': {
    path: 'models/marts/daily.sql',
    tags: ['mart', 'a+b', 'x:y', "it's"],
    reads: 'staging.flights',
    materialization: 'incremental',
    checks: ['no_negative_delay', 'expression', 'unique(day)', 'unique'],
    status: 'fresh stale failed',
    change: 'body configs',
  },
  'marts.dims': {
    path: 'models/marts/dims.sql',
    reads: 'staging.airports',
    materialization: 'table',
    owner: 'Data Science',
    status: 'fresh drifted',
    change: 'contract',
  },
  'reports.final': {
    path: 'models/reports/final report.sql',
    reads: 'marts.daily marts.dims',
    materialization: 'table',
    checks: ['unique(day, origin)', 'unique'],
    status: 'running missing',
    change: 'new',
  },
  'reports.staging': { path: 'models/reports/staging.sql', reads: 'marts.dims' },
  'checks.final_is_whole': {
    kind: 'check',
    path: 'checks/final_is_whole.sql',
    reads: 'reports.final',
    materialization: 'check',
    checks: ['final_is_whole'],
    change: 'new',
  },
}

const selectors: NamedSelectors = {
  nightly: { definition: 'tag:staging +marts.daily,raw.*', description: 'what the night needs' },
  list: { definition: ['regions', 'tag:mart'] },
  hot: {
    definition: {
      union: ['tag:staging+', 'regions'],
      intersection: ['kind:model', ['materialization:view', 'materialization:table']],
      exclude: ['selector:slow', { union: ['tag:mart'], exclude: ['marts.daily'] }],
    },
  },
  slow: { definition: 'reports.final+' },
  rest: { definition: { exclude: ['tag:staging+', 'kind:source'] } },
  broken: { definition: { union: ['regions', 'tag:nightly'] } },
  none: { definition: { union: ['regions'], exclude: ['regions'] } },
  failures: { definition: { union: ['status:failed+'], exclude: ['tag:mart'] } },
}

const nodes = Object.entries(drafts).map(
  ([name, draft]): GraphNode => ({
    name,
    kind: draft.kind ?? 'model',
    path: draft.path!,
    tags: draft.tags ?? [],
    upstream: draft.reads?.split(' ') ?? [],
  }),
)

const words = <T extends string>(text = ''): ReadonlySet<T> => new Set(text.split(' ').filter(Boolean) as T[])

const context: SelectionContext = {
  graph: buildGraph(nodes),
  selectors,
  facts: (name) => {
    const { kind, materialization = kind ?? 'view', owner, checks = [] } = drafts[name]!
    return { materialization, checks, ...(owner === undefined ? {} : { owner }) }
  },
  changeOf: (name): Change => {
    const { change } = drafts[name]!
    return change === 'new' ? { kind: 'new' } : { kind: 'known', differs: words<Aspect>(change) }
  },
  statusOf: (name) => words<Status>(drafts[name]!.status),
}

const selected = (include: readonly string[], exclude: readonly string[] = []) =>
  [...select(context, include, exclude)].sort()

function refusals(include: readonly string[], exclude: readonly string[] = [], within = context) {
  try {
    select(within, include, exclude)
  } catch (error) {
    if (error instanceof SluiceError) return error.diagnostics
    throw error
  }
  throw new Error('nothing was refused')
}

const everything = Object.keys(drafts)
const sources = everything.filter((name) => drafts[name]!.kind === 'source')

describe('a selector selects', () => {
  const cases: readonly [string, string | readonly string[]][] = [
    // Names, and schemas where no relation has the name.
    ['marts', 'marts.daily marts.dims'],
    ['marts.*', 'marts.daily marts.dims'],
    ['rep*', 'reports.final reports.staging'],
    ['checks', 'checks.final_is_whole'],
    ['final_is_whole', 'checks.final_is_whole'],
    ['*.[a-d]*', 'raw.airports staging.airports marts.daily marts.dims'],
    ['d?[im]*', 'marts.daily marts.dims'],
    ['name:marts', 'marts.daily marts.dims'],
    ['"marts.daily"', 'marts.daily'],
    ["'marts'.daily+", 'marts.daily reports.final checks.final_is_whole'],
    ['1+"marts.daily"', 'staging.flights marts.daily'],
    // Paths and files, by their look as well.
    ['models/staging', 'staging.flights staging.airports'],
    ['./models/staging/', 'staging.flights staging.airports'],
    ['models\\staging', 'staging.flights staging.airports'],
    ['models/**/[df]*.sql', 'staging.flights marts.daily marts.dims reports.final'],
    ['path:"models/reports/final report.sql"', 'reports.final'],
    ['path:models/reports/"final report"*', 'reports.final'],
    ['path:seeds', 'regions'],
    ['flights.sql', 'staging.flights'],
    ['regions.csv', 'regions'],
    ['raw.yml', 'raw.flights raw.airports'],
    ['file:daily', 'marts.daily'],
    ['file:d*.sql', 'marts.daily marts.dims'],
    ['file:*.csv+1', 'regions staging.airports'],
    // Tags, with characters of the grammar in quotes.
    ['tag:"month end"', 'staging.flights'],
    ['tag:month*', 'staging.flights'],
    ["tag:'a+b'", 'marts.daily'],
    ['tag:x:y', 'marts.daily'],
    ['tag:"it\'s"', 'marts.daily'],
    ["tag:'it''s'", 'marts.daily'],
    ['config.tags:mart', 'marts.daily'],
    ['tag:[m]*', 'staging.flights marts.daily'],
    // Kinds and materializations.
    ['kind:seed', 'regions'],
    ['kind:source', sources],
    ['resource_type:check', 'checks.final_is_whole'],
    ['kind:s*', [...sources, 'regions']],
    ['materialization:incremental', 'marts.daily'],
    ['config.materialized:table', 'marts.dims reports.final'],
    ['materialized:view', 'staging.flights staging.airports reports.staging'],
    ['materialization:seed', 'regions'],
    // Sources: by schema, by table, whole.
    ['source:raw', 'raw.flights raw.airports'],
    ['source:raw.*', 'raw.flights raw.airports'],
    ['source:raw.flights', 'raw.flights'],
    ['source:flights', 'raw.flights other.flights'],
    ['source:calendar+1', 'calendar staging.flights'],
    ['source:*', sources],
    ['source:*.*', 'raw.flights raw.airports other.flights'],
    ['source:o*', 'other.flights'],
    // Checks: of their own, and built in.
    ['check:final_is_whole', 'checks.final_is_whole'],
    ['check:final*', 'checks.final_is_whole'],
    ['check:unique', 'marts.daily reports.final'],
    ['check:not_null', 'raw.flights'],
    ['check:no_negative_delay', 'marts.daily'],
    ['check:"unique(day, origin)"', 'reports.final'],
    ['check:unique(*)', 'marts.daily reports.final'],
    // Owners.
    ['owner:data@example.com', 'staging.flights'],
    ['owner:"Data Team"+1', 'staging.airports marts.dims'],
    ['owner:Data?*', 'staging.airports marts.dims'],
    // What changed.
    ['state:new', 'reports.final checks.final_is_whole'],
    [
      'state:modified',
      'other.flights staging.flights marts.daily marts.dims reports.final checks.final_is_whole',
    ],
    ['state:modified.body', 'other.flights marts.daily reports.final checks.final_is_whole'],
    ['state:modified.contract', 'marts.dims reports.final checks.final_is_whole'],
    ['state:modified.checks,state:old', 'staging.flights'],
    ['state:modified.layout', 'reports.final checks.final_is_whole'],
    ['state:modified.configs,kind:model', 'marts.daily reports.final'],
    ['state:unmodified,kind:model', 'staging.airports reports.staging'],
    ['state:new+', 'reports.final checks.final_is_whole'],
    ['1+state:modified.contract,tag:staging', 'staging.airports'],
    // What is published.
    ['status:missing', 'staging.airports reports.final'],
    ['status:fresh', 'regions staging.flights marts.daily marts.dims'],
    ['status:drifted', 'marts.dims'],
    ['status:running', 'reports.final'],
    ['status:failed+', 'marts.daily reports.final checks.final_is_whole'],
    ['@status:failed', everything.filter((name) => name !== 'other.flights' && name !== 'reports.staging')],
    ['status:stale status:running', 'marts.daily reports.final'],
    // What is empty today is no mistake beside something else.
    ['regions status:stale,status:drifted', 'regions'],
    ['regions selector:failures,status:fresh', 'regions'],
    // @: all downstream, and all that any of that needs.
    ['@marts.dims', everything.filter((name) => name !== 'other.flights')],
    ['@reports.staging', 'reports.staging marts.dims staging.airports raw.airports regions'],
    ['@tag:mart,kind:seed', 'regions'],
    // Named ones.
    ['selector:nightly', 'staging.flights staging.airports raw.flights'],
    ['selector:list', 'regions marts.daily'],
    ['selector:hot', 'staging.flights staging.airports marts.dims reports.staging'],
    ['1+selector:slow', 'marts.daily marts.dims reports.final checks.final_is_whole'],
    ['selector:rest', 'regions'],
    ['selector:failures', 'reports.final checks.final_is_whole'],
    ['@selector:list,selector:hot', 'staging.flights staging.airports marts.dims reports.staging'],
    // Numbers.
    ['2+reports.final', 'staging.flights staging.airports marts.daily marts.dims reports.final'],
    ['1+marts.daily+1', 'staging.flights marts.daily reports.final'],
    ['99999999999999999999+regions', 'regions'],
  ]
  test.each(
    cases.map(([text, names]) => [text, typeof names === 'string' ? names.split(' ') : names] as const),
  )('%s', (text, names) => {
    expect(selected([text])).toEqual([...names].sort())
  })
})

describe('what is excluded', () => {
  test.each<[string[], string[], string]>([
    [[], ['kind:source', 'staging.*', 'marts', 'checks'], 'regions reports.final reports.staging'],
    [['selector:list'], ['status:failed'], 'regions'],
    [['regions'], ['status:failed,status:missing'], 'regions'],
    [['regions'], ['state:modified.layout,raw.*'], 'regions'],
    [['selector:hot'], ['selector:nightly,tag:staging'], 'marts.dims reports.staging'],
  ])('%j without %j', (include, exclude, expected) => {
    expect(selected(include, exclude)).toEqual(expected.split(' ').sort())
  })
})

describe('a selector is refused', () => {
  test.each<[string, string, string, string]>([
    ['sttaging', 'SL420', 'the selector "sttaging" matches nothing', 'did you mean `staging`?'],
    ['mart', 'SL420', 'the selector "mart" matches nothing', 'tag:mart selects by tag.'],
    [
      'hot+',
      'SL420',
      'the selector "hot+" matches nothing',
      'selector:hot is a named selector of sluice.yml.',
    ],
    ['"marts.*"', 'SL420', 'the selector ""marts.*"" matches nothing', ''],
    [
      'path:models/stagin',
      'SL420',
      'the selector "path:models/stagin" matches nothing',
      'did you mean `models/staging`?',
    ],
    ['fligths.sql', 'SL420', 'the selector "fligths.sql" matches nothing', '`flights.sql`'],
    ['kind:modl', 'SL420', 'the selector "kind:modl" matches nothing', 'did you mean `model`?'],
    ['source:row', 'SL420', 'the selector "source:row" matches nothing', 'did you mean `raw`?'],
    ['source:staging.flights', 'SL420', 'the selector "source:staging.flights" matches nothing', 'flights`'],
    [
      'check:final_is_hole',
      'SL420',
      'the selector "check:final_is_hole" matches nothing',
      '`final_is_whole`',
    ],
    [
      'materialization:snapshot',
      'SL420',
      'the selector "materialization:snapshot" matches nothing',
      'There are `check`, `incremental`',
    ],
    [
      'owner:nobody',
      'SL420',
      'the selector "owner:nobody" matches nothing',
      'There are `Data Science`, `Data Team`',
    ],
    [
      'staging',
      'SL422',
      '"staging" may be `reports.staging` or the schema `staging`',
      'Write "staging.*" for all of the schema, or the whole name of a relation.',
    ],
    [
      'flights',
      'SL422',
      '"flights" may be `other.flights` or `raw.flights` or `staging.flights`',
      'Write the schema too, or "*.flights" for all of them.',
    ],
    ['selector:nigthly', 'SL427', 'there is no named selector `nigthly`', 'did you mean `nightly`?'],
    ['selector:constructor', 'SL427', 'there is no named selector `constructor`', ''],
    ['selector:none', 'SL420', 'the named selector `none` selects nothing', ''],
    ['tga:x', 'SL421', 'there is no selector method `tga:`', 'did you mean `tag`?'],
    ['fqn:x', 'SL421', 'there is no selector method `fqn:`', 'here it is `name:`'],
    ['test_name:unique', 'SL421', 'there is no selector method `test_name:`', 'here it is `check:`'],
    [':x', 'SL421', 'there is no selector method `:`', 'Methods are'],
    ['status:stael', 'SL421', 'there is no status `stael`', 'did you mean `stale`?'],
    ['status:*', 'SL421', 'there is no status `*`', 'There are `missing`, `stale`'],
    ['state:modifed', 'SL421', 'there is no state `modifed`', '`modified`'],
    ['state:modified.bodies', 'SL421', 'there is no state `modified.bodies`', '`modified.body`'],
    ['@marts.daily+', 'SL421', '"@marts.daily+" combines @ with +', 'nothing to add'],
    ['@2+marts.daily', 'SL421', '"@2+marts.daily" combines @ with +', ''],
    ['@', 'SL421', 'the selector "@" names nothing', ''],
    ['tag:a+b', 'SL421', 'the selector "tag:a+b" names nothing', 'in quotes'],
    ['tag:', 'SL421', 'the selector "tag:" names nothing', 'A selector is a name'],
    ['tag:""', 'SL421', 'the selector "tag:""" names nothing', 'A selector is a name'],
    ['owner:"Data Team', 'SL421', 'the quote " is not closed', ''],
    ["tag:it's", 'SL421', "the quote ' is not closed", 'between " and "'],
    ['', 'SL421', 'a selector is empty', ''],
  ])('%s', (text, code, message, hint) => {
    const [found, ...others] = refusals([text])
    expect(found).toMatchObject({ code, message })
    expect(found!.hint).toContain(hint)
    expect(others).toEqual([])
  })

  test('with its place in what was written, if more was', () => {
    const [found] = refusals([], ['tag:mart owner:nobody,regions'])
    expect(found).toMatchObject({
      message: 'the selector "owner:nobody" matches nothing',
      place: { file: '--exclude', line: 1, column: 10, endColumn: 22 },
      frame: '  1 | tag:mart owner:nobody,regions\n    |          ^^^^^^^^^^^^',
    })
    expect(refusals(['owner:nobody'])[0]).not.toHaveProperty('place')
    const [method] = refusals(['regions 1+tga:x+'])
    expect(method!.place).toMatchObject({ file: '--select', column: 11, endColumn: 14 })
  })

  test('in a named selector, once, wherever it is used', () => {
    const found = refusals(['selector:broken', 'selector:broken,regions', '+selector:broken'])
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ code: 'SL420', message: 'the selector "tag:nightly" matches nothing' })
  })

  test('with everything else that is wrong', () => {
    const codes = refusals(['nope tag:nope', 'fqn:x'], ['selector:nope', 'regions,checks']).map(
      (each) => each.code,
    )
    expect(codes).toEqual(['SL420', 'SL420', 'SL421', 'SL427', 'SL420'])
  })
})

describe('a selection that is empty now', () => {
  test.each([
    [['status:stale,status:drifted'], []],
    [['selector:failures,regions'], []],
    [['1+state:modified.layout,kind:seed'], ['regions']],
  ])('has a code of its own: %j without %j', (include, exclude) => {
    expect(refusals(include, exclude)[0]!.code).toBe('SL426')
  })

  test('is another matter if it is excluded', () => {
    expect(refusals(['status:failed'], ['tag:mart'])[0]!.code).toBe('SL423')
    expect(refusals([], ['*', '*.*'])[0]!.code).toBe('SL423')
  })
})

test('where a relation is to be named, its state cannot name it', () => {
  const { statusOf: _, ...without } = context
  expect(refusals(['status:failed'], [], without)[0]).toMatchObject({
    code: 'SL421',
    message: '"status:failed" cannot be used here',
  })
})

test('without a saved manifest nothing can be compared', () => {
  const { changeOf: _, ...without } = context
  const [found] = refusals(['regions state:modified+'], [], without)
  expect(found).toMatchObject({
    code: 'SL424',
    frame: '  1 | regions state:modified+\n    |         ^^^^^^^^^^^^^^^',
  })
})

describe('the outside is asked', () => {
  test.each<[string[], string[]]>([
    [['marts.*', 'tag:status', '"status:failed"'], []],
    [['regions 1+status:failed,tag:x'], ['status']],
    [
      ['@state:modified', 'status:stale'],
      ['state', 'status'],
    ],
    [['selector:failures'], ['status']],
    [['selector:nightly', 'selector:nope', '+'], []],
  ])('for %j: %j', (values, expected) => {
    expect([...outsideOf(selectors, values)]).toEqual(expected)
  })

  test('through named selectors, circles too', () => {
    const circle = { a: { definition: ['selector:b'] }, b: { definition: 'selector:a state:new' } }
    expect([...outsideOf(circle, ['selector:a'])]).toEqual(['state'])
  })
})
