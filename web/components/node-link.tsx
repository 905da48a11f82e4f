import type { JSX } from 'preact'
import type { NodeRef } from '../../core/docs/api.ts'
import { KindSign } from '../graph/kind-sign.tsx'
import { useSite } from './site-context.ts'

export interface NodeLinkProps {
  readonly node: NodeRef
  /** With the kind's sign in front, where nodes of several kinds stand together. */
  readonly withKind?: boolean
}

/** A link to a node's page, by its name. */
export function NodeLink({ node, withKind = false }: NodeLinkProps): JSX.Element {
  const { link } = useSite()
  return (
    <a class={`node-link node-${node.kind}`} href={link({ kind: node.kind, name: node.name })}>
      {withKind && <KindIcon kind={node.kind} />}
      {node.name}
    </a>
  )
}

/** A kind by its sign, and by its word for who cannot see it. */
export function KindIcon({ kind }: { readonly kind: NodeRef['kind'] }): JSX.Element {
  return (
    <>
      <svg class="kind-icon" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
        <KindSign kind={kind} x={0} y={0} />
      </svg>
      <span class="visually-hidden">{kind} </span>
    </>
  )
}
