import { renderToString } from 'preact-render-to-string'
import type { Role } from '../../core/docs/api.ts'
import type { DrawnLine } from '../../core/docs/drawing.ts'
import { layOutInNode } from '../layout/in-node.ts'
import { sizedBox } from './box-size.ts'
import { GraphShapes } from './drawing.tsx'
import type { BoxKind } from './kind-sign.tsx'
import { standaloneStyle } from './standalone-style.ts'

/** A graph of relations, or of columns of relations. */
export interface SvgRequest {
  readonly title: string
  readonly description: string
  readonly boxes: readonly {
    readonly id: string
    readonly kind: BoxKind
    /** Left out: only the relation itself. */
    readonly columns?: readonly string[]
  }[]
  readonly lines: readonly SvgLine[]
}

export interface SvgLine {
  readonly from: string
  readonly to: string
  /** Left out: the relation's rows. */
  readonly fromColumn?: string
  readonly toColumn?: string
  readonly roles?: readonly Role[]
  /** It only decides which rows there are, whatever its roles. */
  readonly isOfRows?: boolean
}

const ways = ['copied', 'computed', 'rows'] as const
type Way = (typeof ways)[number]

const wayTexts: Readonly<Record<Way, string>> = {
  copied: 'copied',
  computed: 'transformed or aggregated',
  rows: 'only decides rows',
}

/** A file that stands for itself: laid out, with its own style for light and dark, and no reference to anything else. */
export async function standaloneSvg(request: SvgRequest): Promise<string> {
  const { boxes } = request
  const lines = request.lines.map((line) => ({ ...line, roles: line.roles ?? [] }))
  const drawing = await layOutInNode({
    boxes: boxes.map(({ id, columns }) => sizedBox({ id, label: id, ...(columns ? { columns } : {}) })),
    lines,
  })
  const lineOf = new Map(lines.map((line) => [endsOf(line), line]))
  const nodes = new Map(boxes.map(({ id, kind }) => [id, { kind, label: id }]))
  const way = (line: DrawnLine) => wayOf(lineOf.get(endsOf(line)))
  const used = ways.filter((each) => drawing.lines.some((line) => way(line) === each))
  const legendHeight = used.length > 0 ? 30 : 0
  const width = Math.max(drawing.width, used.length > 0 ? 470 : 0, 32)
  const height = Math.max(drawing.height, 32) + legendHeight
  const svg = renderToString(
    <svg
      xmlns="http://www.w3.org/2000/svg"
      class="sluice-lineage"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-labelledby="sluice-lineage-title sluice-lineage-description"
    >
      <title id="sluice-lineage-title">{request.title}</title>
      <desc id="sluice-lineage-description">{request.description}</desc>
      <style>{standaloneStyle}</style>
      <rect class="picture-ground" width={width} height={height} />
      <GraphShapes
        drawing={drawing}
        nodes={nodes}
        lineClass={(line) => {
          const known = way(line)
          return known === undefined ? '' : `way-${known}`
        }}
        lineTitle={(line) => lineText(line, lineOf.get(endsOf(line))?.roles ?? [])}
      />
      {used.length === 0 ? null : <Legend ways={used} y={height - 14} />}
    </svg>,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${wellFormed(svg)}\n`
}

function Legend({ ways: shown, y }: { readonly ways: readonly Way[]; readonly y: number }) {
  const starts: Readonly<Record<Way, number>> = { copied: 16, computed: 110, rows: 316 }
  return (
    <g class="picture-legend">
      {shown.map((way) => (
        <g key={way} class={`graph-line way-${way}`} transform={`translate(${starts[way]} ${y})`}>
          <path class="line-path" d="M0 0H24" />
          <text class="row-name" x="30" y="4">
            {wayTexts[way]}
          </text>
        </g>
      ))}
    </g>
  )
}

function endsOf({
  from,
  to,
  fromColumn,
  toColumn,
}: Pick<DrawnLine, 'from' | 'to' | 'fromColumn' | 'toColumn'>) {
  return JSON.stringify([from, fromColumn ?? null, to, toColumn ?? null])
}

function wayOf(line: Pick<SvgLine, 'roles' | 'isOfRows'> | undefined): Way | undefined {
  const { roles = [], isOfRows = false } = line ?? {}
  if (isOfRows) return 'rows'
  if (roles.length === 0) return undefined
  if (roles.some((role) => role === 'transformed' || role === 'aggregated')) return 'computed'
  return roles.includes('copied') ? 'copied' : 'rows'
}

/** `staging.flights.delay → marts.daily.mean_delay: aggregated` */
function lineText({ from, to, fromColumn, toColumn }: DrawnLine, roles: readonly Role[]): string {
  const end = (relation: string, column: string | undefined) =>
    column === undefined ? relation : `${relation}.${column}`
  const ends = `${end(from, fromColumn)} → ${end(to, toColumn)}`
  return roles.length === 0 ? ends : `${ends}: ${roles.join(', ')}`
}

/** XML has no way to write most control characters and lone surrogates, and text may not hold what ends a CDATA section, which the renderer, as
 * it writes HTML, does not know: https://www.w3.org/TR/xml/#charsets, https://www.w3.org/TR/xml/#syntax */
function wellFormed(rendered: string): string {
  return (
    rendered
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
      .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
      .replaceAll(']]>', ']]&gt;')
  )
}
