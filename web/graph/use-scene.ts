import { useEffect, useMemo, useState } from 'preact/hooks'
import type { GraphDrawing } from '../../core/docs/drawing.ts'
import { layOut, SupersededLayout } from '../layout/layout.ts'
import type { LayoutRequest } from '../layout/request.ts'
import type { LineageMap } from './lineage-map.ts'
import { type DrawnScene, plainScene, type Scene, sceneWithColumns } from './scene.ts'
import { type Selected, selectedBy } from './selection.ts'
import type { LineageOf } from './trace.ts'
import type { GraphView } from './view.ts'

export interface SceneState {
  /** What is drawn: the view's own, or the one before while that is made. */
  readonly drawn: DrawnScene | undefined
  /** What the view shows, drawn or not; of columns that are not loaded yet nothing. */
  readonly scene: Scene
  readonly isBusy: boolean
  /** Why the view cannot be drawn. */
  readonly error?: string
  /** The answer to the view's selector. */
  readonly selected?: Selected
}

/** Loads, lays out and keeps what a view shows. The default view needs nothing: it came with the page. */
export function useScene(
  map: LineageMap,
  view: GraphView,
  isLive: boolean,
  lineageOf: LineageOf,
): SceneState {
  const selected = useMemo(
    () => (view.select === '' ? undefined : selectedBy(map, view.select)),
    [map, view.select],
  )
  const names = selected?.kind === 'found' ? selected.names : undefined
  const plain = useMemo(() => plainScene(map, view, names), [map, view, names])
  const [state, setState] = useState<
    Pick<SceneState, 'drawn' | 'error'> & { readonly of?: Scene; readonly loaded?: Scene }
  >(() => ({ drawn: stored(map, plain) }))
  useEffect(() => {
    if (!isLive) return
    let isCurrent = true
    const make = async (): Promise<void> => {
      const needsColumns = view.trace !== undefined || view.expanded.length > 0
      const scene = needsColumns ? await sceneWithColumns(map, view, names, lineageOf) : plain
      if (!isCurrent) return
      const ready = stored(map, scene)
      const drawing = ready?.drawing ?? (await layOut(scene.request))
      if (isCurrent) setState({ drawn: { ...scene, drawing }, of: plain, loaded: scene })
    }
    make().catch((error: unknown) => {
      if (!isCurrent || error instanceof SupersededLayout) return
      setState((before) => ({
        drawn: before.drawn,
        of: plain,
        error: error instanceof Error ? error.message : String(error),
      }))
    })
    return () => {
      isCurrent = false
    }
  }, [map, view, names, plain, isLive, lineageOf])
  const isDone = state.of === plain
  return {
    drawn: state.drawn,
    scene: (isDone ? state.loaded : undefined) ?? plain,
    isBusy: isLive && !isDone,
    ...(isDone && state.error !== undefined ? { error: state.error } : {}),
    ...(selected === undefined ? {} : { selected }),
  }
}

/** The scene with the drawing that came with the page, if that is of it. */
function stored(map: LineageMap, scene: Scene): DrawnScene | undefined {
  const { drawing } = map.page
  if (drawing === undefined || !isDrawingOf(drawing, scene.request)) return undefined
  return { ...scene, drawing }
}

export function isDrawingOf(drawing: GraphDrawing, { boxes, lines }: LayoutRequest): boolean {
  if (drawing.boxes.length !== boxes.length || drawing.lines.length !== lines.length) return false
  const known = new Map(drawing.boxes.map((box) => [box.id, box]))
  return boxes.every(({ id, height }) => known.get(id)?.height === height)
}
