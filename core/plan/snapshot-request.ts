import type { CompiledNode, CompiledSource, RunnableNode } from '../compile/compiled.ts'
import type { RelationCode, SnapshotRequest } from '../ledger/records.ts'
import { partitionOf } from '../time/layout.ts'
import { isRecorded } from './codes.ts'

/** Asks the ledger for all that it has of a project's relations. */
export function wholeLedger(
  project: { readonly nodes: ReadonlyMap<string, CompiledNode> },
  options: Pick<SnapshotRequest, 'measures' | 'since'> = {},
): SnapshotRequest {
  return { relations: relationCodes(project.nodes), ...options }
}

const codesByNodes = new WeakMap<object, ReadonlyMap<string, RelationCode>>()

/** What records of today's code look like, by relation. */
export function relationCodes(nodes: ReadonlyMap<string, CompiledNode>): ReadonlyMap<string, RelationCode> {
  const known = codesByNodes.get(nodes)
  if (known !== undefined) return known
  const codes = new Map<string, RelationCode>()
  for (const node of nodes.values()) if (isRecorded(node)) codes.set(node.name, codeOf(node))
  codesByNodes.set(nodes, codes)
  return codes
}

function codeOf(node: RunnableNode | CompiledSource): RelationCode {
  const layout = node.kind === 'model' ? node.layout : undefined
  return {
    ...(layout === undefined ? {} : { intervalOf: (key: string) => partitionOf(layout, key) }),
    fingerprint: node.fingerprint,
    layoutId: node.kind === 'model' || node.kind === 'source' ? node.layoutId : '',
  }
}
