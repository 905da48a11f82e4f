import type { JSX } from 'preact'
import type { PartitionHistory } from '../../core/docs/api.ts'
import { calendarsTo, type Shape } from '../calendar/cells.ts'
import { countStates } from '../calendar/states.ts'
import { countsText, PartitionCalendar } from './partition-calendar.tsx'
import { PartitionFacts } from './partition-facts.tsx'
import { PartitionTable } from './partition-table.tsx'
import { Plot } from './plot.tsx'
import { countText } from './quantity.ts'
import { StateBadge } from './state-badge.tsx'

/** Calendars beside which nothing else fits. */
const wideShapes: ReadonlySet<Shape> = new Set<Shape>(['hours', 'sequence'])

export interface PartitionSectionProps {
  readonly model: string
  readonly history: PartitionHistory
  readonly chosen: number
  readonly choose: (index: number) => void
}

/** The calendar of a model, the chosen partition, and its numbers over time. */
export function PartitionSection({ model, history, chosen, choose }: PartitionSectionProps): JSX.Element {
  const { older, keys } = history
  if (keys.length === 0) return <p class="empty">No partition is due yet.</p>
  const isWide = calendarsTo(keys, history.grain, chosen).some(({ shape }) => wideShapes.has(shape))
  const olderCount = older?.states.reduce((sum, { count }) => sum + count, 0) ?? 0
  return (
    <>
      <Legend history={history} />
      <div class={isWide ? 'partitions partitions-wide' : 'partitions'}>
        <PartitionCalendar history={history} chosen={chosen} choose={choose} />
        <PartitionFacts model={model} history={history} index={chosen} />
      </div>
      {older !== undefined && olderCount > 0 && (
        <p class="note">
          Before <span class="mono">{keys[0]}</span> there are {countText(olderCount)} older partitions, from{' '}
          <span class="mono">{older.from}</span>: {countsText(older.states)}.
        </p>
      )}
      <div class="plots">
        <Plot title="Rows" keys={keys} values={history.rows} unit="rows" chosen={chosen} choose={choose} />
        <Plot
          title="Duration"
          keys={keys}
          values={history.durationsMs}
          unit="ms"
          chosen={chosen}
          choose={choose}
        />
      </div>
      <PartitionTable history={history} />
    </>
  )
}

function Legend({ history }: { readonly history: PartitionHistory }): JSX.Element {
  const counts = countStates(history.states, 0, history.keys.length - 1)
  return (
    <ul class="calendar-legend plain-list" aria-label="How many partitions are in which state">
      {counts.map(({ state, count }) => (
        <li key={state}>
          <StateBadge state={state} /> <span class="number">{countText(count)}</span>
        </li>
      ))}
    </ul>
  )
}
