import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { buildGraph, type GraphNode } from '../../core/graph/graph.ts'
import { select } from '../../core/graph/select.ts'

const node = (
  name: string,
  path: string,
  upstream: readonly string[] = [],
  tags: readonly string[] = [],
): GraphNode => ({ name, kind: 'model', path, tags, upstream })

const graph = buildGraph([
  node('raw.flights', 'models/sources.yml'),
  node('raw.airports', 'models/sources.yml'),
  node('regions', 'seeds/regions.csv', [], ['seed']),
  node('staging.flights', 'models/staging/flights.sql', ['raw.flights'], ['staging', 'daily']),
  node('staging.airports', 'models/staging/airports.sql', ['raw.airports'], ['staging']),
  node('dims.airports', 'models/dims/airports.sql', ['staging.airports', 'regions']),
  node('marts.daily', 'models/marts/daily.sql', ['staging.flights'], ['daily', 'mart']),
  node('marts.weekly', 'models/marts/weekly.sql', ['marts.daily'], ['mart']),
  node('reports.final', 'models/reports/deep/final.sql', ['marts.weekly', 'dims.airports']),
  node('final_is_complete', 'checks/final_is_complete.sql', ['reports.final']),
])

const names = (include: readonly string[], exclude: readonly string[] = []) =>
  [...select({ graph }, include, exclude)].join(' ')

function refusals(include: readonly string[], exclude: readonly string[] = []) {
  try {
    select({ graph }, include, exclude)
  } catch (error) {
    if (error instanceof SluiceError) return error.diagnostics
    throw error
  }
  throw new Error('nothing was refused')
}

const everything = graph.order.join(' ')
const flightsDown = 'staging.flights marts.daily marts.weekly reports.final final_is_complete'

describe('a selection', () => {
  test.each<[string[], string]>([
    [[], everything],
    [['*'], everything],
    [['staging.flights'], 'staging.flights'],
    [['regions'], 'regions'],
    [['daily'], 'marts.daily'],
    [['name:daily'], 'marts.daily'],
    [['staging.*'], 'staging.airports staging.flights'],
    [['*.airports'], 'raw.airports staging.airports dims.airports'],
    [['fl*'], 'raw.flights staging.flights'],
    [['marts.dail?'], 'marts.daily'],
    [['staging.flights+'], flightsDown],
    [['+marts.daily'], 'raw.flights staging.flights marts.daily'],
    [['+weekly+'], `raw.flights ${flightsDown}`],
    [['staging.flights+1'], 'staging.flights marts.daily'],
    [['1+weekly+1'], 'marts.daily marts.weekly reports.final'],
    [['2+weekly'], 'staging.flights marts.daily marts.weekly'],
    [['0+weekly+0'], 'marts.weekly'],
    [['tag:mart'], 'marts.daily marts.weekly'],
    [['tag:staging+1'], 'staging.airports dims.airports staging.flights marts.daily'],
    [['1+tag:mart'], 'staging.flights marts.daily marts.weekly'],
    [['tag:s*'], 'regions staging.airports staging.flights'],
    [['path:models/staging'], 'staging.airports staging.flights'],
    [['path:models/staging/'], 'staging.airports staging.flights'],
    [['path:./models/staging/flights.sql'], 'staging.flights'],
    [['path:models/*/airports.sql'], 'staging.airports dims.airports'],
    [['path:models/**/final.sql'], 'reports.final'],
    [['path:models/r*'], 'reports.final'],
    [['path:**/*.csv'], 'regions'],
    [['path:models/sources.yml'], 'raw.airports raw.flights'],
    [['path:.'], everything],
    [['path:checks'], 'final_is_complete'],
    [['+path:models/dims'], 'raw.airports regions staging.airports dims.airports'],
    [['regions', 'daily'], 'regions marts.daily'],
    [['regions daily'], 'regions marts.daily'],
    [['  regions   daily '], 'regions marts.daily'],
    [['tag:daily,tag:mart'], 'marts.daily'],
    [['staging.flights+,+reports.final'], 'staging.flights marts.daily marts.weekly reports.final'],
    [['tag:daily,tag:mart regions'], 'regions marts.daily'],
  ])('%j', (include, expected) => {
    expect(names(include).split(' ').sort()).toEqual(expected.split(' ').sort())
  })

  test('comes in the order of the graph', () => {
    const found = [...select({ graph }, ['weekly', 'raw.flights', 'staging.flights'], [])]
    expect(found).toEqual(['raw.flights', 'staging.flights', 'marts.weekly'])
  })

  test.each<[string[], string[], string]>([
    [['staging.flights+'], ['weekly+'], 'staging.flights marts.daily'],
    [[], ['staging.flights+', 'raw.*'], 'regions staging.airports dims.airports'],
    [['tag:mart'], ['tag:daily,tag:mart'], 'marts.weekly'],
    [['tag:mart'], ['regions'], 'marts.daily marts.weekly'],
  ])('%j without %j', (include, exclude, expected) => {
    expect(names(include, exclude).split(' ').sort()).toEqual(expected.split(' ').sort())
  })
})

