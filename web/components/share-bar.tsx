import type { JSX } from 'preact'
import { countText } from './quantity.ts'

export interface ShareBarProps {
  readonly label: string
  readonly count: number
  readonly of: number
}

/** How many of how many, as numbers and as a thin bar. */
export function ShareBar({ label, count, of }: ShareBarProps): JSX.Element {
  const percent = of === 0 ? 0 : (count / of) * 100
  return (
    <div class="share">
      <span>{label}</span>
      <span class="number">
        {countText(count)} <span class="quiet">of {countText(of)}</span>
      </span>
      <svg width="100%" height="6" aria-hidden="true">
        <rect class="share-all" width="100%" height="6" rx="3" />
        {count > 0 && <rect class="share-part" width={`${percent}%`} height="6" rx="3" />}
      </svg>
    </div>
  )
}
