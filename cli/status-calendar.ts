import { boundariesOf } from '../core/time/boundaries.ts'
import type { Layout } from '../core/time/grain.ts'
import { grainText } from '../core/time/grain.ts'
import type { Colors } from './terminal/terminal.ts'
import { padEnd } from './terminal/width.ts'
import { count } from './text/quantity.ts'

/** What a cell of the calendar shows: what happens to a partition before what it is worth. */
export type CellState = 'fresh' | 'drifted' | 'stale' | 'missing' | 'failed' | 'running'

/** One partition, by the instant at which it starts. */
export interface Cell {
  readonly start: number
  readonly state: CellState
}

export interface CalendarRequest {
  readonly model: string
  readonly layout: Layout
  /** Oldest first. */
  readonly cells: readonly Cell[]
  /** Cells of the terminal's line. */
  readonly width: number
  /** Of a long history only the newest lines. */
  readonly mostLines: number
}

const dayMs = 86_400_000
const gap = '  '

/** Characters that can be told apart without colours. */
const looks: Readonly<
  Record<CellState, { readonly mark: string; readonly colour: 'green' | 'yellow' | 'dim' | 'red' | 'cyan' }>
> = {
  fresh: { mark: '■', colour: 'green' },
  drifted: { mark: '□', colour: 'green' },
  stale: { mark: '▲', colour: 'yellow' },
  missing: { mark: '·', colour: 'dim' },
  failed: { mark: '✗', colour: 'red' },
  running: { mark: '›', colour: 'cyan' },
}

/** The history of a model in its own time zone: a line a day for hours, a line a month for days, a line a year for longer ones. */
export function calendarLines(request: CalendarRequest, style: Colors): readonly string[] {
  const { model, layout, cells } = request
  const scale = scaleOf(layout, cells)
  const rows = rowsOf(scale, layout, cells)
  const shown = rows.slice(-request.mostLines)
  const left = rows.length - shown.length
  const zone = layout.timezone === 'UTC' ? '' : `, ${layout.timezone}`
  const labelWidth = Math.max(0, ...shown.map((row) => row.label.length))
  const columns = Math.max(scale.columns, ...shown.map((row) => row.cells.length))
  const room = Math.max(1, request.width - labelWidth - gap.length)
  const cellWidth = columns * 2 <= room + 1 ? 2 : 1
  const perLine = Math.max(1, Math.floor((room + (cellWidth - 1)) / cellWidth))
  const isWhole = columns <= perLine
  return [
    `${style.bold(model)} ${style.dim(`by ${grainText(layout.grain)}${zone}`)}`,
    ...(isWhole && scale.ticks.length > 0 ? [headLine(scale, labelWidth, cellWidth, style)] : []),
    ...(left > 0
      ? [style.dim(`… ${count(left)} earlier ${left === 1 ? 'line' : 'lines'}; --from shows them`)]
      : []),
    ...shown.flatMap((row) => rowLines(row, labelWidth, cellWidth, perLine, style)),
    legend(cells, style),
  ]
}

/** How partitions are put into lines. */
interface Scale {
  readonly columns: number
  /** What stands above which column. */
  readonly ticks: readonly (readonly [column: number, text: string])[]
  place(civil: Date, key: string): { readonly label: string; readonly column?: number }
}

function scaleOf(layout: Layout, cells: readonly Cell[]): Scale {
  switch (layout.grain) {
    case 'hour':
      return {
        columns: 24,
        ticks: [0, 6, 12, 18].map((hour) => [hour, String(hour).padStart(2, '0')]),
        place: (civil) => ({ label: dayOf(civil), column: civil.getUTCHours() }),
      }
    case 'day':
      return {
        columns: 31,
        ticks: [1, 5, 10, 15, 20, 25, 30].map((day) => [day - 1, String(day)]),
        place: (civil) => ({ label: monthOf(civil), column: civil.getUTCDate() - 1 }),
      }
    case 'week':
      return {
        columns: 53,
        ticks: [1, 10, 20, 30, 40, 50].map((week) => [week - 1, String(week)]),
        place: weekPlace,
      }
    case 'month':
      return {
        columns: 12,
        ticks: [1, 4, 7, 10].map((month) => [month - 1, String(month)]),
        place: (civil) => ({ label: yearOf(civil), column: civil.getUTCMonth() }),
      }
    case 'quarter':
      return {
        columns: 4,
        ticks: [1, 2, 3, 4].map((quarter) => [quarter - 1, String(quarter)]),
        place: (civil) => ({ label: yearOf(civil), column: Math.floor(civil.getUTCMonth() / 3) }),
      }
    case 'year':
      return {
        columns: 10,
        ticks: [
          [0, '0'],
          [5, '5'],
        ],
        place: (civil) => ({ label: `${yearOf(civil).slice(0, 3)}0s`, column: civil.getUTCFullYear() % 10 }),
      }
    default:
      return cronScale(cells)
  }
}

