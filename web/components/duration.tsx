import type { JSX } from 'preact'
import { durationText } from './quantity.ts'

/** A length of time: `850 ms`, `1.2 s`, `3m 20s`. */
export function Duration({ ms }: { readonly ms: number }): JSX.Element {
  return <span class="number">{durationText(ms)}</span>
}
