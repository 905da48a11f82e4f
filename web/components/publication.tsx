import type { JSX } from 'preact'
import type { Publication } from '../../core/docs/api.ts'
import { CheckCountsText } from './check-counts.tsx'
import { Instant } from './instant.tsx'
import { Facts } from './node-page.tsx'
import { RunLink } from './partition-facts.tsx'
import { countText, durationText } from './quantity.ts'
import { StateBadge } from './state-badge.tsx'

/** What is published of a relation without partitions. */
export function PublicationFacts({ published }: { readonly published: Publication }): JSX.Element {
  const { state, reason, version, run, rows, durationMs, publishedAt, checks } = published
  return (
    <div class="partition card">
      <div class="partition-head">
        <StateBadge state={state} />
      </div>
      {reason !== undefined && <p class="partition-reason">{reason}</p>}
      <Facts
        facts={[
          ...(rows === undefined ? [] : [{ name: 'Rows', value: countText(rows) }]),
          ...(version === undefined ? [] : [{ name: 'Version', value: countText(version) }]),
          ...(publishedAt === undefined ? [] : [{ name: 'Published', value: <Instant at={publishedAt} /> }]),
          ...(durationMs === undefined ? [] : [{ name: 'Duration', value: durationText(durationMs) }]),
          ...(checks === undefined ? [] : [{ name: 'Checks', value: <CheckCountsText counts={checks} /> }]),
          ...(run === undefined ? [] : [{ name: 'Run', value: <RunLink id={run} /> }]),
        ]}
      />
    </div>
  )
}
