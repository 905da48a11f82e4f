import type { JSX } from 'preact'
import type { NodeState } from '../../core/docs/api.ts'

/** What a state is called, and a sign that tells it without its color. */
export const stateWords: Readonly<Record<NodeState, { readonly label: string; readonly sign: string }>> = {
  fresh: { label: 'fresh', sign: '✓' },
  drifted: { label: 'drifted', sign: '≈' },
  stale: { label: 'stale', sign: '↻' },
  missing: { label: 'missing', sign: '○' },
  failed: { label: 'failed', sign: '✕' },
  running: { label: 'running', sign: '▸' },
  blocked: { label: 'blocked', sign: '⊘' },
  late: { label: 'late', sign: '!' },
  none: { label: 'nothing due', sign: '–' },
  unknown: { label: 'unknown', sign: '?' },
}

const worstFirst: readonly NodeState[] = [
  'failed',
  'blocked',
  'late',
  'stale',
  'missing',
  'running',
  'drifted',
  'unknown',
  'none',
  'fresh',
]

/** Where a state stands among all, worst first. */
export function rankOf(state: NodeState): number {
  return worstFirst.indexOf(state)
}

export function StateBadge({ state }: { readonly state: NodeState }): JSX.Element {
  const { label, sign } = stateWords[state]
  return (
    <span class={`state state-${state}`}>
      <span class="state-sign" aria-hidden="true">
        {sign}
      </span>{' '}
      {label}
    </span>
  )
}
