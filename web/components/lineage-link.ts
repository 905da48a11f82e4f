import type { PageRef } from '../../core/docs/address.ts'

type Link = (ref: PageRef) => string

/** Of the lineage page with this node in the middle. What follows `#` is read by web/graph/view-url.ts. */
export function focusHref(link: Link, node: string): string {
  return `${link({ kind: 'graph' })}#${new URLSearchParams({ focus: node })}`
}

/** Of the lineage page, following one column from its sources to those who read it. */
export function traceHref(link: Link, relation: string, column: string): string {
  return `${link({ kind: 'graph' })}#${new URLSearchParams({ focus: relation, trace: relation, column })}`
}

/** Of the lineage page, showing what has a tag. */
export function tagHref(link: Link, tag: string): string {
  return `${link({ kind: 'graph' })}#${new URLSearchParams({ tag })}`
}
