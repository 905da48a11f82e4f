import type { JSX } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { buckets, type Point, stretches, summaryOf } from '../plot/series.ts'
import { keyTicks, valueTicks } from '../plot/ticks.ts'
import { countedText, countText, durationText } from './quantity.ts'

export interface PlotProps {
  readonly title: string
  readonly keys: readonly string[]
  readonly values: readonly (number | null)[]
  readonly unit: 'rows' | 'ms'
  readonly chosen: number
  readonly choose: (index: number) => void
}

const height = 168
const margin = { top: 10, right: 10, bottom: 24, left: 52 }
/** Until the page is there to be measured. */
const firstWidth = 560
/** More points than this stand too close for a dot each. */
const mostDots = 120
/** More are told by their spread and mean. */
const mostPoints = 320

/** A number over the partitions: a line with gaps where it is not known. */
export function Plot({ title, keys, values, unit, chosen, choose }: PlotProps): JSX.Element | null {
  const frame = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(firstWidth)
  const [pointed, setPointed] = useState<number | undefined>(undefined)
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const observer = new ResizeObserver(() => setWidth(Math.max(200, Math.round(element.clientWidth))))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const summary = useMemo(() => summaryOf(values), [values])
  if (summary === undefined) return null

  const scale = scaleOf(width, keys.length, unit, summary.most)
  const read = pointed ?? chosen
  const at = (event: MouseEvent): number => {
    const box = frame.current!.getBoundingClientRect()
    const share = (event.clientX - box.left - margin.left) / Math.max(1, width - margin.left - margin.right)
    return clamp(Math.round(share * (keys.length - 1)), keys.length)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = steps[event.key]?.(read, keys.length)
    if (event.key === 'Enter' && pointed !== undefined) choose(pointed)
    if (next === undefined) return
    event.preventDefault()
    setPointed(clamp(next, keys.length))
  }
  return (
    <figure class="plot">
      <figcaption class="plot-caption">
        <span class="plot-title">{title}</span>
        <output class="plot-reading">
          <span class="mono">{keys[read]}</span> {valueText(values[read], unit)}
        </output>
      </figcaption>
      <div
        ref={frame}
        class="plot-frame"
        role="slider"
        tabIndex={0}
        aria-label={`${title} by partition`}
        aria-valuemin={0}
        aria-valuemax={keys.length - 1}
        aria-valuenow={read}
        aria-valuetext={`${keys[read]}: ${valueText(values[read], unit)}`}
        onKeyDown={onKeyDown}
        onBlur={() => setPointed(undefined)}
        onPointerMove={(event) => setPointed(at(event))}
        onPointerLeave={() => setPointed(undefined)}
        onClick={(event) => choose(at(event))}
      >
        <svg viewBox={`0 0 ${width} ${height}`} height={height} width="100%" aria-hidden="true">
          <Axes scale={scale} keys={keys} unit={unit} most={summary.most} width={width} />
          {values.length > mostPoints ? (
            <Band values={values} scale={scale} width={width} />
          ) : (
            <Line values={values} scale={scale} />
          )}
          <Reading scale={scale} at={chosen} value={values[chosen]} kind="chosen" />
          {pointed !== undefined && (
            <Reading scale={scale} at={pointed} value={values[pointed]} kind="pointed" />
          )}
        </svg>
      </div>
      <p class="plot-summary quiet small">
        {countedText(summary.count, 'partition')}: {valueText(summary.least, unit)} to{' '}
        {valueText(summary.most, unit)}, median {valueText(summary.median, unit)}
      </p>
    </figure>
  )
}

const steps: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowLeft: (at) => at - 1,
  ArrowDown: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  ArrowUp: (at) => at + 1,
  PageUp: (at, count) => at + Math.ceil(count / 10),
  PageDown: (at, count) => at - Math.ceil(count / 10),
  Home: () => 0,
  End: (_, count) => count - 1,
}

interface Scale {
  readonly x: (at: number) => number
  readonly y: (value: number) => number
  readonly ticks: ReturnType<typeof valueTicks>
}

function scaleOf(width: number, count: number, unit: PlotProps['unit'], most: number): Scale {
  const ticks = valueTicks(most, 3, unit)
  const top = ticks.at(-1)!.at
  const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom }
  return {
    ticks,
    x: (at) => round(margin.left + (count < 2 ? inner.width / 2 : (at / (count - 1)) * inner.width)),
    y: (value) => round(margin.top + inner.height * (1 - Math.max(0, value) / top)),
  }
}

