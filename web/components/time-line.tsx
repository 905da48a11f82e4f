import type { JSX } from 'preact'
import type { Bar, Tick, TimeLineRow } from '../pages/time-line.ts'
import { countedText, durationText } from './quantity.ts'
import { statusClass, wordOf } from './status-badge.tsx'

const laneHeight = 12
/** More lanes than this become thinner. */
const fullLanes = 4

export interface TrackProps extends Pick<TimeLineRow, 'bars' | 'lanes'> {
  readonly ticks: readonly Tick[]
  /** Milliseconds of the whole line. */
  readonly length: number
}

/** Tries as bars, a lane for each that runs at the same time. A failed one is hatched, a retry begins with a notch. */
export function Track({ bars, lanes, ticks, length }: TrackProps): JSX.Element {
  const pitch = lanes <= fullLanes ? laneHeight + 2 : Math.max(3, ((laneHeight + 2) * fullLanes) / lanes)
  const height = Math.round(pitch * lanes + 4)
  return (
    <svg class="track" width="100%" height={height} role="img" aria-label={saidOf(bars, length)}>
      {ticks.map(({ at }) => (
        <line key={at} class="track-tick" x1={percent(at)} x2={percent(at)} y1="0" y2={height} />
      ))}
      {bars.map((bar, index) => (
        <TrackBar
          key={index}
          bar={bar}
          y={2 + bar.lane * pitch}
          height={Math.max(2, pitch - 2)}
          length={length}
        />
      ))}
    </svg>
  )
}

interface TrackBarProps {
  readonly bar: Bar
  readonly y: number
  readonly height: number
  readonly length: number
}

function TrackBar({ bar, y, height, length }: TrackBarProps): JSX.Element {
  const width = Math.max(bar.length, 0.002)
  const place = { x: percent(Math.min(bar.from, 1 - width)), width: percent(width), y, height }
  return (
    <g class={statusClass(bar.status)}>
      <title>{titleOf(bar, length)}</title>
      <rect class="track-bar" {...place} rx="2" />
      {isBad(bar.status) && <rect class="track-hatch" {...place} rx="2" fill="url(#track-hatching)" />}
      {bar.isRetry && <rect class="track-notch" x={place.x} y={y - 1} width="2" height={height + 2} />}
    </g>
  )
}

function isBad(status: string): boolean {
  return status === 'failed' || status === 'timed_out' || status === 'crashed'
}

function titleOf({ count, status, isRetry, length: share }: Bar, length: number): string {
  const what = count > 1 ? `${countedText(count, 'try', 'tries')}, each ` : isRetry ? 'retry, ' : ''
  return `${what}${wordOf(status)}, ${durationText(share * length)}`
}

function saidOf(bars: readonly Bar[], length: number): string {
  if (bars.length === 0) return 'not tried'
  const from = Math.min(...bars.map((bar) => bar.from))
  const to = Math.max(...bars.map((bar) => bar.from + bar.length))
  const tries = bars.reduce((sum, { count }) => sum + count, 0)
  return `${countedText(tries, 'try', 'tries')}, from ${durationText(from * length)} to ${durationText(to * length)}`
}

/** The scale above the tracks. */
export function Scale({ ticks }: { readonly ticks: readonly Tick[] }): JSX.Element {
  return (
    <svg class="scale" width="100%" height="16" aria-hidden="true">
      {ticks
        .filter(({ at }) => at < 0.93)
        .map(({ at, ms }) => (
          <text key={at} x={percent(at)} dx={at === 0 ? 0 : 3} y="12">
            {ms === 0 ? '0' : durationText(ms)}
          </text>
        ))}
    </svg>
  )
}

/** The hatching of what failed, once for a page. */
export function TrackDefinitions(): JSX.Element {
  return (
    <svg class="visually-hidden" width="0" height="0" aria-hidden="true">
      <defs>
        <pattern
          id="track-hatching"
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect class="track-hatch-line" width="2" height="6" />
        </pattern>
      </defs>
    </svg>
  )
}

/** Four digits are finer than any screen, and keep large pages small. */
function percent(share: number): string {
  return `${Number((share * 100).toFixed(3))}%`
}
