import type { JSX } from 'preact'
import type { NodeState } from '../../core/docs/api.ts'
import { rankOf, StateBadge, stateWords } from './state-badge.tsx'

export interface StateBarProps {
  readonly states: readonly { readonly state: NodeState; readonly count: number }[]
  /** Where what is in a state is listed. */
  readonly href: (state: NodeState) => string
}

/** How many are in which state: one bar, and a legend with numbers that leads to them. */
export function StateBar({ states, href }: StateBarProps): JSX.Element {
  const sorted = states.filter(({ count }) => count > 0).sort((a, b) => rankOf(b.state) - rankOf(a.state))
  const total = sorted.reduce((sum, { count }) => sum + count, 0)
  const begins = sorted.map((_, index) => sorted.slice(0, index).reduce((sum, { count }) => sum + count, 0))
  const said = sorted.map(({ state, count }) => `${count} ${stateWords[state].label}`).join(', ')
  return (
    <div class="state-bar">
      <svg width="100%" height="14" role="img" aria-label={`States: ${said}`}>
        {sorted.map(({ state, count }, index) => (
          <rect
            key={state}
            class={`state-${state} state-piece`}
            x={`${(begins[index]! / total) * 100}%`}
            width={`${(count / total) * 100}%`}
            height="14"
          >
            <title>{`${count} ${stateWords[state].label}`}</title>
          </rect>
        ))}
      </svg>
      <ul class="state-legend plain-list">
        {sorted.map(({ state, count }) => (
          <li key={state}>
            <a href={href(state)}>
              <span class="state-count">{count}</span> <StateBadge state={state} />
            </a>
          </li>
        ))}
      </ul>
    </div>
  )
}
