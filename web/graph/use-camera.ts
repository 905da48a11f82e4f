import type { RefObject } from 'preact'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { GraphDrawing } from '../../core/docs/drawing.ts'
import {
  type Camera,
  fitted,
  largestScale,
  legibleScale,
  panned,
  type Rectangle,
  revealing,
  type Size,
  settled,
  zoomed,
} from './camera.ts'
import { listenToPointers } from './pointers.ts'

export interface CameraControls {
  readonly fitAll: () => void
  /** Scale 1 around the middle of what is seen. */
  readonly reset: () => void
  readonly zoom: (factor: number) => void
  readonly pan: (dx: number, dy: number) => void
  readonly reveal: (rectangle: Rectangle) => void
  /** Per cent, for showing. */
  readonly percent: number
}

/** Zoom and pan of an SVG element, by its viewBox and without rendering anything anew. A new drawing is fitted. */
export function useCamera(
  svg: RefObject<SVGSVGElement | null>,
  drawing: GraphDrawing | undefined,
  middle: string | undefined,
): CameraControls {
  const camera = useRef<Camera>({ x: 0, y: 0, scale: 1 })
  const size = useRef<Size>({ width: 0, height: 0 })
  const shown = useRef(drawing)
  shown.current = drawing
  const center = useRef(middle)
  center.current = middle
  const isTouched = useRef(false)
  const [percent, setPercent] = useState(100)

  const look = useCallback(
    (next: Camera) => {
      const element = svg.current
      if (element === null || size.current.width === 0) return
      camera.current = next
      const { width, height } = size.current
      element.setAttribute('viewBox', `${next.x} ${next.y} ${width / next.scale} ${height / next.scale}`)
      element.classList.toggle('is-far', next.scale < legibleScale)
      setPercent(Math.round(next.scale * 100))
    },
    [svg],
  )
  const change = useCallback(
    (next: (camera: Camera, drawing: GraphDrawing) => Camera) => {
      if (shown.current === undefined) return
      isTouched.current = true
      look(next(camera.current, shown.current))
    },
    [look],
  )
  const smallest = useCallback((of: GraphDrawing) => Math.min(fitted(of, size.current).scale, 0.2), [])
  const fitAll = useCallback(() => {
    isTouched.current = false
    if (shown.current !== undefined) look(fitted(shown.current, size.current))
  }, [look])

  const settle = useCallback(() => {
    isTouched.current = false
    const { current } = shown
    if (current === undefined) return
    const box = current.boxes.find(({ id }) => id === center.current)
    look(settled(current, size.current, box))
  }, [look])

  useLayoutEffect(() => {
    const element = svg.current
    if (element === null) return
    const measure = () => {
      const { width, height } = element.getBoundingClientRect()
      size.current = { width, height }
      if (isTouched.current) look(camera.current)
      else settle()
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [svg, look, settle])

  useLayoutEffect(() => {
    if (drawing !== undefined) settle()
  }, [drawing, settle])

  useEffect(() => {
    const element = svg.current
    if (element === null) return
    return listenToPointers(element, {
      pan: (dx, dy) => change((at, of) => panned(at, dx, dy, of, size.current)),
      zoom: (factor, point) => change((at, of) => zoomed(at, factor, point, smallest(of))),
    })
  }, [svg, change, smallest])

  const controls = useMemo(() => {
    const middle = () => ({ x: size.current.width / 2, y: size.current.height / 2 })
    return {
      fitAll,
      reset: () => change((at) => zoomed(at, 1 / at.scale, middle(), 1 / largestScale)),
      zoom: (factor: number) => change((at, of) => zoomed(at, factor, middle(), smallest(of))),
      pan: (dx: number, dy: number) => change((at, of) => panned(at, dx, dy, of, size.current)),
      reveal: (rectangle: Rectangle) => change((at) => revealing(at, rectangle, size.current)),
    }
  }, [change, fitAll, smallest])
  return { ...controls, percent }
}
