import { describe, expect, test } from 'vitest'
import { type Asked, type Known, type Nodes, planned, planOf } from './projects.ts'

const days: Nodes = { a: { by: 'day' }, b: { by: 'day', reads: ['a'] } }
const weeks: Nodes = { a: { by: 'day' }, w: { by: 'week', reads: ['a'] } }
const week1 = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((day) => [`a@2024-01-0${day}`, { data: day }]))

type Case = readonly [
  behaviour: string,
  nodes: Nodes,
  known: Readonly<Record<string, Known>>,
  asked: Asked,
  lines: readonly string[],
]

const cases: readonly Case[] = [
  [
    'what is missing runs, upstream first',
    days,
    {},
    { range: '2024-01-05' },
    ['run a@2024-01-05: missing', 'run b@2024-01-05: missing after a@2024-01-05'],
  ],
  [
    'what is fresh is skipped',
    days,
    { 'a@2024-01-05': { data: 1 }, 'b@2024-01-05': { data: 2 } },
    { range: '2024-01-05' },
    ['fresh a@2024-01-05', 'fresh b@2024-01-05'],
  ],
  [
    'force runs what is fresh, and what reads it if it is selected',
    days,
    { 'a@2024-01-05': { data: 1 }, 'b@2024-01-05': { data: 2 } },
    { range: '2024-01-05', force: true },
    ['run a@2024-01-05: forced', 'run b@2024-01-05: forced after a@2024-01-05'],
  ],
  [
    'what was read before its input changed is stale',
    days,
    { 'a@2024-01-05': { data: 7 }, 'b@2024-01-05': { data: 2 } },
    { range: '2024-01-05' },
    ['run b@2024-01-05: stale by input a@2024-01-05', 'fresh a@2024-01-05'],
  ],
  [
    'what was read while its input changed is stale, though it was written later',
    days,
    { 'a@2024-01-05': { data: 7 }, 'b@2024-01-05': { data: 8, read: 6 } },
    { range: '2024-01-05' },
    ['run b@2024-01-05: stale by input a@2024-01-05', 'fresh a@2024-01-05'],
  ],
  [
    'changed code makes stale what reads it too',
    { ...days, a: { by: 'day', code: 'new' } },
    { 'a@2024-01-05': { data: 1 }, 'b@2024-01-05': { data: 2 } },
    { range: '2024-01-05' },
    [
      'run a@2024-01-05: stale by code',
      'run b@2024-01-05: stale by upstream a@2024-01-05 after a@2024-01-05',
    ],
  ],
  [
    'what failed runs again',
    days,
    { 'a@2024-01-05': { data: 1, status: 'failed' }, 'b@2024-01-05': { data: 2 } },
    { range: '2024-01-05' },
    ['run a@2024-01-05: failed', 'run b@2024-01-05: a is planned after a@2024-01-05'],
  ],
  [
    'what was canceled is only as missing as it was',
    days,
    { 'a@2024-01-05': { data: 1, status: 'canceled' } },
    { range: '2024-01-05', select: ['a'] },
    ['fresh a@2024-01-05'],
  ],
  [
    'without a range, the latest due partition and what the selection needs for it',
    weeks,
    {},
    { now: '2024-01-09T12:00:00Z' },
    [
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((day) => `run a@2024-01-0${day}: missing`),
      `run w@2024-W01: missing after ${[1, 2, 3, 4, 5, 6, 7].map((day) => `a@2024-01-0${day}`).join(', ')}`,
    ],
  ],
  [
    'the week around a requested day is touched, and waits for days that nobody asked for',
    weeks,
    {},
    { range: '2024-01-05' },
    [
      'run a@2024-01-05: missing',
      'waiting w@2024-W01: a 2024-01-01 2024-01-02 2024-01-03 2024-01-04 2024-01-06 2024-01-07 missing',
    ],
  ],
  [
    'a touched week runs when its other days are published',
    weeks,
    { ...week1, 'a@2024-01-05': { status: 'failed' } },
    { range: '2024-01-05' },
    ['run a@2024-01-05: failed', 'run w@2024-W01: missing after a@2024-01-05'],
  ],
  [
    'a requested week without its days is blocked',
    weeks,
    { ...week1, 'a@2024-01-05': { status: 'failed' } },
    { range: '2024-W01', select: ['w'] },
    ['blocked w@2024-W01: a 2024-01-05 missing'],
  ],
  [
    '`build` adds exactly what is missing',
    weeks,
    { ...week1, 'a@2024-01-05': { status: 'failed' } },
    { range: '2024-W01', select: ['w'], upstream: 'build' },
    ['run a@2024-01-05: failed', 'run w@2024-W01: missing after a@2024-01-05'],
  ],
  [
    'a table over a model of which nothing is due yet waits',
    { m: { by: 'month' }, t: { reads: ['m'] } },
    {},
    { select: ['t'] },
    ['waiting t: m not_due'],
  ],
  [
    '`build` builds what was skipped before a partition that is forced',
    { s: { by: 'day', readsItself: true } },
    { 's@2024-01-01': { data: 1 }, 's@2024-01-03': { data: 2 } },
    { range: '2024-01-03', force: true, upstream: 'build' },
    ['run s@2024-01-02: missing', 'run s@2024-01-03: forced after s@2024-01-02'],
  ],
  [
    '`build` builds for what is touched if something that was asked for reads it',
    { a: { by: 'day' }, w: { by: 'week', reads: ['a'] }, d: { by: 'day', reads: ['w'] } },
    Object.fromEntries([1, 2, 3, 4, 6, 7].map((day) => [`a@2024-01-0${day}`, { data: day }])),
    { range: '2024-01-04', select: ['w', 'd'], upstream: 'build' },
    [
      'run a@2024-01-05: missing',
      'run w@2024-W01: missing after a@2024-01-05',
      'run d@2024-01-04: missing after w@2024-W01',
    ],
  ],
  [
    '`build` builds of what reads itself the partitions before, with all that they need',
    { a: { by: 'day' }, s: { by: 'day', reads: ['a'], readsItself: true } },
    { 'a@2024-01-01': { data: 1 }, 's@2024-01-01': { data: 2 }, 'a@2024-01-02': { data: 3, code: 'old' } },
    { range: '2024-01-03', select: ['s'], upstream: 'build' },
    [
      'run a@2024-01-02: stale by code',
      'run a@2024-01-03: missing',
      'run s@2024-01-02: missing after a@2024-01-02',
      'run s@2024-01-03: missing after s@2024-01-02, a@2024-01-03',
    ],
  ],
  [
    '`build` builds nothing for what is only touched: that waits',
    weeks,
    {},
    { range: '2024-01-05', select: ['w'], upstream: 'build' },
    [
      'waiting w@2024-W01: a 2024-01-01 2024-01-02 2024-01-03 2024-01-04 2024-01-05 2024-01-06 2024-01-07 missing',
    ],
  ],
  [
    '`build` builds nothing for what is not due',
    weeks,
    {},
    { range: '2024-W03', select: ['w'], upstream: 'build' },
    ['waiting w@2024-W03: due 2024-01-22T00:00:00.000Z'],
  ],
  [
    'a time that the clock skips asks for nothing',
    { a: { by: 'day', zone: 'America/New_York' }, b: { by: 'hour', zone: 'America/New_York' } },
    {},
    { range: '2024-03-10T02', now: '2024-04-01T00:00:00Z' },
    [],
  ],
  [
    '`accept` never accepts what is missing',
    days,
    {},
    { range: '2024-01-05', select: ['b'], upstream: 'accept' },
    ['blocked b@2024-01-05: a 2024-01-05 missing'],
  ],
  [
    '`accept` takes what is stale or failed as it is',
    { ...days, a: { by: 'day', code: 'new' } },
    { 'a@2024-01-05': { data: 1 }, 'a@2024-01-06': { data: 2, code: 'new', status: 'failed' } },
    { range: '2024-01-05..2024-01-06', select: ['b'], upstream: 'accept' },
    ['run b@2024-01-05: missing', 'run b@2024-01-06: missing'],
  ],
  [
    'a stale or failed input that is not selected blocks',
    { ...days, a: { by: 'day', code: 'new' } },
    { 'a@2024-01-05': { data: 1 }, 'a@2024-01-06': { data: 2, code: 'new', status: 'failed' } },
    { range: '2024-01-05..2024-01-06', select: ['b'] },
    ['blocked b@2024-01-05: a 2024-01-05 stale', 'blocked b@2024-01-06: a 2024-01-06 failed'],
  ],
  [
    '`build` goes up as far as something is stale',
    {
      a: { by: 'day', code: 'new' },
      b: { by: 'day', reads: ['a'] },
      c: { by: 'day', reads: ['b'] },
      d: { by: 'day', reads: ['c'] },
    },
    { 'a@2024-01-05': { data: 1 }, 'b@2024-01-05': { data: 2 }, 'c@2024-01-05': { data: 3 } },
    { range: '2024-01-05', select: ['d'], upstream: 'build' },
    [
      'run a@2024-01-05: stale by code',
      'run b@2024-01-05: stale by upstream a@2024-01-05 after a@2024-01-05',
      'run c@2024-01-05: stale by upstream b@2024-01-05 after b@2024-01-05',
      'run d@2024-01-05: missing after c@2024-01-05',
    ],
  ],
  [
    'what is not due waits, and so does what reads it',
    days,
    {},
    { range: '2024-01-19..2024-01-20', now: '2024-01-20T12:00:00Z' },
    [
      'run a@2024-01-19: missing',
      'run b@2024-01-19: missing after a@2024-01-19',
      'waiting a@2024-01-20: due 2024-01-21T00:00:00.000Z',
      'waiting b@2024-01-20: due 2024-01-21T00:00:00.000Z',
    ],
  ],
  [
    'what reads a later window waits for it',
    { a: { by: 'day' }, b: { by: 'day', reads: ['a'], window: { a: { before: 0, after: 1 } } } },
    { 'a@2024-01-19': { data: 1 } },
    { range: '2024-01-19', select: ['b'] },
    ['waiting b@2024-01-19: a 2024-01-20 not_due'],
  ],
  [
    'a widened window waits for all of it, except before the upstream begins',
    { a: { by: 'day' }, b: { by: 'day', reads: ['a'], window: { a: { before: 2, after: 0 } } } },
    {},
    { range: '2024-01-01..2024-01-03' },
    [
      'run a@2024-01-01: missing',
      'run a@2024-01-02: missing',
      'run a@2024-01-03: missing',
      'run b@2024-01-01: missing after a@2024-01-01',
      'run b@2024-01-02: missing after a@2024-01-01, a@2024-01-02',
      'run b@2024-01-03: missing after a@2024-01-01, a@2024-01-02, a@2024-01-03',
    ],
  ],
  [
    'after the end of the upstream there is nothing to wait for',
    { a: { by: 'day', end: '2024-01-03' }, w: { by: 'week', reads: ['a'] } },
    { 'a@2024-01-01': { data: 1 }, 'a@2024-01-02': { data: 2 }, 'a@2024-01-03': { data: 3 } },
    { range: '2024-W01..2024-W02' },
    ['run w@2024-W01: missing', 'run w@2024-W02: missing', 'fresh a@2024-01-01..2024-01-03'],
  ],
  [
    'a table reads what is published, and waits for what is planned',
    { a: { by: 'day' }, t: { reads: ['a'] } },
    { 'a@2024-01-01': { data: 1 } },
    { range: '2024-01-05' },
    ['run a@2024-01-05: missing', 'run t: missing after a@2024-01-05'],
  ],
  [
    'a table over nothing published waits in a range and is blocked without one',
    { a: { by: 'day' }, t: { reads: ['a'] } },
    {},
    { range: '2024-01-05', select: ['t'] },
    ['waiting t: a missing'],
  ],
  [
    'a table over nothing published is blocked if it was asked for',
    { a: { by: 'day' }, t: { reads: ['a'] } },
    {},
    { select: ['t'] },
    ['blocked t: a missing'],
  ],
  [
    'with `build`, a table over nothing published gets the newest partition',
    { a: { by: 'day' }, t: { reads: ['a'] } },
    {},
    { select: ['t'], upstream: 'build', now: '2024-01-03T00:00:00Z' },
    ['run a@2024-01-02: missing', 'run t: missing after a@2024-01-02'],
  ],
  [
    'a partition over a table is stale only if it is the newest',
    { t: {}, b: { by: 'day', reads: ['t'] } },
    { t: { data: 9 }, 'b@2024-01-01': { data: 1 }, 'b@2024-01-02': { data: 2 } },
    { range: '2024-01-01..2024-01-02' },
    ['run b@2024-01-02: stale by input t', 'fresh t', 'fresh b@2024-01-01'],
  ],
  [
    'a partition over a seed is stale whichever it is',
    { s: { kind: 'seed' }, b: { by: 'day', reads: ['s'] } },
    { s: { data: 9 }, 'b@2024-01-01': { data: 1 }, 'b@2024-01-02': { data: 2 } },
    { range: '2024-01-01..2024-01-02' },
    ['run b@2024-01-01: stale by input s', 'run b@2024-01-02: stale by input s', 'fresh s'],
  ],
  [
    '`follow: never` is followed by none',
    { s: { kind: 'seed' }, b: { by: 'day', reads: ['s'], follow: { s: 'never' } } },
    { s: { data: 9 }, 'b@2024-01-02': { data: 2 } },
    { range: '2024-01-02' },
    ['fresh s', 'fresh b@2024-01-02'],
  ],
  [
    'a view is expanded: what reads it waits for it and for what it reads',
    { a: { by: 'day' }, v: { is: 'view', reads: ['a'] }, b: { by: 'day', reads: ['v'] } },
    {},
    { range: '2024-01-05' },
    [
      'run a@2024-01-05: missing',
      'run v: missing after a@2024-01-05',
      'run b@2024-01-05: missing after v, a@2024-01-05',
    ],
  ],
  [
    'a change behind views makes what reads them stale, not the views',
    {
      a: { by: 'day' },
      v: { is: 'view', reads: ['a'] },
      w: { is: 'view', reads: ['v'] },
      b: { by: 'day', reads: ['w'] },
    },
    { 'a@2024-01-05': { data: 9 }, v: { data: 2 }, w: { data: 3 }, 'b@2024-01-05': { data: 4 } },
    { range: '2024-01-05' },
    ['run b@2024-01-05: stale by input a@2024-01-05', 'fresh a@2024-01-05', 'fresh v', 'fresh w'],
  ],
  [
    'a check holds back what reads the same models, whatever its name',
    { a: {}, b: {}, z_check: { kind: 'check', reads: ['a', 'b'] }, c: { reads: ['a'] } },
    {},
    {},
    [
      'run a: missing',
      'run b: missing',
      'run z_check: missing after a, b',
      'run c: missing after a, z_check',
    ],
  ],
  [
    'a warning holds nothing back',
    { a: {}, b: {}, z_check: { kind: 'check', reads: ['a', 'b'], severity: 'warn' }, c: { reads: ['a'] } },
    {},
    {},
    ['run a: missing', 'run b: missing', 'run c: missing after a', 'run z_check: missing after a, b'],
  ],
  [
    'a failed check blocks what it holds back',
    { a: {}, b: {}, z_check: { kind: 'check', reads: ['a', 'b'] }, c: { reads: ['a'] } },
    { a: { data: 1 }, b: { data: 2 }, z_check: { status: 'failed' } },
    { select: ['c'] },
    ['blocked c: z_check failed'],
  ],
  [
    'a check does not hold back what it reads itself',
    { a: {}, b: { reads: ['a'] }, c: { reads: ['a'] }, check: { kind: 'check', reads: ['b', 'c', 'a'] } },
    {},
    {},
    [
      'run a: missing',
      'run b: missing after a',
      'run c: missing after a',
      'run check: missing after a, b, c',
    ],
  ],
  [
    'checks that hold back what the other reads still end in a plan',
    {
      a: {},
      d: {},
      x: { reads: ['a'] },
      c: { reads: ['x'] },
      z: { reads: ['d'] },
      b: { reads: ['z'] },
      check1: { kind: 'check', reads: ['a', 'b'] },
      check2: { kind: 'check', reads: ['c', 'd'] },
    },
    {},
    {},
    [
      'run a: missing',
      'run d: missing',
      'run x: missing after a',
      'run c: missing after x',
      'run check2: missing after c, d',
      'run z: missing after d, check2',
      'run b: missing after z',
      'run check1: missing after a, b',
    ],
  ],
  [
    'what a check compares with must be there, but its changes are nothing to the model',
    { a: {}, b: { checkReads: ['a'] } },
    { a: { data: 9 }, b: { data: 1 } },
    {},
    ['fresh a', 'fresh b'],
  ],
  [
    'what a check compares with is waited for',
    { a: {}, b: { checkReads: ['a'] } },
    {},
    {},
    ['run a: missing', 'run b: missing after a'],
  ],
  [
    'a model that reads itself runs its partitions one after the other',
    { a: { by: 'day', readsItself: true } },
    {},
    { range: '2024-01-01..2024-01-03' },
    [
      'run a@2024-01-01: missing',
      'run a@2024-01-02: missing after a@2024-01-01',
      'run a@2024-01-03: missing after a@2024-01-02',
    ],
  ],
  [
    'a model that reads itself runs again after an earlier partition of it',
    { a: { by: 'day', readsItself: true } },
    { 'a@2024-01-02': { data: 2 } },
    { range: '2024-01-01..2024-01-03' },
    [
      'run a@2024-01-01: missing',
      'run a@2024-01-02: a is planned after a@2024-01-01',
      'run a@2024-01-03: missing after a@2024-01-02',
    ],
  ],
  [
    'a partition of a model that reads itself is stale once an earlier one was published after it, and so is what follows',
    { a: { by: 'day', readsItself: true } },
    { 'a@2024-01-01': { data: 9 }, 'a@2024-01-02': { data: 2 }, 'a@2024-01-04': { data: 10 } },
    { range: '2024-01-04' },
    ['blocked a@2024-01-04: a 2024-01-03 missing'],
  ],
  [
    'what read a partition that is gone is stale, and waits for it',
    days,
    { 'b@2024-01-05': { data: 2 } },
    { range: '2024-01-05', select: ['b'] },
    ['blocked b@2024-01-05: a 2024-01-05 missing'],
  ],
  [
    'a full refresh keeps what is published and not due any more',
    { a: { by: 'day', availableAfterMs: 3 * 3_600_000 } },
    { 'a@2024-01-18': { data: 1 }, 'a@2024-01-19': { data: 2 } },
    { range: '2024-01-18', fullRefresh: true, now: '2024-01-20T01:00:00Z' },
    ['run a@2024-01-18..2024-01-19: full_refresh'],
  ],
  [
    'a full refresh builds what all of its history needs',
    days,
    {
      'a@2024-01-01': { data: 1, code: 'old' },
      'a@2024-01-02': { data: 2 },
      'b@2024-01-01': { data: 3 },
      'b@2024-01-02': { data: 4 },
    },
    { range: '2024-01-02', select: ['b'], fullRefresh: true, upstream: 'build' },
    ['run a@2024-01-01: stale by code', 'run b@2024-01-01..2024-01-02: full_refresh after a@2024-01-01'],
  ],
  [
    'a full refresh that builds what is needed stays one task',
    { u: { by: 'day' }, d: { by: 'day', reads: ['u'], window: { u: { before: 2, after: 0 } } } },
    {},
    { range: '2024-01-03', fullRefresh: true, upstream: 'build' },
    [
      'run u@2024-01-01..2024-01-03: full_refresh',
      'run d@2024-01-03: full_refresh after u@2024-01-01..2024-01-03',
    ],
  ],
  [
    'a full refresh builds what an unselected model between two that it rebuilds needs of the first',
    {
      u: { by: 'day' },
      m: { by: 'day', reads: ['u'], window: { u: { before: 1, after: 0 } } },
      d: { by: 'day', reads: ['m'] },
    },
    {},
    { range: '2024-01-03', select: ['u', 'd'], fullRefresh: true, upstream: 'build' },
    [
      'run u@2024-01-02..2024-01-03: full_refresh',
      'run m@2024-01-03: missing after u@2024-01-02..2024-01-03',
      'run d@2024-01-03: full_refresh after m@2024-01-03',
    ],
  ],
  [
    'a check of its own that has not seen what changed holds back what reads it',
    { a: {}, b: {}, c: { kind: 'check', reads: ['a', 'b'] }, d: { reads: ['a'] } },
    { a: { data: 9 }, b: { data: 2 }, c: { data: 3 }, d: { data: 4 } },
    { select: ['d'] },
    ['blocked d: c stale'],
  ],
  [
    'a check of its own that cannot run yet holds nothing back',
    { a: {}, b: {}, c: { kind: 'check', reads: ['a', 'b'] }, d: { reads: ['a'] } },
    { a: { data: 1 } },
    { select: ['d'] },
    ['run d: missing'],
  ],
  [
    'an early partition is stale once its end has passed',
    { a: { by: 'day', ahead: 1 } },
    { 'a@2024-01-05': { data: 1, publishedAt: '2024-01-05T10:00:00Z' } },
    { range: '2024-01-05' },
    ['run a@2024-01-05: stale by early'],
  ],
  [
    'an early partition is fresh before its end',
    { a: { by: 'day', ahead: 1 } },
    { 'a@2024-01-05': { data: 1, publishedAt: '2024-01-05T10:00:00Z' } },
    { range: '2024-01-05', now: '2024-01-05T11:00:00Z' },
    ['fresh a@2024-01-05'],
  ],
  [
    'another layout is held until it is rebuilt',
    { a: { by: 'week' } },
    { 'a@2024-01-05': { data: 1, layout: 'day' } },
    { range: '2024-W02' },
    ['blocked a@2024-W02: a layout'],
  ],
  [
    'a rebuild covers everything that was published, whatever the layout',
    { a: { by: 'week' } },
    { 'a@2024-01-05': { data: 1, layout: 'day' }, 'a@2024-01-10': { data: 2, layout: 'day' } },
    { range: '2024-W03', fullRefresh: true, now: '2024-02-01T00:00:00Z' },
    ['run a@2024-W01..2024-W03: full_refresh'],
  ],
  [
    'what reads a rebuilt model runs after it',
    days,
    {
      'a@2024-01-04': { data: 1 },
      'a@2024-01-05': { data: 2 },
      'b@2024-01-04': { data: 3 },
      'b@2024-01-05': { data: 4 },
    },
    { range: '2024-01-05', fullRefresh: true },
    [
      'run a@2024-01-04..2024-01-05: full_refresh',
      'run b@2024-01-04..2024-01-05: full_refresh after a@2024-01-04..2024-01-05',
    ],
  ],
  [
    'a day before the start and one after the end are no partitions',
    { a: { by: 'day', start: '2024-01-03', end: '2024-01-04' } },
    {},
    { range: '2024-01' },
    ['run a@2024-01-03: missing', 'run a@2024-01-04: missing'],
  ],
  [
    'only what is selected runs; what is fresh upstream is no obstacle',
    days,
    { 'a@2024-01-05': { data: 1 } },
    { range: '2024-01-05', select: ['b'] },
    ['run b@2024-01-05: missing'],
  ],
  [
    'a held partition holds what reads it',
    {
      a: { by: 'day' },
      b: { by: 'day', reads: ['a'] },
      c: { by: 'day', reads: ['b'] },
      w: { by: 'week', reads: ['b'] },
    },
    {},
    { range: '2024-01-05', select: ['b', 'c', 'w'] },
    [
      'blocked b@2024-01-05: a 2024-01-05 missing',
      'blocked c@2024-01-05: b 2024-01-05 blocked',
      'blocked w@2024-W01: b 2024-01-01 2024-01-02 2024-01-03 2024-01-04 2024-01-06 2024-01-07 missing; b 2024-01-05 blocked',
    ],
  ],
]

