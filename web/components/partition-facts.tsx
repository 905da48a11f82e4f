import type { JSX } from 'preact'
import type { PartitionHistory } from '../../core/docs/api.ts'
import { partitionCommand } from '../calendar/command.ts'
import { CheckCountsText } from './check-counts.tsx'
import { CommandLine } from './command-line.tsx'
import { Facts } from './node-page.tsx'
import { countText, durationText, instantText } from './quantity.ts'
import { useSite } from './site-context.ts'
import { StateBadge } from './state-badge.tsx'

export interface PartitionFactsProps {
  readonly model: string
  readonly history: PartitionHistory
  readonly index: number
}

/** All that is known of one partition, and what to type next. */
export function PartitionFacts({ model, history, index }: PartitionFactsProps): JSX.Element {
  const key = history.keys[index]!
  const state = history.states[index] ?? 'unknown'
  const reason = textAt(history.reasonTexts, history.reasons[index])
  const command = partitionCommand(model, key, state)
  return (
    <div class="partition card" aria-live="polite">
      <div class="partition-head">
        <h3 class="mono">{key}</h3>
        <StateBadge state={state} />
      </div>
      {reason !== undefined && <p class="partition-reason">{reason}</p>}
      <Facts facts={factsOf(history, index)} />
      {command !== undefined && (
        <p class="partition-next">
          <span class="quiet small">{command.why}</span>
          <CommandLine command={command.text} />
        </p>
      )}
    </div>
  )
}

function factsOf(
  history: PartitionHistory,
  index: number,
): readonly { name: string; value: JSX.Element | string }[] {
  const { versions, rows, durationsMs, publishedAt, checks, starts, ends } = history
  const run = textAt(history.runIds, history.runs[index])
  const counts = checks[index]
  const [version, rowCount, duration, published] = [versions, rows, durationsMs, publishedAt].map(
    (list) => list[index],
  )
  return [
    { name: 'From', value: instantText(starts[index] ?? Number.NaN) },
    { name: 'To', value: instantText(ends[index] ?? Number.NaN) },
    ...(isKnown(rowCount) ? [{ name: 'Rows', value: countText(rowCount) }] : []),
    ...(isKnown(version) ? [{ name: 'Version', value: countText(version) }] : []),
    ...(isKnown(published) ? [{ name: 'Published', value: instantText(published) }] : []),
    ...(isKnown(duration) ? [{ name: 'Duration', value: durationText(duration) }] : []),
    ...(counts ? [{ name: 'Checks', value: <CheckCountsText counts={counts} /> }] : []),
    ...(run === undefined ? [] : [{ name: 'Run', value: <RunLink id={run} /> }]),
  ]
}

export function RunLink({ id }: { readonly id: string }): JSX.Element {
  const { link } = useSite()
  return (
    <a class="mono" href={link({ kind: 'run', name: id })}>
      {id}
    </a>
  )
}

/** What an index of a list of texts means. */
export function textAt(texts: readonly string[], index: number | null | undefined): string | undefined {
  return isKnown(index) ? texts[index] : undefined
}

export function isKnown(value: number | null | undefined): value is number {
  return value !== null && value !== undefined
}
