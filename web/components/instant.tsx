import type { JSX } from 'preact'
import { useNow } from './now.ts'

export interface InstantProps {
  /** UTC ISO 8601. */
  readonly at: string
  /** With seconds. */
  readonly isPrecise?: boolean
  /** Its age stands beside it; otherwise it is seen by pointing at it. */
  readonly withAge?: boolean
}

/** An instant as text that is the same on every machine; its age is added in the browser. */
export function Instant({ at, isPrecise = false, withAge = false }: InstantProps): JSX.Element {
  const now = useNow()
  const age = now === undefined ? undefined : ageInWords(now - Date.parse(at))
  return (
    <time dateTime={at} title={age} class="instant">
      {at.slice(0, isPrecise ? 19 : 16).replace('T', ' ')} UTC
      {withAge && age !== undefined && <span class="quiet"> ({age})</span>}
    </time>
  )
}

const units = [
  [365.25 * 86_400_000, 'year'],
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
] as const

/** `3 hours ago`, `in 2 days`, `just now`. */
export function ageInWords(milliseconds: number): string {
  const size = Math.abs(milliseconds)
  const unit = units.find(([length]) => size >= length)
  if (unit === undefined || Number.isNaN(size)) return 'just now'
  const count = Math.floor(size / unit[0])
  const text = `${count} ${unit[1]}${count === 1 ? '' : 's'}`
  return milliseconds < 0 ? `in ${text}` : `${text} ago`
}
