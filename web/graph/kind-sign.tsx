import type { JSX } from 'preact'
import type { NodeKind } from '../../core/docs/api.ts'

/** What is drawn as a box: a node, or a folder that stands for all that is in it. */
export type BoxKind = NodeKind | 'folder'

/** Outlines in a square of 14 pixels: a font may not have the sign. */
const outlines: Readonly<Record<BoxKind, string>> = {
  model: 'M1.5 2.5h11v9h-11zM1.5 5.5h11M5.5 5.5v6',
  seed: 'M3 1.5h5.5l2.5 2.5v8.5h-8zM8.5 1.5v2.5h2.5M5 7h4M5 9.5h4',
  source: 'M2 3.5c0-2.7 10-2.7 10 0s-10 2.7-10 0v7c0 2.7 10 2.7 10 0v-7M2 7c0 2.7 10 2.7 10 0',
  check: 'M7 1.5l5 2v3.5c0 2.8-2 4.6-5 5.5-3-.9-5-2.7-5-5.5v-3.5zM4.6 6.9l1.8 1.8 3-3.4',
  exposure: 'M1.5 12.5h11M3.5 12.5v-4.5M7 12.5v-10M10.5 12.5v-7',
  folder: 'M1.5 11.5v-9h4l1.5 2h5.5v7z',
}

/** The sign of a kind, its corner at x, y. What it says stands in the box's name. */
export function KindSign({
  kind,
  x,
  y,
}: {
  readonly kind: BoxKind
  readonly x: number
  readonly y: number
}): JSX.Element {
  return <path class={`box-kind kind-${kind}`} d={outlines[kind]} transform={`translate(${x} ${y})`} />
}
