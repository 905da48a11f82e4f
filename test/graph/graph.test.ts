import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { buildGraph, type GraphNode } from '../../core/graph/graph.ts'

const node = (name: string, upstream: readonly string[] = []): GraphNode => ({
  name,
  kind: 'model',
  path: `models/${name}.sql`,
  tags: [],
  upstream,
})

/** `{ b: 'a', c: 'a b' }`: b reads a, c reads a and b. */
const nodes = (reads: Readonly<Record<string, string>>) =>
  Object.entries(reads).map(([name, upstream]) => node(name, upstream.split(' ').filter(Boolean)))

function cycles(reads: Readonly<Record<string, string>>): readonly string[] {
  try {
    buildGraph(nodes(reads))
  } catch (error) {
    if (error instanceof SluiceError) return error.diagnostics.map((each) => each.message)
    throw error
  }
  return []
}

describe('the order', () => {
  test.each<[string, Record<string, string>, string]>([
    ['is upstream first', { a: 'b', b: 'c', c: '' }, 'c b a'],
    ['is by name among those that could be next', { z: '', y: '', a: 'z', b: 'y' }, 'y b z a'],
    ['takes a diamond once', { d: 'b c', c: 'a', b: 'a', a: '' }, 'a b c d'],
    ['counts a double edge once', { b: 'a a', a: '' }, 'a b'],
    ['is by code units', { B: '', a: '', 'a.b': '', a_b: '' }, 'B a a.b a_b'],
  ])('%s', (_, reads, expected) => {
    const graph = buildGraph(nodes(reads))
    expect(graph.order.join(' ')).toBe(expected)
    expect([...graph.nodes.keys()]).toEqual(graph.order)
  })

  test('does not depend on the order in which files were found', () => {
    const all = nodes({ a: '', b: 'a', c: 'a', d: 'c b', e: 'a' })
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(buildGraph(shuffled).order).toEqual(['a', 'b', 'c', 'd', 'e'])
      }),
      { seed: 4130, numRuns: 50 },
    )
  })
})

describe('a cycle is rejected with the whole path', () => {
  test.each<[string, Record<string, string>, string[]]>([
    ['of two', { a: 'b', b: 'a' }, ['a cycle: a → b → a (each reads the next)']],
    ['of three', { c: 'a', a: 'b', b: 'c' }, ['a cycle: a → b → c → a (each reads the next)']],
    ['of one', { a: 'a' }, ['`a` reads itself']],
    ['shortest first', { a: 'b', b: 'c d', c: 'a', d: 'b' }, ['a cycle: b → d → b (each reads the next)']],
    [
      'one for each knot, and none for what lies between or below',
      { a: 'b', b: 'a', m: 'a', x: 'y m', y: 'x', z: 'y', free: '' },
      ['a cycle: a → b → a (each reads the next)', 'a cycle: x → y → x (each reads the next)'],
    ],
  ])('%s', (_, reads, expected) => {
    expect(cycles(reads)).toEqual(expected)
  })

  test('at the place of its first reference', () => {
    const place = { file: 'models/a.sql', line: 2, column: 6 }
    const placed = () =>
      buildGraph(nodes({ a: 'b', b: 'a' }), (reader, upstream) =>
        reader === 'a' && upstream === 'b' ? place : undefined,
      )
    expect(placed).toThrow(SluiceError)
    try {
      placed()
    } catch (error) {
      expect((error as SluiceError).diagnostics).toMatchObject([{ code: 'SL413', model: 'a', place }])
    }
  })

  test('of ten thousand, without exhausting the stack', () => {
    const count = 10_000
    const ring = Array.from({ length: count }, (_, i) => node(`m${i}`, [`m${(i + 1) % count}`]))
    expect(() => buildGraph(ring)).toThrow(/SL413: a cycle: m0 → m1 → .* → m0/)
  })
})

test('an edge to nowhere and a name given twice are bugs, not findings', () => {
  expect(() => buildGraph(nodes({ a: 'b' }))).toThrow('a reads b, which is not in the graph')
  expect(() => buildGraph([node('a'), node('a')])).toThrow('two graph nodes have one name')
})

describe('on random graphs', () => {
  /** Any edges among a few nodes, cycles included. */
  const anyEdges = fc.integer({ min: 1, max: 9 }).chain((count) =>
    fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 14 }).map((edges) =>
      Array.from({ length: count }, (_, i) =>
        node(
          `n${i}`,
          edges.filter(([from]) => from === i).map(([, to]) => `n${to}`),
        ),
      ),
    ),
  )

  /** Reachability by repeated squaring of the plain relation: slow and obvious. */
  function closure(all: readonly GraphNode[]): ReadonlyMap<string, ReadonlySet<string>> {
    const reach = new Map(all.map((each) => [each.name, new Set(each.upstream)]))
    for (let round = 0; round < all.length; round++) {
      for (const found of reach.values()) {
        for (const name of [...found]) for (const next of reach.get(name)!) found.add(next)
      }
    }
    return reach
  }

  test('a graph is accepted exactly if nothing reaches itself; else each message is a real cycle', () => {
    fc.assert(
      fc.property(anyEdges, (all) => {
        const reach = closure(all)
        const looping = all.filter((each) => reach.get(each.name)!.has(each.name))
        const messages = cycles(Object.fromEntries(all.map((each) => [each.name, each.upstream.join(' ')])))
        expect(messages.length > 0).toBe(looping.length > 0)
        const knots = new Set(
          looping.map((each) =>
            looping
              .filter(
                (other) => reach.get(each.name)!.has(other.name) && reach.get(other.name)!.has(each.name),
              )
              .map((other) => other.name)
              .join(' '),
          ),
        )
        expect(messages).toHaveLength(knots.size)
        for (const message of messages) {
          const path = message.match(/n\d+/g)!
          const closed = path.length === 1 ? [path[0]!, path[0]!] : path
          for (const [i, name] of closed.slice(0, -1).entries()) {
            expect(all.find((each) => each.name === name)!.upstream).toContain(closed[i + 1])
          }
          expect(closed[0]).toBe(closed.at(-1))
        }
      }),
      { seed: 4131, numRuns: 1500 },
    )
  })

  test('order, ancestors and descendants agree with plain reachability', () => {
    fc.assert(
      fc.property(anyEdges, (all) => {
        const acyclic = all.map((each) =>
          node(
            each.name,
            each.upstream.filter((name) => name < each.name),
          ),
        )
        const graph = buildGraph(acyclic)
        const reach = closure(acyclic)
        for (const [position, name] of graph.order.entries()) {
          for (const upstream of graph.upstream.get(name)!) {
            expect(graph.order.indexOf(upstream)).toBeLessThan(position)
            expect(graph.downstream.get(upstream)).toContain(name)
          }
          expect([...graph.ancestors(name)].sort()).toEqual([...reach.get(name)!].sort())
          const readers = acyclic.filter((each) => reach.get(each.name)!.has(name)).map((each) => each.name)
          expect([...graph.descendants(name)].sort()).toEqual(readers.sort())
          expect(graph.ancestors(name, 1)).toEqual(new Set(graph.upstream.get(name)))
          expect(graph.ancestors(name, 0).size).toBe(0)
        }
      }),
      { seed: 4132, numRuns: 500 },
    )
  })
})