/** Partitions of any length, in the order in which they come. */
function cronScale(cells: readonly Cell[]): Scale {
  const [first, last] = [cells[0]?.start ?? 0, cells.at(-1)?.start ?? 0]
  const length = (last - first) / Math.max(1, cells.length - 1)
  const label = length < dayMs * 0.9 ? dayOf : length < 20 * dayMs ? monthOf : yearOf
  return { columns: 0, ticks: [], place: (civil) => ({ label: label(civil) }) }
}

/** ISO weeks say their year and number; others are counted from the first that begins in the year. */
function weekPlace(civil: Date, key: string): { readonly label: string; readonly column: number } {
  const [, year, week] = /^(\d{4})-W(\d\d)$/.exec(key) ?? []
  if (year !== undefined) return { label: year, column: Number(week) - 1 }
  const newYear = Date.UTC(civil.getUTCFullYear(), 0, 1)
  return { label: yearOf(civil), column: Math.floor((civil.getTime() - newYear) / (7 * dayMs)) }
}

interface CalendarRow {
  readonly label: string
  /** By column; undefined where there is no partition. */
  readonly cells: (CellState | undefined)[]
}

function rowsOf(scale: Scale, layout: Layout, cells: readonly Cell[]): readonly CalendarRow[] {
  const cuts = boundariesOf(layout)
  const rows: CalendarRow[] = []
  for (const { start, state } of cells) {
    const { label, column } = scale.place(new Date(cuts.civil(start)), cuts.key(start))
    let row = rows.at(-1)
    if (row?.label !== label) {
      row = { label, cells: [] }
      rows.push(row)
    }
    // An hour that comes twice moves what follows it by one.
    while (column !== undefined && row.cells.length < column) row.cells.push(undefined)
    row.cells.push(state)
  }
  return rows
}

function headLine({ ticks }: Scale, labelWidth: number, cellWidth: number, style: Colors): string {
  let line = ''
  for (const [column, text] of ticks) {
    const at = column * cellWidth
    if (line.length > 0 && at <= line.length) continue
    line = padEnd(line, at) + text
  }
  return style.dim(`${' '.repeat(labelWidth)}${gap}${line}`)
}

function rowLines(
  { label, cells }: CalendarRow,
  labelWidth: number,
  cellWidth: number,
  perLine: number,
  style: Colors,
): readonly string[] {
  const lines: string[] = []
  for (let from = 0; from < cells.length; from += perLine) {
    const marks = cells.slice(from, from + perLine).map((state) => {
      if (state === undefined) return ' '.repeat(cellWidth)
      return padEnd(painted(state, style), cellWidth)
    })
    lines.push(`${padEnd(from === 0 ? label : '', labelWidth)}${gap}${marks.join('')}`.trimEnd())
  }
  return lines
}

function painted(state: CellState, style: Colors): string {
  const { mark, colour } = looks[state]
  return style[colour](mark)
}

/** What the characters mean that occur, with how often. */
function legend(cells: readonly Cell[], style: Colors): string {
  const counts = new Map<CellState, number>()
  for (const { state } of cells) counts.set(state, (counts.get(state) ?? 0) + 1)
  const states = (Object.keys(looks) as CellState[]).filter((state) => counts.has(state))
  return states.map((state) => `${painted(state, style)} ${count(counts.get(state)!)} ${state}`).join(gap)
}

function dayOf(civil: Date): string {
  return civil.toISOString().slice(0, 10)
}

function monthOf(civil: Date): string {
  return civil.toISOString().slice(0, 7)
}

function yearOf(civil: Date): string {
  return civil.toISOString().slice(0, 4)
}