describe('a selector that matches nothing is refused with what may have been meant', () => {
  test.each([
    ['staging.fligths', '`staging.flights`'],
    ['staging.fligths+', '`staging.flights`'],
    ['regoins', '`regions`'],
    ['mart.daily', '`marts.daily`'],
    ['tag:martt', '`mart`'],
    ['path:models/stagin', '`models/staging`'],
    ['path:model', '`models`'],
    ['zzzzzzzzz', 'sluice ls'],
  ])('%s', (selector, hint) => {
    const [found] = refusals([selector])
    expect(found).toMatchObject({ code: 'SL420', message: `the selector "${selector}" matches nothing` })
    expect(found?.hint).toContain(hint)
    expect(refusals([], [selector])[0]?.code).toBe('SL420')
  })

  test('an intersection of things that have nothing in common', () => {
    expect(refusals(['tag:mart,regions'])[0]).toMatchObject({ code: 'SL420' })
  })

  test('a selection of which everything is excluded', () => {
    expect(refusals(['daily'], ['marts.*'])[0]).toMatchObject({ code: 'SL423' })
  })

  test('a bare name that several relations have', () => {
    expect(refusals(['airports'])[0]).toMatchObject({
      code: 'SL422',
      hint: 'Write the schema too, or "*.airports" for all of them.',
    })
  })

  test('every problem of a command line at once', () => {
    expect(refusals(['nope', 'daily', 'tag:nope'], ['+']).map((each) => each.code)).toEqual([
      'SL420',
      'SL420',
      'SL421',
    ])
  })
})

describe('a selector that cannot be read is refused', () => {
  test.each(['', ' ', '+', '++daily', 'daily++', 'a,,b', ',a', 'tag:', 'config:x', 'tags:mart', 'a+b'])(
    '"%s"',
    (selector) => {
      expect(refusals([selector])[0]?.code).toBe('SL421')
    },
  )

  test('with the method that was meant', () => {
    expect(refusals(['tags:mart'])[0]?.hint).toContain('`tag`')
  })
})

