import { describe, expect, test } from 'vitest'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { earliest, latest, parseInstant, parseRange, rangeOf } from '../../core/time/range.ts'

const iso = (instant: number) => new Date(instant).toISOString().replace('.000Z', 'Z')
const midnight = (date: string) => Date.parse(`${date}T00:00:00Z`)

function refusal(work: () => unknown) {
  try {
    work()
  } catch (error) {
    if (error instanceof SluiceError) return error.diagnostics
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a key or a prefix of one stands for an interval', () => {
  test.each([
    ['2024', 'year', '2024-01-01', '2025-01-01'],
    ['2024-', 'year', '2024-01-01', '2025-01-01'],
    ['0001', 'year', '0001-01-01', '0002-01-01'],
    ['0099', 'year', '0099-01-01', '0100-01-01'],
    ['2024-Q1', 'quarter', '2024-01-01', '2024-04-01'],
    ['2024-Q2', 'quarter', '2024-04-01', '2024-07-01'],
    ['2024-Q4', 'quarter', '2024-10-01', '2025-01-01'],
    ['2024-Q', 'year', '2024-01-01', '2025-01-01'],
    ['2024-01', 'month', '2024-01-01', '2024-02-01'],
    ['2024-02', 'month', '2024-02-01', '2024-03-01'],
    ['2024-02-', 'month', '2024-02-01', '2024-03-01'],
    ['2023-12', 'month', '2023-12-01', '2024-01-01'],
    ['2024-W01', 'week', '2024-01-01', '2024-01-08'],
    ['2024-W05', 'week', '2024-01-29', '2024-02-05'],
    ['2020-W53', 'week', '2020-12-28', '2021-01-04'],
    ['2021-W01', 'week', '2021-01-04', '2021-01-11'],
    ['2019-W01', 'week', '2018-12-31', '2019-01-07'],
    ['2004-W53', 'week', '2004-12-27', '2005-01-03'],
    ['2021-W', 'year', '2021-01-04', '2022-01-03'],
    ['2024-02-29', 'day', '2024-02-29', '2024-03-01'],
    ['2000-02-29', 'day', '2000-02-29', '2000-03-01'],
    ['2023-12-31', 'day', '2023-12-31', '2024-01-01'],
    ['2001-01-05T', 'day', '2001-01-05', '2001-01-06'],
    [' 2001-01-05 ', 'day', '2001-01-05', '2001-01-06'],
    ['1969-12-31', 'day', '1969-12-31', '1970-01-01'],
  ])('%s', (text, kind, start, end) => {
    expect(parseRange(text)).toEqual({ kind, start: midnight(start), end: midnight(end), isInstant: false })
  })

  test('an hour, the last of a year too', () => {
    const range = parseRange('2023-12-31T23')
    expect([range.kind, iso(range.start), iso(range.end)]).toEqual([
      'hour',
      '2023-12-31T23:00:00Z',
      '2024-01-01T00:00:00Z',
    ])
  })
})

describe('a date that does not exist is refused with what the calendar has', () => {
  test.each([
    ['2001-02-30', 'February 2001 has 28 days', '2001-02-28'],
    ['2001-02-29', 'February 2001 has 28 days', '2001-02-28'],
    ['1900-02-29', 'February 1900 has 28 days', '1900-02-28'],
    ['2024-02-30', 'February 2024 has 29 days', '2024-02-29'],
    ['2001-04-31', 'April 2001 has 30 days', '2001-04-30'],
    ['2001-01-00', 'January 2001 has 31 days', '2001-01-31'],
    ['2001-13', 'there is no month 13', '01 to 12'],
    ['2001-00', 'there is no month 0', '01 to 12'],
    ['2001-13-01', 'there is no month 13', '01 to 12'],
    ['2001-W54', '2001 has 52 ISO weeks', '2001-W52'],
    ['2001-W53', '2001 has 52 ISO weeks', '2001-W52'],
    ['2020-W54', '2020 has 53 ISO weeks', '2020-W53'],
    ['2001-W00', '2001 has 52 ISO weeks', '2001-W01'],
    ['2001-Q5', 'there is no quarter 5', 'Q1 to Q4'],
    ['2001-Q0', 'there is no quarter 0', 'Q1 to Q4'],
    ['2001-01-05T24', 'there is no hour 24', 'T00 to T23'],
    ['0000', 'there is no year 0', '0001'],
  ])('%s', (text, why, hint) => {
    const [found] = refusal(() => parseRange(text))
    expect(found).toMatchObject({ code: 'SL401', severity: 'error' })
    expect(found?.message).toContain(why)
    expect(found?.hint).toContain(hint)
  })
})