interface AxesProps {
  readonly scale: Scale
  readonly keys: readonly string[]
  readonly unit: PlotProps['unit']
  readonly most: number
  readonly width: number
}

function Axes({ scale, keys, width }: AxesProps): JSX.Element {
  const right = width - margin.right
  const along = keyTicks(keys, Math.max(2, Math.floor((right - margin.left) / 96)))
  return (
    <g class="plot-axes">
      {scale.ticks.map(({ at, label }) => (
        <g key={at}>
          <line x1={margin.left} x2={right} y1={scale.y(at)} y2={scale.y(at)} />
          <text x={margin.left - 8} y={scale.y(at)} dy="0.32em" text-anchor="end">
            {label}
          </text>
        </g>
      ))}
      {along.map(({ at, label }) => {
        const x = scale.x(at)
        const half = label.length * 3.5
        const anchor = x + half > right ? 'end' : x - half < margin.left - 30 ? 'start' : 'middle'
        return (
          <g key={at}>
            <line
              class="plot-tick"
              x1={x}
              x2={x}
              y1={height - margin.bottom}
              y2={height - margin.bottom + 4}
            />
            <text x={anchor === 'end' ? right : x} y={height - 6} text-anchor={anchor}>
              {label}
            </text>
          </g>
        )
      })}
    </g>
  )
}

function Line({
  values,
  scale,
}: {
  readonly values: PlotProps['values']
  readonly scale: Scale
}): JSX.Element {
  const lines = useMemo(() => stretches(values), [values])
  const points = lines.flat()
  const bottom = scale.y(0)
  const path = (line: readonly Point[]): string =>
    line.map(({ at, value }, index) => `${index === 0 ? 'M' : 'L'}${scale.x(at)} ${scale.y(value)}`).join('')
  return (
    <g class="plot-line">
      {lines.map((line) => (
        <g key={line[0]!.at}>
          {line.length > 1 && (
            <path
              class="plot-area"
              d={`${path(line)}L${scale.x(line.at(-1)!.at)} ${bottom}L${scale.x(line[0]!.at)} ${bottom}Z`}
            />
          )}
          {line.length > 1 && <path d={path(line)} />}
        </g>
      ))}
      {(points.length <= mostDots ? points : lines.filter((line) => line.length === 1).flat()).map(
        ({ at, value }) => (
          <circle
            key={at}
            cx={scale.x(at)}
            cy={scale.y(value)}
            r={points.length <= mostDots / 2 ? 2.5 : 1.75}
          />
        ),
      )}
    </g>
  )
}

interface BandProps {
  readonly values: PlotProps['values']
  readonly scale: Scale
  readonly width: number
}

/** Of so many points that a line would be noise: from the least to the most of adjacent ones, and their mean. */
function Band({ values, scale, width }: BandProps): JSX.Element {
  const size = Math.max(2, Math.ceil(values.length / (width / 4)))
  const bands = useMemo(() => buckets(values, size), [values, size])
  const path = (points: readonly (readonly [at: number, value: number])[]): string =>
    points.map(([at, value], index) => `${index === 0 ? 'M' : 'L'}${scale.x(at)} ${scale.y(value)}`).join('')
  return (
    <g class="plot-line">
      {bands.map((band) => (
        <g key={band[0]!.at}>
          <path
            class="plot-band"
            d={`${path([
              ...band.map(({ at, most }) => [at, most] as const),
              ...band.map(({ at, least }) => [at, least] as const).reverse(),
            ])}Z`}
          />
          <path d={path(band.map(({ at, mean }) => [at, mean] as const))} />
        </g>
      ))}
    </g>
  )
}

interface ReadingProps {
  readonly scale: Scale
  readonly at: number
  readonly value: number | null | undefined
  readonly kind: 'chosen' | 'pointed'
}

function Reading({ scale, at, value, kind }: ReadingProps): JSX.Element {
  const x = scale.x(at)
  return (
    <g class={`plot-${kind}`}>
      <line x1={x} x2={x} y1={margin.top} y2={height - margin.bottom} />
      {typeof value === 'number' && <circle cx={x} cy={scale.y(value)} r={4.5} />}
    </g>
  )
}

export function valueText(value: number | null | undefined, unit: PlotProps['unit']): string {
  if (value === null || value === undefined) return 'not known'
  return unit === 'rows' ? countText(value) : durationText(value)
}

function clamp(at: number, count: number): number {
  return Math.max(0, Math.min(count - 1, at))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
