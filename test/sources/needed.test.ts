import { expect, it } from 'vitest'
import type { CompiledNode, CompiledProject, CompiledSource } from '../../core/compile/compiled.ts'
import type { Asked } from '../../core/sources/needed.ts'
import { sourcesNeeded } from '../../core/sources/needed.ts'
import { layoutOf } from '../../core/time/layout.ts'
import { type Nodes, projectOf } from '../plan/projects.ts'

const now = Date.parse('2024-02-01T00:00:00Z')

/** A project whose seeds stand for sources: `raw` is cut into days, `whole` is not. */
function project(nodes: Nodes): CompiledProject {
  const made = projectOf({ raw: { kind: 'seed' }, whole: { kind: 'seed' }, ...nodes })
  const sources = new Map<string, CompiledNode>(made.nodes)
  for (const name of ['raw', 'whole']) sources.set(name, source(name, name === 'raw'))
  return { ...made, nodes: sources }
}

function source(name: string, isDaily: boolean): CompiledSource {
  const partition = {
    column: { name: 'day' },
    grain: 'day' as const,
    firstDayOfWeek: 'monday' as const,
    timezone: 'UTC',
    start: '2024-01-01',
    availableAfterMs: 0,
    ahead: 0,
  }
  return {
    kind: 'source',
    name,
    path: 'models/s.yml',
    place: { file: 'models/s.yml', line: 1, column: 1 },
    tags: [],
    upstream: [],
    checks: [],
    columns: [],
    sql: name,
    fingerprint: '',
    layoutId: isDaily ? 'daily' : '',
    observe: { kind: 'column', column: 'day' },
    ...(isDaily ? { partition, layout: layoutOf(partition) } : {}),
  }
}

/** The sources that are looked at, with the first and last partition and how many there are. */
function needed(nodes: Nodes, asked: Partial<Asked>): Readonly<Record<string, unknown>> {
  const made = project(nodes)
  const request = { selected: new Set(Object.keys(nodes)), fullRefresh: false, ...asked }
  return Object.fromEntries(
    sourcesNeeded(made, request, now).map(({ source: { name }, partitions }) => [
      name,
      partitions === undefined
        ? 'whole'
        : `${partitions[0]!.key}…${partitions.at(-1)!.key} (${partitions.length})`,
    ]),
  )
}

const january = { range: { from: '2024-01-10', to: '2024-01-12' } }
const daily: Nodes = { a: { by: 'day', reads: ['raw', 'whole'] } }

it('without a range, what the latest due partitions read', () => {
  expect(needed(daily, {})).toEqual({ raw: '2024-01-31…2024-01-31 (1)', whole: 'whole' })
  expect(needed({ w: { by: 'week', start: '2024-01-01', reads: ['raw'] } }, {})).toEqual({
    raw: '2024-01-22…2024-01-28 (7)',
  })
})

it('with a range, what its partitions read, widened and through other models', () => {
  expect(needed(daily, january)).toEqual({ raw: '2024-01-10…2024-01-12 (3)', whole: 'whole' })
  const widened: Nodes = {
    a: { by: 'day', reads: ['raw'], window: { raw: { before: 2, after: 0 } } },
    v: { is: 'view', reads: ['a'] },
    b: { by: 'day', reads: ['v'], window: { a: { before: 1, after: 1 } } },
  }
  expect(needed(widened, january)).toEqual({ raw: '2024-01-07…2024-01-13 (7)' })
  expect(needed(widened, { ...january, selected: new Set(['b']) })).toEqual({
    raw: '2024-01-07…2024-01-13 (7)',
  })
  expect(needed(widened, { ...january, selected: new Set(['a']) })).toEqual({
    raw: '2024-01-08…2024-01-12 (5)',
  })
})

it('what whole partitions read, where the range cuts into them', () => {
  const raw = '2024-01-08…2024-01-14 (7)'
  const day = { range: { from: '2024-01-10', to: '2024-01-10' } }
  expect(needed({ w: { by: 'week', reads: ['raw'] } }, day)).toEqual({ raw })
  const through: Nodes = { w: { by: 'week', reads: ['raw'] }, d: { by: 'day', reads: ['w'] } }
  expect(needed(through, { ...day, selected: new Set(['d']) })).toEqual({ raw })
})

it('what the partitions before them read, if a model that reads itself builds them', () => {
  const day = { range: { from: '2024-01-10', to: '2024-01-10' } }
  const itself: Nodes = { s: { by: 'day', reads: ['raw'], readsItself: true } }
  expect(needed(itself, day)).toEqual({ raw: '2024-01-10…2024-01-10 (1)' })
  expect(needed(itself, { ...day, upstream: 'build' })).toEqual({ raw: '2024-01-01…2024-01-10 (10)' })
})

it('of what is not selected and not read, nothing', () => {
  expect(needed({ ...daily, b: { is: 'table', reads: ['whole'] } }, { selected: new Set(['b']) })).toEqual({
    whole: 'whole',
  })
  expect(needed({ v: { is: 'view', reads: ['raw'] } }, {})).toEqual({})
})

it('for a model without partitions, and for all of the history, all that is due', () => {
  const all = { raw: '2024-01-01…2024-01-31 (31)' }
  expect(needed({ t: { is: 'table', reads: ['raw'] } }, january)).toEqual(all)
  const only: Nodes = { a: { by: 'day', reads: ['raw'] } }
  expect(needed(only, { history: true })).toEqual(all)
  expect(needed(only, { fullRefresh: true })).toEqual(all)
  expect(needed(only, { range: { from: '2024-01-30' } })).toEqual({ raw: '2024-01-30…2024-01-31 (2)' })
})

it('of what an earlier run left, what that reads', () => {
  const units = new Map([['a', new Set(['2024-01-05', '2024-01-07'])]])
  expect(needed({ a: { by: 'day', reads: ['raw'] } }, { units, history: true })).toEqual({
    raw: '2024-01-05…2024-01-07 (3)',
  })
})
