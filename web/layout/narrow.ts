import type { GraphDrawing } from '../../core/docs/drawing.ts'

/** The layout engine makes the space between layers wider the steeper the lines in it are, which makes large graphs several times as wide
 * as they need to be. Curves can be steep. */
const widestGap = 128

/** The same drawing with less empty space between its columns of boxes. Nothing moves up or down, so nothing comes to lie on something. */
export function narrowed(drawing: GraphDrawing): GraphDrawing {
  const gaps = gapsBetween(drawing).filter(({ start, end }) => end - start > widestGap)
  if (gaps.length === 0) return drawing
  const moved = (x: number): number => {
    let saved = 0
    for (const { start, end } of gaps) {
      if (x <= start) break
      const share = (Math.min(x, end) - start) / (end - start)
      saved += share * (end - start - widestGap)
    }
    return Math.round((x - saved) * 10) / 10
  }
  return {
    ...drawing,
    width: moved(drawing.width),
    boxes: drawing.boxes.map((box) => ({ ...box, x: moved(box.x) })),
    lines: drawing.lines.map((line) => ({
      ...line,
      points: line.points.map(([x, y]) => [moved(x), y] as const),
    })),
  }
}

/** Stretches of the drawing's width in which no box stands, from the left. */
function gapsBetween({ boxes }: GraphDrawing): readonly { readonly start: number; readonly end: number }[] {
  const sorted = [...boxes].sort((a, b) => a.x - b.x)
  const gaps: { start: number; end: number }[] = []
  let reached = sorted[0]?.x ?? 0
  for (const { x, width } of sorted) {
    if (x > reached) gaps.push({ start: reached, end: x })
    reached = Math.max(reached, x + width)
  }
  return gaps
}
