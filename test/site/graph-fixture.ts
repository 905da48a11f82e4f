import type { GraphNode, GraphPage, NodeState } from '../../core/docs/api.ts'

const states: readonly NodeState[] = ['fresh', 'fresh', 'fresh', 'stale', 'missing', 'failed', 'late']

/** A graph of so many models in folders of layers: each reads some of the layer before it. The same number gives the same graph. */
export function generatedGraph(count: number, folders = 10): GraphPage {
  let seed = 42
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed % below
  }
  const perFolder = Math.ceil(count / folders)
  const nodes = Array.from({ length: count }, (_, at): GraphNode => {
    const folder = `layer_${Math.floor(at / perFolder)}`
    const name = `${folder}.model_${at}`
    return {
      kind: at % 50 === 49 ? 'check' : 'model',
      name,
      state: states[random(states.length)]!,
      tags: at % 3 === 0 ? ['nightly'] : [],
      checks: 1,
      failing: at % 40 === 0 ? 1 : 0,
      warning: 0,
      path: `models/${folder}/model_${at}.sql`,
      folder,
      columns: 0,
    }
  })
  const edges = nodes.flatMap((_, at): [number, number][] => {
    const layer = Math.floor(at / perFolder)
    if (layer === 0) return []
    const from = new Set([random(perFolder), random(perFolder)].map((each) => (layer - 1) * perFolder + each))
    return [...from].map((each) => [each, at])
  })
  return { kind: 'graph', nodes, edges, selectors: [] }
}
