export interface PointerMoves {
  /** By pixels of the window: what is seen moves the other way. */
  readonly pan: (dx: number, dy: number) => void
  /** Around a point of the element. */
  readonly zoom: (factor: number, at: { readonly x: number; readonly y: number }) => void
}

/** So many pixels are still a click. */
const clickDistance = 4

/** Wheel, drag and pinch on an element. Returns how to stop. */
export function listenToPointers(element: SVGSVGElement, { pan, zoom }: PointerMoves): () => void {
  const pointers = new Map<number, { x: number; y: number }>()
  let isDragged = false
  let moved = 0
  const pointIn = (x: number, y: number) => {
    const corner = element.getBoundingClientRect()
    return { x: x - corner.left, y: y - corner.top }
  }
  const wheel = (event: WheelEvent): void => {
    event.preventDefault()
    const pixels = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const sideways = event.deltaX === 0 ? event.deltaY : event.deltaX
      pan(sideways * pixels, 0)
      return
    }
    // A pinch on a touch pad comes as a wheel with Ctrl and small steps.
    const speed = event.ctrlKey ? 0.01 : 0.0015
    zoom(Math.exp(-event.deltaY * pixels * speed), pointIn(event.clientX, event.clientY))
  }
  const down = (event: PointerEvent): void => {
    if (event.pointerType === 'mouse' && event.button !== 0) return
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY })
    if (pointers.size === 1) {
      isDragged = false
      moved = 0
    }
  }
  const move = (event: PointerEvent): void => {
    const before = pointers.get(event.pointerId)
    if (before === undefined) return
    const now = { x: event.clientX, y: event.clientY }
    moved += Math.hypot(now.x - before.x, now.y - before.y)
    if (!isDragged && moved <= clickDistance && pointers.size === 1) return
    // Only now: captured from the start, no click would reach the boxes.
    if (!isDragged) element.setPointerCapture(event.pointerId)
    isDragged = true
    element.classList.add('is-dragged')
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1]
    pointers.set(event.pointerId, now)
    if (other === undefined) {
      pan(before.x - now.x, before.y - now.y)
      return
    }
    const apart = (point: { x: number; y: number }) => Math.hypot(point.x - other.x, point.y - other.y)
    zoom(apart(now) / Math.max(apart(before), 1), pointIn((now.x + other.x) / 2, (now.y + other.y) / 2))
    pan((before.x - now.x) / 2, (before.y - now.y) / 2)
  }
  const up = (event: PointerEvent): void => {
    pointers.delete(event.pointerId)
    if (pointers.size === 0) element.classList.remove('is-dragged')
  }
  const click = (event: MouseEvent): void => {
    if (!isDragged) return
    isDragged = false
    event.preventDefault()
    event.stopPropagation()
  }
  const stay = (event: Event): void => event.preventDefault()
  element.addEventListener('wheel', wheel, { passive: false })
  element.addEventListener('pointerdown', down)
  element.addEventListener('pointermove', move)
  element.addEventListener('pointerup', up)
  element.addEventListener('pointercancel', up)
  element.addEventListener('click', click, { capture: true })
  // Links are dragged away by browsers.
  element.addEventListener('dragstart', stay)
  return () => {
    element.removeEventListener('wheel', wheel)
    element.removeEventListener('pointerdown', down)
    element.removeEventListener('pointermove', move)
    element.removeEventListener('pointerup', up)
    element.removeEventListener('pointercancel', up)
    element.removeEventListener('click', click, { capture: true })
    element.removeEventListener('dragstart', stay)
  }
}