describe('on random graphs', () => {
  const letters = 'abcdefgh'.split('')
  const tagNames = ['x', 'y', 'z']
  const dag = fc
    .array(
      fc.record({
        schema: fc.constantFrom('s', 't', undefined),
        upstream: fc.array(fc.nat(7), { maxLength: 3 }),
        tags: fc.subarray(tagNames),
      }),
      { minLength: 1, maxLength: 8 },
    )
    .map((drafts) => {
      const named = drafts.map((draft, i) => (draft.schema ? `${draft.schema}.${letters[i]}` : letters[i]!))
      return drafts.map((draft, i) =>
        node(
          named[i]!,
          `models/${draft.schema ?? 'root'}/${letters[i]}.sql`,
          draft.upstream.filter((upstream) => upstream < i).map((upstream) => named[upstream]!),
          draft.tags,
        ),
      )
    })
  const core = fc.oneof(
    fc.record({
      method: fc.constant('name' as const),
      pattern: fc.constantFrom(...letters, 's.*', 't.*', '*'),
    }),
    fc.record({ method: fc.constant('tag' as const), pattern: fc.constantFrom(...tagNames) }),
    fc.record({
      method: fc.constant('path' as const),
      pattern: fc.constantFrom('models/s', 'models/root/a.sql', 'models', 'models/?/c.sql'),
    }),
  )
  const plus = fc.option(fc.constantFrom(1, 2, Number.POSITIVE_INFINITY), { nil: 0 })
  const atom = fc.record({ core, up: plus, down: plus })
  const selection = fc.array(fc.array(atom, { minLength: 1, maxLength: 2 }), { maxLength: 3 })
  type Atom = {
    readonly core: { readonly method: string; readonly pattern: string }
    readonly up: number
    readonly down: number
  }

  const written = ({ core: { method, pattern }, up, down }: Atom) => {
    const digits = (steps: number) => (Number.isFinite(steps) ? `${steps}` : '')
    const text = method === 'name' ? pattern : `${method}:${pattern}`
    return `${up > 0 ? `${digits(up)}+` : ''}${text}${down > 0 ? `+${digits(down)}` : ''}`
  }

  /** Whether `from` reaches `to` over at most `steps` upstream edges: tried one by one. */
  function reaches(all: readonly GraphNode[], from: string, to: string, steps: number): boolean {
    if (from === to) return true
    if (steps === 0) return false
    const { upstream } = all.find((each) => each.name === from)!
    return upstream.some((name) => reaches(all, name, to, steps - 1))
  }

  function isNamed(each: GraphNode, { method, pattern }: Atom['core']): boolean {
    if (method === 'tag') return each.tags.includes(pattern)
    if (method === 'path') {
      if (pattern === 'models/?/c.sql') return /^models\/.\/c\.sql$/.test(each.path)
      return each.path === pattern || each.path.startsWith(`${pattern}/`)
    }
    if (pattern === '*') return true
    if (pattern.endsWith('.*')) return each.name.startsWith(pattern.slice(0, -1))
    return each.name === pattern || each.name.endsWith(`.${pattern}`)
  }

  /** Every node tried against every atom; undefined where the selection must be refused. */
  function oracle(
    all: readonly GraphNode[],
    include: readonly (readonly Atom[])[],
    exclude: readonly (readonly Atom[])[],
  ): ReadonlySet<string> | undefined {
    const matched = (each: GraphNode, { core: wanted, up, down }: Atom) =>
      all.some(
        (named) =>
          isNamed(named, wanted) &&
          (reaches(all, named.name, each.name, up) || reaches(all, each.name, named.name, down)),
      )
    const union = (values: readonly (readonly Atom[])[]) => {
      const found = values.map((atoms) => all.filter((each) => atoms.every((one) => matched(each, one))))
      return found.some((group) => group.length === 0)
        ? undefined
        : new Set(found.flat().map((each) => each.name))
    }
    const included = include.length === 0 ? new Set(all.map((each) => each.name)) : union(include)
    const excluded = union(exclude)
    if (included === undefined || excluded === undefined) return undefined
    const left = new Set([...included].filter((name) => !excluded.has(name)))
    return left.size === 0 ? undefined : left
  }

  test('selections agree with an oracle that tries every node', () => {
    let selected = 0
    fc.assert(
      fc.property(dag, selection, selection, fc.boolean(), (all, include, exclude, spaced) => {
        const texts = (values: readonly (readonly Atom[])[]) => {
          const parts = values.map((atoms) => atoms.map(written).join(','))
          return spaced && parts.length > 0 ? [parts.join(' ')] : parts
        }
        const expected = oracle(all, include, exclude)
        const attempt = () => select({ graph: buildGraph(all) }, texts(include), texts(exclude))
        if (expected === undefined) expect(attempt).toThrow(SluiceError)
        else {
          selected += 1
          expect(new Set(attempt())).toEqual(expected)
        }
      }),
      { seed: 4202, numRuns: 3000 },
    )
    expect(selected).toBeGreaterThan(500)
  })
})

test('ten thousand nodes are ordered and selected from', () => {
  const many = Array.from({ length: 10_000 }, (_, i) =>
    node(
      `s${i % 20}.m${i}`,
      `models/s${i % 20}/m${i}.sql`,
      [1, 7, 100]
        .map((back) => i - back)
        .filter((at) => at >= 0)
        .map((at) => `s${at % 20}.m${at}`),
      i % 2 === 0 ? ['even'] : [],
    ),
  )
  const large = buildGraph(many)
  expect(large.order).toHaveLength(10_000)
  expect(select({ graph: large }, ['+tag:even+'], []).size).toBe(10_000)
  expect(select({ graph: large }, ['s0.m0+'], ['*+,tag:even']).size).toBe(5_000)
})
