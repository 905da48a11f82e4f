import type { JSX, RefObject, TargetedEvent, TargetedKeyboardEvent, TargetedMouseEvent } from 'preact'
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { DrawnBox, DrawnLine } from '../../core/docs/drawing.ts'
import { useSite } from '../components/site-context.ts'
import { type BoxNode, boxTitle, GraphShapes } from './drawing.tsx'
import type { LineageMap } from './lineage-map.ts'
import { boxNodes, type DrawnScene, lineKey } from './scene.ts'
import { isValueRole } from './trace.ts'
import { type CameraControls, useCamera } from './use-camera.ts'
import { type GraphView, toggled, tracing, withFolderOpen } from './view.ts'
import { hashOf } from './view-url.ts'
import { nextBox } from './walk.ts'
import { ZoomButtons } from './zoom-buttons.tsx'

export interface StageProps {
  readonly map: LineageMap
  readonly view: GraphView
  readonly drawn: DrawnScene
  readonly isBusy: boolean
  readonly isLive: boolean
  readonly show: (view: GraphView) => void
  readonly say: (text: string) => void
  readonly onFocusNode: (name: string) => void
  /** The box that the keyboard is to go to, when it is there. */
  readonly wanted: RefObject<string | undefined>
}

/** The drawing, with all that pointers and keys do to it. */
export function Stage(props: StageProps): JSX.Element {
  const { map, view, drawn, isBusy, isLive, show, say, onFocusNode, wanted } = props
  const { drawing } = drawn
  const { link, address } = useSite()
  const svg = useRef<SVGSVGElement>(null)
  const camera = useCamera(svg, drawing, view.trace?.relation ?? view.focus)
  const [active, setActive] = useState<string | undefined>(undefined)
  const nodes = useMemo(() => boxNodes(drawn), [drawn])
  const boxes = useMemo(() => new Map(drawing.boxes.map((box) => [box.id, box])), [drawing])
  const entry = tabStop(boxes, active, view.focus)

  const goTo = useCallback(
    (id: string) => {
      const box = boxes.get(id)
      if (box === undefined || svg.current === null) return
      setActive(id)
      camera.reveal(box)
      linkOf(svg.current, id)?.focus({ preventScroll: true })
    },
    [boxes, camera.reveal],
  )
  useEffect(() => {
    const id = wanted.current
    if (id === undefined || isBusy || !boxes.has(id)) return
    wanted.current = undefined
    goTo(id)
  }, [boxes, isBusy, goTo, wanted])

  const shapes = useMemo(
    () => (
      <GraphShapes
        drawing={drawing}
        nodes={nodes}
        hrefOf={(box) => {
          const node = map.nodes.get(box.id)
          if (node !== undefined) return link({ kind: node.kind, name: node.name })
          return `#${hashOf(withFolderOpen(view, folderOf(box.id), true))}`
        }}
        boxClass={(box) => (box.id === view.focus ? 'is-focus' : '')}
        boxAttributes={(box) => ({ 'data-box': box.id }) as object}
        linkAttributes={(box) => ({
          tabIndex: box.id === entry ? 0 : -1,
          'aria-label': spoken(map, box, nodes.get(box.id)),
          ...(box.id === view.focus ? { 'aria-current': 'true' as const } : {}),
        })}
        rowClass={(box, column) =>
          view.trace?.relation === box.id && view.trace.column === column ? 'is-traced' : ''
        }
        rowAttributes={(box, column) => ({
          ...({ 'data-column': column } as object),
          role: 'button',
          tabIndex: box.id === entry ? 0 : -1,
          'aria-label': `${column}, column of ${box.id}: follow it`,
        })}
        lineClass={(line) => lineClass(drawn, line)}
        lineTitle={(line) => lineTitle(drawn, line)}
      />
    ),
    // `link` depends on the address only.
    [drawing, drawn, nodes, map, address, view, entry],
  )

  const click = (event: TargetedMouseEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    const { box, column } = meant(event.target)
    if (box === undefined) return
    if (column !== undefined) {
      event.preventDefault()
      show(tracing(view, { relation: box, column }))
    } else if (map.nodes.has(box)) {
      event.preventDefault()
      wanted.current = box
      onFocusNode(box)
    }
  }
  const walk = (from: string, key: string): boolean => {
    const direction = directions[key]
    if (direction === undefined) return false
    const next = nextBox(drawing, from, direction)
    if (next === undefined) say(`Nothing ${direction} of ${from} is shown.`)
    else goTo(next)
    return true
  }
  const keyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const { box, column } = meant(event.target)
    if (onKey(event.key, event.shiftKey, box, column)) {
      event.preventDefault()
      event.stopPropagation()
    }
  }
  const onKey = (
    key: string,
    isShifted: boolean,
    box: string | undefined,
    column: string | undefined,
  ): boolean => {
    if (panSteps[key] !== undefined && (box === undefined || isShifted)) {
      camera.pan(...panSteps[key])
      return true
    }
    if (viewKey(key, camera)) return true
    if (box === undefined) return false
    if (column !== undefined && (key === 'Enter' || key === ' ')) {
      show(tracing(view, { relation: box, column }))
      return true
    }
    const node = map.nodes.get(box)
    if (key === 'c' && node !== undefined) {
      wanted.current = box
      show({ ...tracing(view, undefined), expanded: toggled(view.expanded, box) })
      return true
    }
    if (key === 'o' && node !== undefined) {
      location.href = link({ kind: node.kind, name: node.name })
      return true
    }
    if (key === 'Home' || key === 'End') {
      const end = drawing.boxes.at(key === 'Home' ? 0 : -1)
      if (end !== undefined) goTo(end.id)
      return true
    }
    return walk(box, key)
  }
  const near = (event: TargetedEvent<HTMLElement>): void => {
    markNear(svg.current, drawing.lines, meant(event.target).box)
  }

  return (
    <section
      class="graph-stage"
      aria-label="Lineage graph"
      aria-describedby="graph-keys-hint"
      aria-busy={isBusy}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move the view, so the view can have the focus
      tabIndex={0}
      onClick={click}
      onKeyDown={keyDown}
      onPointerOver={near}
      onPointerLeave={() => markNear(svg.current, drawing.lines, undefined)}
      onFocusIn={(event) => {
        const { box } = meant(event.target)
        if (box !== undefined && box !== active) setActive(box)
        near(event)
      }}
    >
      <p id="graph-keys-hint" class="visually-hidden">
        Arrow keys move the view; on a node they go along its edges. Press the question mark for all keys.
      </p>
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: it is read box by box, and the section has a name */}
      <svg
        ref={svg}
        class="graph-canvas"
        viewBox={`0 0 ${Math.max(drawing.width, 1)} ${Math.max(drawing.height, 1)}`}
        preserveAspectRatio="xMidYMid meet"
      >
        {shapes}
      </svg>
      <ZoomButtons camera={camera} isLive={isLive} />
      {isBusy ? <p class="graph-busy">Laying out…</p> : null}
    </section>
  )
}

