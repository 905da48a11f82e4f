import type { JSX } from 'preact'
import type { GraphPage } from '../../core/docs/api.ts'

export function GraphView({ page }: { readonly page: GraphPage }): JSX.Element {
  return <h1>Lineage of {page.nodes.length} nodes</h1>
}
