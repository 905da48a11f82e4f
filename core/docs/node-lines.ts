import { type CompiledCheck, type CompiledNode, ownerOf } from '../compile/compiled.ts'
import type { CheckResult, Materialization, NodeLine, NodeState } from './api.ts'
import { type Documented, kindOf, ownName } from './documented.ts'
import { parseMarkdown } from './parse-markdown.ts'
import { plainText } from './plain-text.ts'

/** States in which a relation does not give what it should, worst first. */
export const unwellStates: readonly NodeState[] = ['failed', 'missing', 'blocked', 'stale', 'late']

export function isUnwell(state: NodeState): boolean {
  return unwellStates.includes(state)
}

/** Every node as other pages name it; each made once. */
export class NodeLines {
  readonly #documented: Documented
  readonly #lines = new Map<string, NodeLine>()

  constructor(documented: Documented) {
    this.#documented = documented
  }

  /** Undefined: there is no such node. */
  find(name: string): NodeLine | undefined {
    const known = this.#lines.get(name)
    if (known !== undefined) return known
    const node = this.#documented.project.nodes.get(name)
    if (node === undefined) return undefined
    const line = this.#lineOf(node)
    this.#lines.set(name, line)
    return line
  }

  of(name: string): NodeLine {
    const line = this.find(name)
    if (line === undefined) throw new Error(`no node ${name}`)
    return line
  }

  /** Upstream first. */
  all(): readonly NodeLine[] {
    return this.#documented.project.graph.order.map((name) => this.of(name))
  }

  /** All that a node depends on and that is not well, nearest first. */
  unwellUpstreamOf(name: string): readonly NodeLine[] {
    const { nodes } = this.#documented.project
    const seen = new Set([name])
    const found: NodeLine[] = []
    for (let level: readonly string[] = [name]; level.length > 0; ) {
      const next: string[] = []
      for (const each of level) {
        for (const upstream of nodes.get(each)?.upstream ?? []) {
          if (seen.has(upstream)) continue
          seen.add(upstream)
          next.push(upstream)
        }
      }
      found.push(...next.map((each) => this.of(each)).filter(({ state }) => isUnwell(state)))
      level = next
    }
    return found
  }

  #lineOf(node: CompiledNode): NodeLine {
    const { broken, facts } = this.#documented
    const kind = kindOf(node, broken)
    const summary = node.description === undefined ? undefined : plainText(parseMarkdown(node.description))
    const owner = ownerOf(node)
    return {
      kind,
      name: node.name,
      ...(node.kind === 'model' ? { materialization: node.config.materialized as Materialization } : {}),
      state: node.kind === 'exposure' ? this.#stateOfExposure(node.name) : facts.stateOf(node.name).state,
      tags: node.tags,
      ...(owner === undefined ? {} : { owner }),
      ...(summary === undefined ? {} : { summary }),
      ...this.#checksOf(node),
    }
  }

  /** An exposure is as well as the worst of all that it depends on. */
  #stateOfExposure(name: string): NodeState {
    const unwell = new Set(this.unwellUpstreamOf(name).map(({ state }) => state))
    const worst = unwellStates.find((state) => unwell.has(state))
    if (worst !== undefined) return worst
    const upstream = this.#documented.project.nodes.get(name)?.upstream ?? []
    const states = new Set(upstream.map((each) => this.of(each).state))
    return (['running', 'drifted', 'none', 'fresh'] as const).find((state) => states.has(state)) ?? 'unknown'
  }

  #checksOf(node: CompiledNode): Pick<NodeLine, 'checks' | 'failing' | 'warning'> {
    if (node.kind === 'exposure') return { checks: 0, failing: 0, warning: 0 }
    const { facts } = this.#documented
    if (node.kind === 'check') return { checks: 1, ...failuresIn([latestOf(this.#documented, node)]) }
    const gates = node.kind === 'source' ? [] : node.gates
    const results = facts.checksOf(node.name)
    // What is looked at of a source (its freshness, its columns) is declared elsewhere than among its checks.
    const outcomes =
      node.kind === 'source'
        ? [...results.values()]
        : [
            ...node.checks.map(({ name }) => results.get(name)),
            ...gates.map((gate) => latestOf(this.#documented, gate)),
          ]
    return { checks: node.checks.length + gates.length, ...failuresIn(outcomes) }
  }
}

/** What became last of a check of the project's own. */
export function latestOf({ facts }: Documented, check: CompiledCheck): CheckResult | undefined {
  const [newest] = facts.resultsOf(check.name)
  if (newest !== undefined || check.gateOf === undefined) return newest
  const ofModel = facts.checksOf(check.gateOf)
  return ofModel.get(check.name) ?? ofModel.get(ownName(check.name))
}

function failuresIn(results: readonly (CheckResult | undefined)[]): { failing: number; warning: number } {
  const count = (status: CheckResult['status']) => results.filter((each) => each?.status === status).length
  return { failing: count('failed'), warning: count('warned') }
}
