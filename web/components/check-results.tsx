import type { JSX } from 'preact'
import type { CheckResult } from '../../core/docs/api.ts'
import { CheckOutcome } from './check-table.tsx'
import { StatusBadge } from './status-badge.tsx'

/** What became of a check, newest first. */
export function CheckResults({ results }: { readonly results: readonly CheckResult[] }): JSX.Element {
  if (results.length === 0) return <p class="empty">It has not run yet.</p>
  return (
    <ol class="checks plain-list">
      {results.map((result, index) => (
        <li key={index} class="check check-result">
          <StatusBadge status={result.status} />
          <CheckOutcome result={result} />
        </li>
      ))}
    </ol>
  )
}
