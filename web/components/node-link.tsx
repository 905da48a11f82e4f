import type { JSX } from 'preact'
import type { NodeRef } from '../../core/docs/api.ts'
import { useSite } from './site-context.ts'

/** A link to a node's page, by its name. */
export function NodeLink({ node }: { readonly node: NodeRef }): JSX.Element {
  const { link } = useSite()
  return (
    <a class={`node-link node-${node.kind}`} href={link({ kind: node.kind, name: node.name })}>
      {node.name}
    </a>
  )
}
