import type { ComponentChildren, JSX } from 'preact'

export interface ScrollRegionProps {
  /** What is in it, for those who do not see it. */
  readonly label: string
  readonly class?: string
  readonly children: ComponentChildren
}

/** What is too wide for the page scrolls in itself, also by keyboard. */
export function ScrollRegion({
  label,
  class: name = 'table-scroll',
  children,
}: ScrollRegionProps): JSX.Element {
  return (
    // biome-ignore lint/a11y/useSemanticElements: no field set, and a section would be one landmark among too many
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div class={name} role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  )
}
