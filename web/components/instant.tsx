import type { JSX } from 'preact'

/** An instant (UTC ISO 8601) as text that is the same on every machine. */
export function Instant({ at }: { readonly at: string }): JSX.Element {
  return <time dateTime={at}>{at.slice(0, 16).replace('T', ' ')} UTC</time>
}
