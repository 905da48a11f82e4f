import type { JSX } from 'preact'
import type { CheckCounts } from '../../core/docs/api.ts'
import { countText } from './quantity.ts'

/** `12 passed, 1 failed`. */
export function CheckCountsText({ counts }: { readonly counts: CheckCounts }): JSX.Element {
  const parts = [
    { status: 'failed', count: counts.failed },
    { status: 'warned', count: counts.warned },
    { status: 'passed', count: counts.passed },
  ].filter(({ count }) => count > 0)
  if (parts.length === 0) return <span class="quiet">none</span>
  return (
    <span class="check-counts">
      {parts.map(({ status, count }) => (
        <span key={status} class={`check-count status-${status}`}>
          {countText(count)} {status}
        </span>
      ))}
    </span>
  )
}