describe('a text that is no key is refused with the key that was meant', () => {
  test.each([
    ['2001-1-5', 'Did you mean 2001-01-05?'],
    ['2001/01/05', 'Did you mean 2001-01-05?'],
    ['20010105', 'Did you mean 2001-01-05?'],
    ['200101', 'Did you mean 2001-01?'],
    ['2001-1', 'Did you mean 2001-01?'],
    ['2001-w1', 'Did you mean 2001-W01?'],
    ['2001W05', 'Did you mean 2001-W05?'],
    ['2001q3', 'Did you mean 2001-Q3?'],
    ['2001-01-05 13:30', 'Did you mean 2001-01-05T13:30?'],
    ['2001-01-05 13', 'Did you mean 2001-01-05T13?'],
    ['20010230', 'Keys look like'],
    ['05.01.2001', 'Keys look like'],
    ['yesterday', 'Keys look like'],
    ['', 'Keys look like'],
    ['20', 'Keys look like'],
    ['12024', 'Keys look like'],
    ['2024-01-05Z', 'Keys look like'],
  ])('%s', (text, hint) => {
    const [found] = refusal(() => parseRange(text))
    expect(found?.code).toBe('SL402')
    expect(found?.hint).toContain(hint)
  })
})

describe('a range', () => {
  test.each([
    ['2001-01-05', '2001-01-05', '2001-01-05', '2001-01-06'],
    ['2001-01', '2001-03', '2001-01-01', '2001-04-01'],
    ['2001-01-30', '2001-02', '2001-01-30', '2001-03-01'],
    ['2001-W01', '2001-01-10', '2001-01-01', '2001-01-11'],
    ['2001', '2001-01-05', '2001-01-01', '2001-01-06'],
  ])('from %s to %s includes both', (from, to, start, end) => {
    expect(rangeOf(from, to)).toEqual({ start: midnight(start), end: midnight(end) })
  })

  test('is unbounded where an end is left out', () => {
    expect(rangeOf(undefined, undefined)).toEqual({ start: earliest, end: latest })
    expect(rangeOf('2001', undefined)).toEqual({ start: midnight('2001-01-01'), end: latest })
    expect(rangeOf(undefined, '2001')).toEqual({ start: earliest, end: midnight('2002-01-01') })
  })

  test('that ends before it begins is refused', () => {
    const [found] = refusal(() => rangeOf('2001-02', '2001-01-31'))
    expect(found?.code).toBe('SL403')
  })
})

describe('an instant', () => {
  test.each([
    ['2001-01-05', '2001-01-05T00:00:00Z'],
    ['2001-01', '2001-01-01T00:00:00Z'],
    ['2001-W02', '2001-01-08T00:00:00Z'],
    ['2001-01-05T13', '2001-01-05T13:00:00Z'],
    ['2001-01-05T13:30', '2001-01-05T13:30:00Z'],
    ['2001-01-05 13:30', '2001-01-05T13:30:00Z'],
    ['2001-01-05T13:30:15Z', '2001-01-05T13:30:15Z'],
    ['2001-01-05T13:30:15+02:00', '2001-01-05T11:30:15Z'],
    ['2001-01-05T13:30-0530', '2001-01-05T19:00:00Z'],
    ['2001-01-05T00:30+01', '2001-01-04T23:30:00Z'],
    ['2001-01-05T13:30:15.250Z', '2001-01-05T13:30:15.250Z'],
  ])('%s', (text, expected) => {
    expect(parseInstant(text)).toBe(Date.parse(expected))
  })

  test.each([
    ['2001-01-05T25:00', 'SL401'],
    ['2001-01-05T13:60', 'SL401'],
    ['2001-02-30T13:00', 'SL401'],
    ['now', 'SL402'],
  ])('%s is refused', (text, code) => {
    expect(refusal(() => parseInstant(text))[0]?.code).toBe(code)
  })
})
