import type { JSX, SVGAttributes } from 'preact'
import type { NodeState } from '../../core/docs/api.ts'
import type { DrawnBox, DrawnLine, GraphDrawing } from '../../core/docs/drawing.ts'
import { stateWords } from '../components/state-badge.tsx'
import { rowHeight, shownRow, shownTitle, titleHeight, titleStart } from './box-size.ts'
import { type BoxKind, KindSign } from './kind-sign.tsx'
import { headPath, linePath } from './line-path.ts'

/** What a box says beside where it stands. */
export interface BoxNode {
  readonly kind: BoxKind
  /** The title; shortened if it does not fit, with the whole of it as tooltip. */
  readonly label: string
  readonly state?: NodeState
  /** Checks that failed with severity error, and with severity warn. */
  readonly failing?: number
  readonly warning?: number
  /** Of a folder: how many of what is in it are in which state. */
  readonly mix?: readonly { readonly state: NodeState; readonly count: number }[]
}

/** How a drawing is shown; all that is left out is a still picture. */
export interface ShapesProps {
  readonly drawing: GraphDrawing
  /** By ids of boxes. */
  readonly nodes: ReadonlyMap<string, BoxNode>
  /** Where a box leads to. */
  readonly hrefOf?: (box: DrawnBox) => string | undefined
  /** More classes: `is-selected`, `role-copied`, … */
  readonly boxClass?: (box: DrawnBox) => string
  readonly rowClass?: (box: DrawnBox, column: string) => string
  readonly lineClass?: (line: DrawnLine, at: number) => string
  /** A tooltip. */
  readonly lineTitle?: (line: DrawnLine, at: number) => string
  /** Handlers, `tabIndex`, `role`, `aria-*` of the box's group. */
  readonly boxAttributes?: (box: DrawnBox) => SVGAttributes<SVGGElement>
  readonly rowAttributes?: (box: DrawnBox, column: string) => SVGAttributes<SVGGElement>
  readonly linkAttributes?: (box: DrawnBox) => LinkAttributes
}

export interface LinkAttributes {
  readonly tabIndex?: number
  readonly 'aria-label'?: string
  readonly 'aria-current'?: 'true'
}

/** A graph's lines and boxes, for a page's SVG element or a group of it. Classes only: the look is in the style sheet. */
export function GraphShapes(props: ShapesProps): JSX.Element {
  const { drawing, lineClass, lineTitle } = props
  return (
    <>
      <g class="graph-lines">
        {drawing.lines.map((line, at) => (
          <LineShape
            key={lineKey(line)}
            line={line}
            extra={lineClass?.(line, at)}
            title={lineTitle?.(line, at)}
          />
        ))}
      </g>
      <g class="graph-boxes">
        {drawing.boxes.map((box) => (
          <BoxShape key={box.id} box={box} {...props} />
        ))}
      </g>
    </>
  )
}

function lineKey({ from, to, fromColumn, toColumn }: DrawnLine): string {
  return JSON.stringify([from, fromColumn, to, toColumn])
}

function LineShape({
  line,
  extra,
  title,
}: {
  readonly line: DrawnLine
  readonly extra: string | undefined
  readonly title: string | undefined
}): JSX.Element {
  return (
    <g class={classes('graph-line', extra)}>
      {title === undefined ? null : <title>{title}</title>}
      <path class="line-path" d={linePath(line.points)} />
      <path class="line-head" d={headPath(line.points)} />
    </g>
  )
}

