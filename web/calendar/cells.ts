import { daysOf } from '../../core/time/calendar.ts'
import { type CivilKey, civilOf, monthNames } from './civil-key.ts'

/** One place of a calendar, for one partition or for adjacent ones that share it: indexes into the keys, `last` inclusive. */
export interface CalendarCell {
  readonly first: number
  readonly last: number
  /** From 0. */
  readonly column: number
  /** What it is called: a key, or what its partitions' keys have in common. */
  readonly name: string
}

export interface CalendarRow {
  readonly label: string
  readonly cells: readonly CalendarCell[]
}

export interface CalendarBlock {
  /** Empty if there is only this one and its rows say it all. */
  readonly title: string
  readonly rows: readonly CalendarRow[]
}

export interface Calendar {
  readonly shape: Shape
  /** Above the columns. */
  readonly heads: readonly string[]
  readonly blocks: readonly CalendarBlock[]
}

/** What stands in a row: the years of a decade, the quarters or months of a year, the weeks of a quarter, the days of a week, the hours of
 * a day; or partitions in order, where keys tell no civil time. */
export type Shape = 'years' | 'quarters' | 'months' | 'weeks' | 'days' | 'hours' | 'sequence'

/** Days are told one by one up to a year and a bit, hours up to ten days: beyond, several partitions share a cell. */
const mostDays = 400
const mostDaysOfHours = 10

/** Keys from `first` to `last`, oldest first, in a calendar of civil time. */
export function calendarOf(
  keys: readonly string[],
  grain: string,
  first = 0,
  last = keys.length - 1,
): Calendar {
  const civil: CivilKey[] = []
  for (let at = first; at <= last; at++) {
    const each = civilOf(keys[at]!)
    if (each === undefined) return sequence(keys, first, last)
    civil.push(each)
  }
  const shape = shapeOf(civil, grain)
  const places = civil.map((each) => placeOf(shape, each))
  const calendar = arrange(shape, places, keys, first)
  return isOneCell(calendar) && last > first ? sequence(keys, first, last) : calendar
}

/** The cell that holds a partition. */
export function cellOf(calendar: Calendar, index: number): CalendarCell | undefined {
  for (const block of calendar.blocks) {
    for (const row of block.rows) {
      for (const cell of row.cells) if (cell.first <= index && index <= cell.last) return cell
    }
  }
  return undefined
}

/** The calendar and, while the cell of the partition is shared, one of that cell: what must be shown to choose among all. */
export function calendarsTo(keys: readonly string[], grain: string, index: number): readonly Calendar[] {
  const calendars = [calendarOf(keys, grain)]
  for (;;) {
    const cell = cellOf(calendars.at(-1)!, index)
    if (cell === undefined || cell.first === cell.last) return calendars
    calendars.push(calendarOf(keys, grain, cell.first, cell.last))
  }
}

function shapeOf(civil: readonly CivilKey[], grain: string): Shape {
  const [oldest, newest] = [civil[0], civil.at(-1)]
  if (oldest === undefined || newest === undefined) return 'sequence'
  if (oldest.quarter !== undefined) return 'quarters'
  if (oldest.week !== undefined || grain === 'week') return 'weeks'
  if (oldest.day === undefined) return oldest.month === undefined ? 'years' : 'months'
  const days = dayOf(newest) - dayOf(oldest) + 1
  if (oldest.hour !== undefined && days <= mostDaysOfHours) return 'hours'
  const isMonthly =
    civil.length > 2 && civil.every((each, at) => at === 0 || monthOf(each) !== monthOf(civil[at - 1]!))
  return days > mostDays || isMonthly ? 'months' : 'days'
}

/** Where a partition stands. `cell` is the same for those that share a cell. */
interface Place {
  readonly block: string
  readonly row: string
  readonly column: number
  readonly name: string
}

