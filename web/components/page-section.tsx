import type { ComponentChildren, JSX } from 'preact'

export interface PageSectionProps {
  /** Also what the list of contents links to. */
  readonly id: string
  readonly title: string
  /** Beside the title: a count, say. */
  readonly aside?: ComponentChildren
  readonly children: ComponentChildren
}

export function PageSection({ id, title, aside, children }: PageSectionProps): JSX.Element {
  return (
    <section class="section" id={id} aria-labelledby={`${id}-title`}>
      <div class="section-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {aside !== undefined && <span class="quiet small">{aside}</span>}
      </div>
      {children}
    </section>
  )
}

/** What is on the page, beside it where there is room. */
export function Contents({
  sections,
}: {
  readonly sections: readonly { readonly id: string; readonly title: string }[]
}): JSX.Element {
  return (
    <nav class="contents" aria-label="On this page">
      <p class="contents-title">On this page</p>
      <ul class="plain-list">
        {sections.map(({ id, title }) => (
          <li key={id}>
            <a href={`#${id}`}>{title}</a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
