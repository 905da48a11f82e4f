import type { DrawnLine } from '../../core/docs/drawing.ts'

/** A line as one curve through its corners: it leaves and enters each of them horizontally. */
export function linePath(points: DrawnLine['points']): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  let [x, y] = first
  let path = `M${x} ${y}`
  for (const [nextX, nextY] of rest) {
    if (nextY === y) path += `H${nextX}`
    else {
      const middle = Math.round((x + nextX) * 5) / 10
      path += `C${middle} ${y} ${middle} ${nextY} ${nextX} ${nextY}`
    }
    x = nextX
    y = nextY
  }
  return path
}

const headLength = 7

/** The arrow's head at a line's end: lines end at a box's left side, so it points right. */
export function headPath(points: DrawnLine['points']): string {
  const last = points.at(-1)
  if (last === undefined) return ''
  return `M${last[0]} ${last[1]}l${-headLength} -3.5v7z`
}