function placeOf(shape: Shape, civil: CivilKey): Place {
  const { year, month = 1, day = 1, hour = 0 } = civil
  const yearText = `${year}`.padStart(4, '0')
  const monthText = `${yearText}-${two(month)}`
  switch (shape) {
    case 'years': {
      const decade = Math.floor(year / 10) * 10
      return { block: '', row: `${decade}s`, column: year - decade, name: yearText }
    }
    case 'quarters': {
      const quarter = civil.quarter ?? 1
      return { block: '', row: yearText, column: quarter - 1, name: `${yearText}-Q${quarter}` }
    }
    case 'months':
      return { block: '', row: yearText, column: month - 1, name: monthText }
    case 'weeks': {
      const week = civil.week ?? Math.floor((dayOf(civil) - daysOf(year, 1, 1)) / 7) + 1
      const quarter = Math.min(3, Math.floor((week - 1) / 13))
      const name = civil.week === undefined ? `${monthText}-${two(day)}` : `${yearText}-W${two(week)}`
      return { block: yearText, row: `${quarter * 13 + 1}`, column: week - 1 - quarter * 13, name }
    }
    case 'days': {
      // Weeks of the calendar begin on Mondays, as those of ISO keys.
      const weekday = (((dayOf(civil) + 3) % 7) + 7) % 7
      const name = `${monthText}-${two(day)}`
      const block = `${monthNames[month - 1]} ${yearText}`
      return { block, row: `${Math.max(1, day - weekday)}`, column: weekday, name }
    }
    case 'hours': {
      const date = `${monthText}-${two(day)}`
      return { block: '', row: date, column: hour, name: `${date}T${two(hour)}` }
    }
    default:
      throw new Error('a sequence has no places')
  }
}

const headsOf: Readonly<Record<Shape, readonly string[]>> = {
  years: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  quarters: ['Q1', 'Q2', 'Q3', 'Q4'],
  months: monthNames.map((name) => name.slice(0, 3)),
  weeks: [],
  days: ['M', 'T', 'W', 'T', 'F', 'S', 'S'],
  hours: Array.from({ length: 24 }, (_, hour) => (hour % 3 === 0 ? two(hour) : '')),
  sequence: [],
}

function arrange(shape: Shape, places: readonly Place[], keys: readonly string[], offset: number): Calendar {
  const blocks: { title: string; rows: { label: string; cells: CalendarCell[] }[] }[] = []
  let before: Place | undefined
  places.forEach((place, at) => {
    const index = at + offset
    if (before?.block !== place.block) blocks.push({ title: place.block, rows: [] })
    const rows = blocks.at(-1)!.rows
    if (before?.block !== place.block || before.row !== place.row) rows.push({ label: place.row, cells: [] })
    const cells = rows.at(-1)!.cells
    const shared = cells.at(-1)
    if (shared !== undefined && shared.column === place.column) {
      cells[cells.length - 1] = { ...shared, last: index, name: place.name }
    } else cells.push({ first: index, last: index, column: place.column, name: keys[index]! })
    before = place
  })
  return { shape, heads: headsOf[shape], blocks }
}

const sequenceColumns = 12

/** Partitions one after the other, in rows of twelve. */
function sequence(keys: readonly string[], first: number, last: number): Calendar {
  const rows: CalendarRow[] = []
  for (let from = first; from <= last; from += sequenceColumns) {
    const cells: CalendarCell[] = []
    for (let at = from; at <= Math.min(last, from + sequenceColumns - 1); at++) {
      cells.push({ first: at, last: at, column: at - from, name: keys[at]! })
    }
    rows.push({ label: keys[from]!, cells })
  }
  return { shape: 'sequence', heads: [], blocks: [{ title: '', rows }] }
}

function isOneCell({ blocks }: Calendar): boolean {
  return blocks.length === 1 && blocks[0]!.rows.length === 1 && blocks[0]!.rows[0]!.cells.length === 1
}

function dayOf({ year, month = 1, day = 1 }: CivilKey): number {
  return daysOf(year, month, day)
}

function monthOf({ year, month = 1 }: CivilKey): number {
  return year * 12 + month
}

function two(value: number): string {
  return `${value}`.padStart(2, '0')
}
