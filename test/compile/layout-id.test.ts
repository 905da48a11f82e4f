import { describe, expect, test } from 'vitest'
import { layoutId } from '../../core/compile/fingerprint.ts'
import type { PartitionConfig } from '../../core/config/project.ts'
import { cronGrain } from '../../core/time/cron-expression.ts'

const partition: PartitionConfig = {
  column: { name: 'at' },
  grain: 'day',
  firstDayOfWeek: 'monday',
  timezone: 'America/New_York',
  start: '2024-01-01',
  availableAfterMs: 0,
  ahead: 0,
}
const idOf = (changes: Partial<PartitionConfig>) => layoutId({ partition: { ...partition, ...changes } })

describe('another layout, and so a rebuild, is', () => {
  test.each<[string, Partial<PartitionConfig>]>([
    ['another column', { column: { name: 'on' } }],
    ['another grain', { grain: 'week' }],
    ['another zone', { timezone: 'Europe/Berlin' }],
    ['a cron expression', { grain: cronGrain('0 0 * * *') }],
    ['a local clock', { column: { name: 'at', clock: 'local' } }],
    ['another spelling', { column: { name: 'at', type: 'text', format: 'YYYY-MM-DD' } }],
  ])('%s', (_, changes) => {
    expect(idOf(changes)).not.toBe(idOf({}))
  })

  test('another cron expression, and another first day of weeks', () => {
    expect(idOf({ grain: cronGrain('0 6 * * *') })).not.toBe(idOf({ grain: cronGrain('0 7 * * *') }))
    expect(idOf({ grain: 'week' })).not.toBe(idOf({ grain: 'week', firstDayOfWeek: 'sunday' }))
  })
})

describe('the same layout has', () => {
  test.each<[string, Partial<PartitionConfig>, Partial<PartitionConfig>]>([
    ['another history', {}, { start: '2020', end: '2024', ahead: 1, availableAfterMs: 1 }],
    ['a first day of weeks that it does not use', {}, { firstDayOfWeek: 'sunday' }],
    ['a declared type', {}, { column: { name: 'at', type: 'timestamptz' } }],
    ['the clock that it has anyway', {}, { column: { name: 'at', clock: 'utc' } }],
    [
      'a date, which is always local',
      { column: { name: 'at', type: 'date' } },
      { column: { name: 'at', type: 'date', clock: 'local' } },
    ],
    [
      'a local clock in UTC',
      { timezone: 'UTC' },
      { timezone: 'UTC', column: { name: 'at', clock: 'local' } },
    ],
    [
      'other spaces in its cron expression',
      { grain: cronGrain('0 6 * * *') },
      { grain: cronGrain(' 0  6 * * * ') },
    ],
  ])('%s', (_, one, other) => {
    expect(idOf(other)).toBe(idOf(one))
  })
})
