import { expect, test } from 'vitest'
import { chainText } from '../../cli/text/cause.ts'
import { isRelation } from '../../core/compile/compiled.ts'
import { causeChain } from '../../core/plan/cause-chain.ts'
import { Edges } from '../../core/plan/edges.ts'
import { States } from '../../core/plan/state.ts'
import { partitionOf } from '../../core/time/layout.ts'
import { type Known, ledgerOf, type Nodes, projectOf } from './projects.ts'

/** The chain of one unit, given as `model@key`, in words. */
function chainOf(nodes: Nodes, known: Readonly<Record<string, Known>>, id: string): string {
  const project = projectOf(nodes)
  const states = new States(
    new Edges(project.nodes, project.graph.ancestors),
    ledgerOf(project, known),
    Date.parse('2024-01-20T00:00:00Z'),
  )
  const [name = '', key] = id.split('@')
  const node = project.nodes.get(name)
  if (!isRelation(node)) throw new Error(`no relation ${name}`)
  const partition =
    key === undefined || node.kind !== 'model' || node.layout === undefined
      ? undefined
      : partitionOf(node.layout, key)
  const unit = { node, ...(partition === undefined ? {} : { partition }) }
  return chainText(causeChain(project.nodes, states, unit), (_, gone) =>
    gone === '2024-01-09' ? undefined : { run: 'r1', at: Date.parse('2024-01-19T08:00:00Z') },
  )
}

const row: Nodes = {
  a: { by: 'day' },
  b: { by: 'day', reads: ['a'] },
  c: { by: 'day', reads: ['b'] },
  d: { by: 'day', reads: ['c'] },
  e: { by: 'day', reads: ['d'] },
}
const day = '2024-01-05'
const all = (read: number) =>
  Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name, at) => [`${name}@${day}`, { data: 10 + at, read }]))

test('a fresh partition has no chain', () => {
  expect(chainOf(row, all(20), `e@${day}`)).toBe('')
})

test('a republished input is named with its run and time', () => {
  const known = { ...all(20), [`a@${day}`]: { data: 30 } }
  expect(chainOf(row, known, `b@${day}`)).toBe(
    'input a 2024-01-05 was republished by run r1 at 2024-01-19 08:00:00 UTC',
  )
})

test('a chain goes down to what changed first', () => {
  const known = { ...all(20), [`a@${day}`]: { data: 30 } }
  expect(chainOf(row, known, `c@${day}`)).toBe(
    'upstream b 2024-01-05 is stale: input a 2024-01-05 was republished by run r1 at 2024-01-19 08:00:00 UTC',
  )
  expect(chainOf(row, known, `d@${day}`)).toBe(
    'upstream c 2024-01-05 is stale, as b 2024-01-05 is: input a 2024-01-05 was republished by run r1 at 2024-01-19 08:00:00 UTC',
  )
})

test('of a long chain the two ends are named', () => {
  const known = { ...all(20), [`a@${day}`]: { data: 30 } }
  expect(chainOf(row, known, `e@${day}`)).toBe(
    'upstream d 2024-01-05 is stale, as 1 more and b 2024-01-05 is: input a 2024-01-05 was republished by run r1 at 2024-01-19 08:00:00 UTC',
  )
})

test('the root is told in its own words', () => {
  const changed = { ...row, b: { ...row.b, code: 'new' } }
  expect(chainOf(changed, all(20), `b@${day}`)).toBe('its code changed')
  expect(chainOf(changed, all(20), `c@${day}`)).toBe('upstream b 2024-01-05 is stale: its code changed')
  const early = { ...all(20), [`a@${day}`]: { data: 10, publishedAt: '2024-01-05T12:00:00Z' } }
  expect(chainOf(row, early, `b@${day}`)).toBe(
    'upstream a 2024-01-05 is stale: it was published before its end',
  )
})

test('a model that reads itself is stale by its past, however long it is', () => {
  const nodes: Nodes = { s: { by: 'day', readsItself: true } }
  const keys = Array.from({ length: 19 }, (_, at) => `2024-01-${String(at + 1).padStart(2, '0')}`)
  const known = Object.fromEntries(
    keys.map((key, at) => [
      `s@${key}`,
      { data: 100 + at, read: 99 + at, ...(at === 0 ? { code: 'old' } : {}) },
    ]),
  )
  expect(chainOf(nodes, known, 's@2024-01-19')).toBe(
    'upstream s 2024-01-18 is stale, as 16 more and s 2024-01-01 is: its code changed',
  )
})