describe('a plan', () => {
  test.each(cases)('%s', (_, nodes, known, asked, lines) => {
    expect(planned(nodes, known, asked)).toEqual(lines)
  })

  test('names the command that would help', () => {
    const blocked = planOf(days, {}, { range: '2024-01-05', select: ['b'] })
    expect(blocked.held[0]?.next).toBe('run --select b --partition 2024-01-05 --upstream build')
    const relayout = planOf(
      { a: { by: 'week' } },
      { 'a@2024-01-05': { data: 1, layout: 'day' } },
      { range: '2024-W02' },
    )
    expect(relayout.held[0]?.next).toBe('run --select a --full-refresh')
    const rebuild = planOf(days, {}, { range: '2024-01-05', select: ['b'], fullRefresh: true })
    expect(rebuild.held[0]?.next).toBe('run --select b --upstream build --full-refresh')
    const early = planOf(days, {}, { range: '2024-01-20', select: ['a'], now: '2024-01-20T12:00:00Z' })
    expect(early.held[0]).not.toHaveProperty('next')
  })

  test('says where an upstream has no history', () => {
    const plan = planOf(
      { a: { by: 'day', start: '2024-01-03' }, w: { by: 'week', reads: ['a'] } },
      {},
      { range: '2024-W01' },
    )
    expect(plan.tasks.at(-1)).toMatchObject({ id: 'w@2024-W01', outside: ['a'] })
  })

  test('records what was accepted', () => {
    const plan = planOf(
      { ...days, a: { by: 'day', code: 'new' } },
      { 'a@2024-01-05': { data: 1 } },
      { range: '2024-01-05', select: ['b'], upstream: 'accept' },
    )
    expect(plan.tasks[0]?.accepted).toEqual([{ upstream: 'a', partitions: ['2024-01-05'], because: 'stale' }])
  })

  test('is the same for the same input, and its tasks come after what they need', () => {
    const nodes: Nodes = {
      s: { kind: 'seed' },
      a: { by: 'day', reads: ['s'] },
      v: { is: 'view', reads: ['a'] },
      b: { by: 'day', reads: ['v'] },
      w: { by: 'week', reads: ['b', 'a'] },
      t: { reads: ['w'] },
      check: { kind: 'check', reads: ['w', 't'] },
    }
    const plan = planOf(nodes, {}, { range: '2024-01', now: '2024-03-01T00:00:00Z' })
    expect(planOf(nodes, {}, { range: '2024-01', now: '2024-03-01T00:00:00Z' })).toEqual(plan)
    const seen = new Set<string>()
    for (const task of plan.tasks) {
      for (const id of task.after) expect(seen).toContain(id)
      seen.add(task.id)
    }
    expect(seen.size).toBe(plan.tasks.length)
  })
})
