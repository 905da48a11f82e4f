import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { PartitionHistory } from '../../core/docs/api.ts'
import { CheckCountsText } from './check-counts.tsx'
import { isKnown, RunLink, textAt } from './partition-facts.tsx'
import { countedText, countText, durationText, instantText } from './quantity.ts'
import { ScrollRegion } from './scroll-region.tsx'
import { StateBadge } from './state-badge.tsx'

/** Without JavaScript the newest; the rest on demand, as some thousand rows make a page slow. */
const fewest = 60

/** The partitions as a table, newest first: all that the calendar and the plots say. */
export function PartitionTable({ history }: { readonly history: PartitionHistory }): JSX.Element {
  const [showsAll, setShowsAll] = useState(false)
  const count = history.keys.length
  const shown = showsAll ? count : Math.min(count, fewest)
  return (
    <details class="partition-table">
      <summary>The same as a table</summary>
      <ScrollRegion label="Partitions as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">Partition</th>
              <th scope="col">State</th>
              <th scope="col" class="number">
                Rows
              </th>
              <th scope="col" class="number">
                Duration
              </th>
              <th scope="col">Checks</th>
              <th scope="col">Published</th>
              <th scope="col" class="number">
                Version
              </th>
              <th scope="col">Run</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: shown }, (_, back) => (
              <Row key={back} history={history} index={count - 1 - back} />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {shown < count && (
        <p class="partition-more small quiet">
          The newest {countText(shown)} of {countedText(count, 'partition')}.{' '}
          <button type="button" class="needs-script" onClick={() => setShowsAll(true)}>
            Show all
          </button>
        </p>
      )}
    </details>
  )
}

function Row({
  history,
  index,
}: {
  readonly history: PartitionHistory
  readonly index: number
}): JSX.Element {
  const [rows, duration, version, published] = [
    history.rows[index],
    history.durationsMs[index],
    history.versions[index],
    history.publishedAt[index],
  ]
  const checks = history.checks[index]
  const run = textAt(history.runIds, history.runs[index])
  return (
    <tr>
      <th scope="row" class="mono nowrap">
        {history.keys[index]}
      </th>
      <td>
        <StateBadge state={history.states[index] ?? 'unknown'} />
      </td>
      <td class="number">{isKnown(rows) && countText(rows)}</td>
      <td class="number">{isKnown(duration) && durationText(duration)}</td>
      <td class="nowrap">{checks && <CheckCountsText counts={checks} />}</td>
      <td class="nowrap">{isKnown(published) && instantText(published)}</td>
      <td class="number">{isKnown(version) && countText(version)}</td>
      <td class="nowrap">{run !== undefined && <RunLink id={run} />}</td>
      <td class="partition-why">{textAt(history.reasonTexts, history.reasons[index])}</td>
    </tr>
  )
}
