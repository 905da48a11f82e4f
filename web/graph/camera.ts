/** Where somebody looks: the drawing's point in the corner of the window, and pixels for each of the drawing's. */
export interface Camera {
  readonly x: number
  readonly y: number
  readonly scale: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

export const largestScale = 3
const margin = 24

/** All of a drawing, in the middle, never larger than it is meant to be. */
export function fitted(drawing: Size, window: Size): Camera {
  const room = (length: number) => Math.max(length - 2 * margin, 40)
  const scale = Math.min(
    room(window.width) / Math.max(drawing.width, 1),
    room(window.height) / Math.max(drawing.height, 1),
    1,
  )
  return centred({ x: drawing.width / 2, y: drawing.height / 2 }, scale, window)
}

/** Below this scale boxes are not read any more, only seen. */
export const legibleScale = 0.45
/** On a window as narrow as a phone an overview would be a thin line. */
const narrowWindow = 600

/** How a new drawing is first looked at: all of it, if that is legible or nothing is in its middle; else what is in the middle. */
export function settled(drawing: Size, window: Size, middle: Rectangle | undefined): Camera {
  const whole = fitted(drawing, window)
  if (whole.scale >= legibleScale) return whole
  if (middle !== undefined) {
    const point = { x: middle.x + middle.width / 2, y: middle.y + middle.height / 2 }
    return centred(point, 0.7, window)
  }
  if (window.width >= narrowWindow) return whole
  const scale = Math.max(whole.scale, 0.55)
  return { ...centred({ x: 0, y: drawing.height / 2 }, scale, window), x: 0 }
}

export function centred(
  point: { readonly x: number; readonly y: number },
  scale: number,
  window: Size,
): Camera {
  return { x: point.x - window.width / scale / 2, y: point.y - window.height / scale / 2, scale }
}

/** Larger or smaller by a factor; what is below a point of the window stays there. */
export function zoomed(
  camera: Camera,
  factor: number,
  at: { readonly x: number; readonly y: number },
  smallest: number,
): Camera {
  const scale = Math.min(largestScale, Math.max(smallest, camera.scale * factor))
  return {
    x: camera.x + at.x / camera.scale - at.x / scale,
    y: camera.y + at.y / camera.scale - at.y / scale,
    scale,
  }
}

/** Moved by pixels of the window; some of the drawing always stays in it. */
export function panned(camera: Camera, dx: number, dy: number, drawing: Size, window: Size): Camera {
  const bounded = (at: number, length: number, seen: number) => {
    const kept = Math.min(80 / camera.scale, length / 2)
    return Math.min(Math.max(at, kept - seen), length - kept)
  }
  return {
    x: bounded(camera.x + dx / camera.scale, drawing.width, window.width / camera.scale),
    y: bounded(camera.y + dy / camera.scale, drawing.height, window.height / camera.scale),
    scale: camera.scale,
  }
}

export interface Rectangle extends Size {
  readonly x: number
  readonly y: number
}

/** Moved as little as needed to see a rectangle, with some room around it. */
export function revealing(camera: Camera, rectangle: Rectangle, window: Size): Camera {
  const shift = (at: number, start: number, length: number, seen: number) => {
    const room = Math.min(margin / camera.scale, Math.max((seen - length) / 2, 0))
    if (start - room < at || length > seen) return start - room
    return Math.max(at, start + length + room - seen)
  }
  return {
    x: shift(camera.x, rectangle.x, rectangle.width, window.width / camera.scale),
    y: shift(camera.y, rectangle.y, rectangle.height, window.height / camera.scale),
    scale: camera.scale,
  }
}
