import type { DrawnBox, GraphDrawing } from '../../core/docs/drawing.ts'

export type Direction = 'upstream' | 'downstream' | 'above' | 'below'

/** The box that an arrow key leads to: along a line to the left or right, nearest in height; up and down among those that stand in the
 * same column of the drawing. */
export function nextBox(drawing: GraphDrawing, from: string, direction: Direction): string | undefined {
  const boxes = new Map(drawing.boxes.map((box) => [box.id, box]))
  const here = boxes.get(from)
  if (here === undefined) return undefined
  const distance = (box: DrawnBox) => Math.abs(middle(box) - middle(here))
  const nearest = (found: readonly DrawnBox[]) =>
    found.reduce<DrawnBox | undefined>(
      (best, box) => (best === undefined || distance(box) < distance(best) ? box : best),
      undefined,
    )?.id
  if (direction === 'upstream' || direction === 'downstream') {
    const ids = new Set(
      drawing.lines.flatMap((line) => {
        if (direction === 'upstream') return line.to === from ? [line.from] : []
        return line.from === from ? [line.to] : []
      }),
    )
    return nearest([...ids].flatMap((id) => boxes.get(id) ?? []))
  }
  const isBelow = direction === 'below'
  return nearest(
    drawing.boxes.filter(
      (box) =>
        box !== here &&
        box.x < here.x + here.width &&
        here.x < box.x + box.width &&
        (isBelow ? middle(box) > middle(here) : middle(box) < middle(here)),
    ),
  )
}

function middle({ y, height }: DrawnBox): number {
  return y + height / 2
}
