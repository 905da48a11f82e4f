import type { ComponentChildren, JSX } from 'preact'
import type { NodeLine } from '../../core/docs/api.ts'
import type { Markdown } from '../../core/docs/markdown.ts'
import { focusHref, tagHref } from './lineage-link.ts'
import { MarkdownText } from './markdown.tsx'
import { Contents, PageSection } from './page-section.tsx'
import { useSite } from './site-context.ts'
import { StateBadge } from './state-badge.tsx'

export interface NodePageProps {
  readonly node: NodeLine & { readonly path: string; readonly description?: Markdown }
  /** Instead of the name. */
  readonly title?: string
  /** What the node is: `incremental model`. */
  readonly what: string
  /** Instead of the state. */
  readonly badge?: ComponentChildren
  /** What the state is said of: its newest due partition. */
  readonly stateOf?: string
  /** More in the line below the name. */
  readonly meta?: ComponentChildren
  /** Beside the page where there is room, else before it. */
  readonly facts?: ComponentChildren
  readonly sections: readonly NodeSection[]
}

export interface NodeSection {
  readonly id: string
  readonly title: string
  readonly aside?: ComponentChildren
  readonly content: ComponentChildren
}

/** What the pages of all nodes have in common: head, description, facts, sections and a list of them. */
export function NodePage(props: NodePageProps): JSX.Element {
  const { node, title = node.name, what, badge, stateOf, meta, facts, sections } = props
  const { link } = useSite()
  return (
    <article class="node-page">
      <header class="page-head node-head">
        <p class="eyebrow">{what}</p>
        <div class="node-title">
          <h1>{title}</h1>
          {badge ?? <StateBadge state={node.state} />}
          <a class="button node-lineage" href={focusHref(link, node.name)}>
            Show in lineage
          </a>
        </div>
        <div class="meta">
          {stateOf !== undefined && (
            <span>
              newest due partition <span class="mono">{stateOf}</span>
            </span>
          )}
          {node.owner !== undefined && <span>owner {node.owner}</span>}
          <span class="mono node-path">{node.path}</span>
          {meta}
        </div>
        {node.tags.length > 0 && (
          <ul class="chips" aria-label="Tags">
            {node.tags.map((tag) => (
              <li key={tag}>
                <a class="chip" href={tagHref(link, tag)}>
                  {tag}
                </a>
              </li>
            ))}
          </ul>
        )}
        {node.description !== undefined && <MarkdownText text={node.description} />}
      </header>
      <div class="node-layout">
        <aside class="node-rail" aria-label={`About ${title}`}>
          {facts}
          {sections.length > 1 && <Contents sections={sections} />}
        </aside>
        <div class="node-sections">
          {sections.map(({ content, ...section }) => (
            <PageSection key={section.id} {...section}>
              {content}
            </PageSection>
          ))}
        </div>
      </div>
    </article>
  )
}

/** Name and value pairs. */
export function Facts({
  facts,
}: {
  readonly facts: readonly { readonly name: string; readonly value: ComponentChildren }[]
}): JSX.Element | null {
  if (facts.length === 0) return null
  return (
    <dl class="facts">
      {facts.map(({ name, value }, index) => (
        <div key={index} class="fact">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