function BoxShape({ box, ...props }: ShapesProps & { readonly box: DrawnBox }): JSX.Element {
  const { id, x, y, width, height, rows } = box
  const node = props.nodes.get(id) ?? { kind: 'model', label: id }
  const { state, failing = 0, warning = 0 } = node
  const href = props.hrefOf?.(box)
  const attributes: SVGAttributes<SVGGElement> = {
    class: classes(`graph-box kind-${node.kind}`, state && `state-${state}`, props.boxClass?.(box)),
    transform: `translate(${x} ${y})`,
    ...(href === undefined ? { role: 'img', 'aria-label': boxTitle(node) } : {}),
    ...props.boxAttributes?.(box),
  }
  const content = (
    <>
      <title>{boxTitle(node)}</title>
      <rect class="box-body" width={width} height={height} rx="6" />
      <KindSign kind={node.kind} x={10} y={(titleHeight - 14) / 2} />
      {state === undefined ? null : (
        <text
          class={`box-state state-${state}`}
          x={width - 14}
          y={titleHeight / 2 + 4.5}
          text-anchor="middle"
        >
          {stateWords[state].sign}
        </text>
      )}
      {node.mix === undefined ? null : <StateMix mix={node.mix} width={width} />}
    </>
  )
  // Beside the link, not in it: a row may be something to press, too, and shortened text is no part of the link's name.
  const list = (
    <>
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: text of a drawing takes no focus; the link beside it says the name. */}
      <text class="box-title" aria-hidden="true" x={titleStart} y={titleHeight / 2 + 4.5}>
        {shownTitle(node.label, width)}
      </text>
      {failing > 0 ? <CountBadge kind="failing" count={failing} x={width} /> : null}
      {failing === 0 && warning > 0 ? <CountBadge kind="warning" count={warning} x={width} /> : null}
      {rows === undefined ? null : <path class="box-rule" d={`M0 ${titleHeight}H${width}`} />}
      {rows?.map((row) => (
        <g
          key={row.name}
          class={classes('box-row', props.rowClass?.(box, row.name))}
          {...props.rowAttributes?.(box, row.name)}
        >
          <title>{row.name}</title>
          <rect class="row-body" x="1" y={row.y - rowHeight / 2} width={width - 2} height={rowHeight} />
          <text class="row-name" x="12" y={row.y + 4}>
            {shownRow(row.name, width)}
          </text>
        </g>
      ))}
    </>
  )
  return (
    <g {...attributes}>
      {href === undefined ? (
        content
      ) : (
        <a class="box-link" href={href} aria-label={boxTitle(node)} {...props.linkAttributes?.(box)}>
          {content}
        </a>
      )}
      {list}
    </g>
  )
}

/** The states of what is in a folder, as a bar at the box's lower edge. */
function StateMix({
  mix,
  width,
}: {
  readonly mix: NonNullable<BoxNode['mix']>
  readonly width: number
}): JSX.Element {
  const total = mix.reduce((sum, { count }) => sum + count, 0)
  const room = width - 2 * mixMargin
  let before = 0
  return (
    <g class="box-mix">
      {mix.map(({ state, count }) => {
        const x = Math.round((before / total) * room * 10) / 10
        before += count
        const end = Math.round((before / total) * room * 10) / 10
        return (
          <rect
            key={state}
            class={`mix-part state-${state}`}
            x={mixMargin + x}
            y={titleHeight - 6}
            width={Math.max(Math.round((end - x) * 10) / 10, 1)}
            height="3"
          />
        )
      })}
    </g>
  )
}

const mixMargin = 10

/** Everything that a box says by signs and colors, in words: `marts.daily, model, stale, 2 checks failing`. */
export function boxTitle({ kind, label, state, failing = 0, warning = 0, mix = [] }: BoxNode): string {
  const checks = (count: number, word: string) =>
    count === 1 ? `1 check ${word}` : `${count} checks ${word}`
  return [
    label,
    kind,
    ...(state === undefined ? [] : [stateWords[state].label]),
    ...mix.map((part) => `${part.count} ${stateWords[part.state].label}`),
    ...(failing > 0 ? [checks(failing, 'failing')] : []),
    ...(warning > 0 ? [checks(warning, 'warning')] : []),
  ].join(', ')
}

/** Checks that failed, on the box's upper right corner. */
function CountBadge({
  kind,
  count,
  x,
}: {
  readonly kind: 'failing' | 'warning'
  readonly count: number
  readonly x: number
}): JSX.Element {
  const text = `${kind === 'failing' ? '✕' : '!'} ${count > 99 ? '99+' : count}`
  const width = text.length * 7 + 8
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a group of a drawing takes no focus.
    <g class={`box-badge badge-${kind}`} aria-hidden="true" transform={`translate(${x - width + 6} -8)`}>
      <rect class="badge-body" width={width} height="16" rx="8" />
      <text class="badge-text" x={width / 2} y="12" text-anchor="middle">
        {text}
      </text>
    </g>
  )
}

export interface GraphPictureProps extends ShapesProps {
  /** What the picture shows, for those who do not see it. */
  readonly label: string
}

/** A whole drawing as an SVG element that shrinks with its place. */
export function GraphPicture({ label, ...shapes }: GraphPictureProps): JSX.Element {
  const { width, height } = shapes.drawing
  return (
    <svg class="graph-picture" viewBox={`0 0 ${width} ${height}`} width={width} height={height}>
      <title>{label}</title>
      <GraphShapes {...shapes} />
    </svg>
  )
}

function classes(...names: readonly (string | undefined | false)[]): string {
  return names.filter(Boolean).join(' ')
}