const directions: Readonly<Record<string, 'upstream' | 'downstream' | 'above' | 'below'>> = {
  ArrowLeft: 'upstream',
  ArrowRight: 'downstream',
  ArrowUp: 'above',
  ArrowDown: 'below',
}

const panSteps: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-60, 0],
  ArrowRight: [60, 0],
  ArrowUp: [0, -60],
  ArrowDown: [0, 60],
}

/** Keys that do the same wherever in the graph the focus is. */
export function viewKey(key: string, camera: CameraControls): boolean {
  switch (key) {
    case '+':
    case '=':
      camera.zoom(1.25)
      return true
    case '-':
      camera.zoom(0.8)
      return true
    case 'f':
      camera.fitAll()
      return true
    case '0':
      camera.reset()
      return true
    default:
      return false
  }
}

function tabStop(
  boxes: ReadonlyMap<string, DrawnBox>,
  active: string | undefined,
  focus: string | undefined,
): string | undefined {
  if (active !== undefined && boxes.has(active)) return active
  if (focus !== undefined && boxes.has(focus)) return focus
  return boxes.keys().next().value
}

function folderOf(id: string): string {
  return id.slice('folder:'.length)
}

/** The box, and the column in it, that an event is about. */
function meant(target: EventTarget | null): {
  readonly box?: string | undefined
  readonly column?: string | undefined
} {
  if (!(target instanceof Element)) return {}
  return {
    box: target.closest('[data-box]')?.getAttribute('data-box') ?? undefined,
    column: target.closest('[data-column]')?.getAttribute('data-column') ?? undefined,
  }
}

/** Names are anybody's: they are compared, not put into a query. */
function linkOf(svg: SVGSVGElement, id: string): SVGAElement | undefined {
  const box = [...svg.querySelectorAll('[data-box]')].find((each) => each.getAttribute('data-box') === id)
  return box?.querySelector<SVGAElement>('.box-link') ?? undefined
}

/** Lines from and to a box stand out, without rendering anything. */
function markNear(svg: SVGSVGElement | null, lines: readonly DrawnLine[], box: string | undefined): void {
  const shapes = svg?.querySelector('.graph-lines')?.children
  if (shapes === undefined) return
  for (const [at, line] of lines.entries()) {
    shapes[at]?.classList.toggle('is-near', box !== undefined && (line.from === box || line.to === box))
  }
}

function lineClass({ roles, visible }: DrawnScene, line: DrawnLine): string {
  const known = roles.get(lineKey(line))
  if (known !== undefined) {
    const isValue = known.some(isValueRole)
    return `is-column ${isValue ? 'is-value' : 'is-rows'} ${known.map((role) => `role-${role}`).join(' ')}`
  }
  const isCheck = visible.lines.some(
    ({ from, to, isCheck: is }) => is && from === line.from && to === line.to,
  )
  return isCheck ? 'is-check' : ''
}

function lineTitle({ roles }: DrawnScene, line: DrawnLine): string {
  const end = (relation: string, column: string | undefined) =>
    column === undefined ? relation : `${relation}.${column}`
  const known = roles.get(lineKey(line))
  const what = known === undefined ? '' : `: ${known.join(', ')}`
  return `${end(line.from, line.fromColumn)} → ${end(line.to, line.toColumn)}${what}`
}

/** `marts.daily, model, stale, 2 upstream, 3 downstream`. */
function spoken({ graph }: LineageMap, { id }: DrawnBox, node: BoxNode | undefined): string {
  const title = boxTitle(node ?? { kind: 'model', label: id })
  if (node?.kind === 'folder') return `${title}: open`
  const count = (edges: ReadonlyMap<string, readonly string[]>) => edges.get(id)?.length ?? 0
  return `${title}, ${count(graph.upstream)} upstream, ${count(graph.downstream)} downstream`
}
