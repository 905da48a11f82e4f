import type { CompiledProject } from '../../../core/compile/compiled.ts'
import type { NodeStates } from '../../../core/docs/facts/node-states.ts'
import { listedOf } from '../../../core/docs/facts/partition-history.ts'
import { publicationId, readPublications } from '../../../core/ledger/publications.ts'
import { type CauseStep, causeChain } from '../../../core/plan/cause-chain.ts'
import type { OpenLedger } from '../../open-ledger.ts'
import { chainText } from '../../text/cause.ts'

/** Stale partitions of one relation, and of all, that are told why. */
const mostOfOne = 60
const most = 6000

/** Why the newest stale partitions are stale, by relation and index on its timeline. */
export async function readStaleTexts(
  project: CompiledProject,
  states: NodeStates,
  ledger: OpenLedger,
): Promise<ReadonlyMap<string, ReadonlyMap<number, string>>> {
  const chains = staleChains(project, states)
  const idOf = (upstream: string, key: string | undefined) =>
    publicationId({ model: ledger.nameOf(upstream), ...(key === undefined ? {} : { key }) })
  const asked = chains.flatMap(({ chain }) => {
    const cause = chain.at(-1)?.cause
    if (cause?.kind !== 'input') return []
    const { upstream, partition } = cause
    return [{ model: ledger.nameOf(upstream), ...(partition === undefined ? {} : { key: partition }) }]
  })
  const publications = asked.length === 0 ? new Map() : await readPublications(ledger, asked)
  const texts = new Map<string, Map<number, string>>()
  for (const { name, index, chain } of chains) {
    const text = chainText(chain, (upstream, key) => publications.get(idOf(upstream, key)))
    texts.set(name, (texts.get(name) ?? new Map<number, string>()).set(index, text))
  }
  return texts
}

interface Chain {
  readonly name: string
  readonly index: number
  readonly chain: readonly CauseStep[]
}

function staleChains({ nodes, graph }: CompiledProject, states: NodeStates): readonly Chain[] {
  const chains: Chain[] = []
  for (const name of graph.order) {
    const node = nodes.get(name)
    if (node?.kind !== 'model' && node?.kind !== 'seed' && node?.kind !== 'check') continue
    const all = states.of(node)
    const { from, to } = node.kind === 'model' ? listedOf(states, node) : { from: 0, to: all.length }
    let left = mostOfOne
    for (let index = to - 1; index >= from && left > 0 && chains.length < most; index--) {
      if (all[index] !== 'stale' && all[index] !== 'blocked') continue
      const chain = causeChain(nodes, states.states, states.unit(node, index))
      // What is blocked need not be stale: it may be missing.
      if (chain.length === 0) continue
      chains.push({ name, index, chain })
      left -= 1
    }
  }
  return chains
}
