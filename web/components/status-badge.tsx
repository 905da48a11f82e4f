import type { JSX } from 'preact'

const signs: ReadonlyMap<string, string> = new Map([
  ['succeeded', '✓'],
  ['passed', '✓'],
  ['failed', '✕'],
  ['timed_out', '✕'],
  ['crashed', '✕'],
  ['running', '▸'],
  ['retrying', '↻'],
  ['warned', '!'],
  ['canceled', '■'],
  ['blocked', '⊘'],
  ['skipped', '–'],
  ['queued', '…'],
  ['waiting', '…'],
])

/** What became of a run, a task, an attempt or a check, in words: `timed out`. */
export function wordOf(status: string): string {
  return status.replaceAll('_', ' ')
}

/** The class that gives an element the status' color; of one that nobody knows none. */
export function statusClass(status: string): string {
  return signs.has(status) ? `status-${status}` : 'status-waiting'
}

/** A status with its sign; `count` says of how many. */
export function StatusBadge({
  status,
  count,
}: {
  readonly status: string
  readonly count?: number
}): JSX.Element {
  return (
    <span class={`state ${statusClass(status)}`}>
      <span class="state-sign" aria-hidden="true">
        {signs.get(status) ?? '·'}
      </span>{' '}
      {count === undefined ? '' : `${count} `}
      {wordOf(status)}
    </span>
  )
}
