import type { JSX } from 'preact'
import type { GraphNode } from '../../core/docs/api.ts'
import { NodeLink } from '../components/node-link.tsx'
import { useSite } from '../components/site-context.ts'
import { StateBadge } from '../components/state-badge.tsx'
import type { LineageMap } from './lineage-map.ts'

const mostRows = 500

/** The nodes of the view as a table: the graph for those who do not see it, and without JavaScript. */
export function NodeTable({
  map,
  nodes,
  isOpen,
}: {
  readonly map: LineageMap
  readonly nodes: readonly GraphNode[]
  readonly isOpen: boolean
}): JSX.Element {
  const { link } = useSite()
  const count = (edges: ReadonlyMap<string, readonly string[]>, name: string) => edges.get(name)?.length ?? 0
  return (
    <details class="graph-table" id="graph-table" open={isOpen}>
      <summary>
        {nodes.length === 1
          ? 'The node that is shown, as a table'
          : `The ${nodes.length} nodes that are shown, as a table`}
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keys, too */}
      <section class="table-scroll" aria-label="Nodes that are shown" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Kind</th>
              <th scope="col">State</th>
              <th scope="col" class="number">
                Upstream
              </th>
              <th scope="col" class="number">
                Downstream
              </th>
              <th scope="col">Checks</th>
              <th scope="col">Folder</th>
            </tr>
          </thead>
          <tbody>
            {nodes.slice(0, mostRows).map((node) => (
              <tr key={node.name}>
                <th scope="row">
                  <NodeLink node={node} />
                </th>
                <td>{[node.materialization, node.kind].filter(Boolean).join(' ')}</td>
                <td>
                  <StateBadge state={node.state} />
                </td>
                <td class="number">{count(map.graph.upstream, node.name)}</td>
                <td class="number">{count(map.graph.downstream, node.name)}</td>
                <td class="nowrap">
                  {node.checks}
                  {node.failing > 0 ? `, ${node.failing} failing` : null}
                  {node.warning > 0 ? `, ${node.warning} warning` : null}
                </td>
                <td>{node.folder}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {nodes.length > mostRows ? (
        <p class="quiet small">
          The first {mostRows} of {nodes.length}.{' '}
          <a href={link({ kind: 'catalog' })}>The list of all relations</a> has every one.
        </p>
      ) : null}
    </details>
  )
}
