// biome-ignore-all lint/a11y/useSemanticElements: the months of a calendar wrap, which parts of a table cannot
// biome-ignore-all lint/a11y/useFocusableInteractive: of a grid only cells take the focus
import type { JSX } from 'preact'
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import type { PartitionHistory } from '../../core/docs/api.ts'
import { type Calendar, type CalendarCell, calendarsTo, cellOf } from '../calendar/cells.ts'
import { moved } from '../calendar/move.ts'
import { countStates, type StateCount } from '../calendar/states.ts'
import { countText } from './quantity.ts'
import { stateWords } from './state-badge.tsx'

export interface PartitionCalendarProps {
  readonly history: PartitionHistory
  /** Index of the partition that is chosen. */
  readonly chosen: number
  readonly choose: (index: number) => void
}

/** Partitions by their state. Where several share a cell, the chosen cell is opened below in a calendar of its own. */
export function PartitionCalendar({ history, chosen, choose }: PartitionCalendarProps): JSX.Element {
  const calendars = useMemo(
    () => calendarsTo(history.keys, history.grain, chosen),
    [history.keys, history.grain, chosen],
  )
  return (
    <div class="calendars">
      {calendars.map((calendar, level) => {
        const within = level === 0 ? undefined : cellOf(calendars[level - 1]!, chosen)?.name
        return (
          <div key={level} class="calendar-level">
            {within !== undefined && (
              <p class="small quiet">
                Within <span class="mono">{within}</span>
              </p>
            )}
            <Grid
              calendar={calendar}
              history={history}
              chosen={chosen}
              choose={choose}
              label={within === undefined ? 'Partitions by state' : `Partitions within ${within}`}
            />
          </div>
        )
      })}
    </div>
  )
}

interface GridProps extends PartitionCalendarProps {
  readonly calendar: Calendar
  readonly label: string
}

function Grid({ calendar, history, chosen, choose, label }: GridProps): JSX.Element {
  const grid = useRef<HTMLDivElement>(null)
  const takesFocus = useRef(false)
  const current = cellOf(calendar, chosen)
  // Before the next key is pressed, not some time after painting.
  useLayoutEffect(() => {
    const element = grid.current?.querySelector<HTMLElement>('[aria-selected="true"]')
    if (!element) return
    if (takesFocus.current) element.focus()
    takesFocus.current = false
    keepInView(grid.current!, element)
  }, [current?.first, calendar])

  // Of a cell that several share the newest is chosen: what one wants to know first.
  const take = (cell: CalendarCell): void => choose(cell.last)
  const onKeyDown = (event: KeyboardEvent): void => {
    if (current === undefined || event.altKey || event.metaKey) return
    const next = moved(calendar, current, event)
    if (next === undefined) return
    event.preventDefault()
    if (next === current) return
    takesFocus.current = true
    take(next)
  }
  const onClick = (event: MouseEvent): void => {
    const place = (event.target as Element).closest<HTMLElement>('[data-first]')
    const cell = place && cellOf(calendar, Number(place.dataset.first))
    if (!cell || cell === current) return
    takesFocus.current = true
    take(cell)
  }
  return (
    <div
      ref={grid}
      class={`calendar calendar-${calendar.shape}`}
      role="grid"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      {calendar.blocks.map((block, index) => (
        <Block
          key={index}
          block={block}
          calendar={calendar}
          history={history}
          current={current}
          hasHeads={calendar.heads.length > 0 && (calendar.shape === 'days' || index === 0)}
        />
      ))}
    </div>
  )
}

interface BlockProps {
  readonly block: Calendar['blocks'][number]
  readonly calendar: Calendar
  readonly history: PartitionHistory
  readonly current: CalendarCell | undefined
  readonly hasHeads: boolean
}

function Block({ block, calendar, history, current, hasHeads }: BlockProps): JSX.Element {
  return (
    <div class="calendar-block" role="rowgroup">
      {block.title !== '' && (
        <div class="calendar-title" role="row">
          <span role="columnheader">{block.title}</span>
        </div>
      )}
      {hasHeads && (
        <div class="calendar-row calendar-heads" aria-hidden="true">
          <span class="calendar-label" />
          {calendar.heads.map((head, column) => (
            <span key={column} class={`calendar-head column-${column}`}>
              {head}
            </span>
          ))}
        </div>
      )}
      {block.rows.map((row) => (
        <div key={row.label} class="calendar-row" role="row">
          <span class="calendar-label" role="rowheader">
            {row.label}
          </span>
          {row.cells.map((cell) => (
            <Cell key={cell.first} cell={cell} history={history} isChosen={cell === current} />
          ))}
        </div>
      ))}
    </div>
  )
}

interface CellProps {
  readonly cell: CalendarCell
  readonly history: PartitionHistory
  readonly isChosen: boolean
}

function Cell({ cell, history, isChosen }: CellProps): JSX.Element {
  const counts = countStates(history.states, cell.first, cell.last)
  const [worst, ...others] = counts
  const { state } = worst!
  const label = `${cell.name}: ${countsText(counts, cell.last > cell.first)}`
  return (
    <span
      class={`calendar-cell state-${state} column-${cell.column}${others.length > 0 ? ' calendar-mixed' : ''}`}
      role="gridcell"
      tabIndex={isChosen ? 0 : -1}
      aria-selected={isChosen}
      aria-label={label}
      title={label}
      data-first={cell.first}
    >
      <span aria-hidden="true">{stateWords[state].sign}</span>
      {others.length > 0 && <Stripe counts={counts} />}
    </span>
  )
}

/** The shares of states in a cell, worst first. */
function Stripe({ counts }: { readonly counts: readonly StateCount[] }): JSX.Element {
  const all = counts.reduce((sum, { count }) => sum + count, 0)
  let x = 0
  return (
    <svg class="calendar-stripe" viewBox={`0 0 ${all} 1`} preserveAspectRatio="none" aria-hidden="true">
      {counts.map(({ state, count }) => {
        const from = x
        x += count
        return <rect key={state} class={`state-${state}`} x={from} y={0} width={count} height={1} />
      })}
    </svg>
  )
}

/** `fresh`, or of several `28 fresh, 3 stale`. */
export function countsText(counts: readonly StateCount[], isShared = true): string {
  return counts
    .map(({ state, count }) =>
      isShared ? `${countText(count)} ${stateWords[state].label}` : stateWords[state].label,
    )
    .join(', ')
}

/** Scrolls the calendar itself, never the page. */
function keepInView(scroller: HTMLElement, element: HTMLElement): void {
  const [around, box] = [scroller.getBoundingClientRect(), element.getBoundingClientRect()]
  if (box.left < around.left) scroller.scrollLeft -= around.left - box.left + 40
  if (box.right > around.right) scroller.scrollLeft += box.right - around.right + 8
  if (box.top < around.top) scroller.scrollTop -= around.top - box.top + 40
  if (box.bottom > around.bottom) scroller.scrollTop += box.bottom - around.bottom + 8
}
