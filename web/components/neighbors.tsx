import type { JSX } from 'preact'
import type { NodeLine } from '../../core/docs/api.ts'
import { NodeLink } from './node-link.tsx'
import { countedText } from './quantity.ts'
import { StateBadge } from './state-badge.tsx'

export interface NeighborsProps {
  readonly upstream?: readonly NodeLine[]
  readonly downstream?: readonly NodeLine[]
}

/** What a node reads and who reads it, each with its state. */
export function Neighbors({ upstream, downstream }: NeighborsProps): JSX.Element {
  const isBoth = upstream !== undefined && downstream !== undefined
  return (
    <div class="neighbors">
      {upstream && <NodeList {...titled('Reads', isBoth)} nodes={upstream} none="It reads nothing." />}
      {downstream && <NodeList {...titled('Read by', isBoth)} nodes={downstream} none="Nothing reads it." />}
    </div>
  )
}

/** Alone, the section's own title says it. */
function titled(title: string, isBoth: boolean): { readonly title?: string } {
  return isBoth ? { title } : {}
}

interface NodeListProps {
  readonly title?: string
  readonly nodes: readonly NodeLine[]
  readonly none: string
}

export function NodeList({ title, nodes, none }: NodeListProps): JSX.Element {
  return (
    <div class="node-list">
      {title !== undefined && <h3>{title}</h3>}
      {nodes.length === 0 ? (
        <p class="quiet small">{none}</p>
      ) : (
        <ul class="plain-list">
          {nodes.map((node) => (
            <li key={`${node.kind} ${node.name}`} class="node-line">
              <NodeLink node={node} withKind />
              <span class="node-line-state">
                {node.failing > 0 && (
                  <span class="small check-count status-failed">
                    {countedText(node.failing, 'failing check')}
                  </span>
                )}
                <StateBadge state={node.state} />
              </span>
              {node.summary !== undefined && (
                <span class="node-line-summary quiet small">{node.summary}</span>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
