import { durationText } from '../../checks/failing-text.ts'
import type { CompiledNode, CompiledProject, CompiledSource } from '../../compile/compiled.ts'
import { WHOLE } from '../../ledger/records.ts'
import type { Unit } from '../../plan/edges.ts'
import { layoutOfNode } from '../../plan/edges.ts'
import type { CheckResult, ModelPage, NodeState, Publication, RunPage, SourcePage } from '../api.ts'
import type { LedgerFacts } from '../ledger-facts.ts'
import { attentionOf, type NodeFacts } from './attention.ts'
import type { NodeStates } from './node-states.ts'
import { partitionHistory } from './partition-history.ts'
import { runLine } from './run-page.ts'
import type { Privacy, RecordedCheck } from './shown-check.ts'
import type { Failure, StoredFacts } from './stored-facts.ts'

export interface FactsInput {
  readonly project: CompiledProject
  readonly states: NodeStates
  readonly stored: StoredFacts
  readonly privacy: Privacy
  readonly now: number
  /** Why partitions are stale, by relation and index on its timeline. */
  readonly staleTexts: ReadonlyMap<string, ReadonlyMap<number, string>>
  /** How old sources are, as they were looked at now. */
  readonly sourceAges: ReadonlyMap<string, RecordedCheck>
  readonly runPages: ReadonlyMap<string, RunPage>
}

/** What was read, in the site's words. Pages are asked for one by one, so what is large is made when it is asked for. */
export function factsOf(input: FactsInput): LedgerFacts {
  const { project, stored, now, runPages } = input
  const facts = new Facts(input)
  return {
    stateOf: (name) => facts.stateOf(name),
    partitionsOf: (name) => {
      const node = project.nodes.get(name)
      return node?.kind === 'model' ? facts.partitionsOf(node) : undefined
    },
    publishedOf: (name) => facts.publishedOf(name),
    checksOf: (name) => facts.checksOf(name),
    resultsOf: (name) => facts.resultsOf(name),
    rowsOf: (name) => facts.rowsOf(name),
    freshnessOf: (name) => facts.freshnessOf(name),
    sourceFreshnessOf: (name) => facts.sourceFreshnessOf(name),
    observationsOf: (name) =>
      (stored.observations.get(name) ?? []).map(({ at, ...others }) => ({
        at: new Date(at).toISOString(),
        ...others,
      })),
    runs: stored.runs.map((each) => runLine(each, now)),
    olderRuns: stored.olderRuns,
    run: (id) => runPages.get(id),
    attention: facts.attention(),
  }
}

class Facts {
  readonly #input: FactsInput
  readonly #checks = new Map<string, ReadonlyMap<string, CheckResult>>()

  constructor(input: FactsInput) {
    this.#input = input
  }

  stateOf(name: string): { readonly state: NodeState; readonly partition?: string } {
    const node = this.#input.project.nodes.get(name)
    if (node === undefined || node.kind === 'exposure') return { state: 'unknown' }
    if (node.kind === 'source') return this.#sourceState(node)
    if (node.kind === 'check' && node.gateOf !== undefined) return { state: this.#gateState(name) }
    const { states } = this.#input
    const all = states.of(node)
    const { due } = states.spanOf(node)
    const index = due > 0 ? due - 1 : all.length - 1
    const state = all[index] ?? 'none'
    const isLate = (state === 'fresh' || state === 'drifted') && this.#isLate(name)
    const partition = index < 0 ? undefined : states.unit(node, index).partition?.key
    return { state: isLate ? 'late' : state, ...(partition === undefined ? {} : { partition }) }
  }

  partitionsOf(model: Extract<CompiledNode, { kind: 'model' }>): ReturnType<typeof partitionHistory> {
    const { states, stored } = this.#input
    return partitionHistory({
      model,
      states,
      details: stored.details.get(model.name),
      runIds: stored.runIds,
      reasonOf: (index) => this.#reasonOf(model, index),
    })
  }

  publishedOf(name: string): Publication | undefined {
    const { project, states, stored } = this.#input
    const node = project.nodes.get(name)
    if (node === undefined || (node.kind !== 'model' && node.kind !== 'seed')) return undefined
    if (layoutOfNode(node) !== undefined) return undefined
    const slots = states.states.slotsOf(node)
    const { history } = slots
    const row = slots.rowAt(0)
    const isPublished = slots.isPublished(row)
    const detail = stored.details.get(name)?.get(Number.NEGATIVE_INFINITY)
    const reason = this.#reasonOf(node, 0)
    const isView = node.kind === 'model' && node.config.materialized === 'view'
    return {
      state: this.stateOf(name).state,
      ...(reason === undefined ? {} : { reason }),
      ...(detail?.run === undefined ? {} : { run: stored.runIds[detail.run]! }),
      ...(isPublished
        ? {
            version: history.dataSeq[row]!,
            ...(isView ? {} : { rows: history.measures?.rows[row] ?? 0 }),
            ...(detail?.durationMs === undefined ? {} : { durationMs: detail.durationMs }),
            publishedAt: new Date(history.measures?.publishedAt[row] ?? 0).toISOString(),
          }
        : {}),
      ...(detail?.checks === undefined ? {} : { checks: detail.checks }),
    }
  }

  checksOf(name: string): ReadonlyMap<string, CheckResult> {
    const known = this.#checks.get(name)
    if (known !== undefined) return known
    const { stored, privacy, sourceAges } = this.#input
    const found = new Map<string, CheckResult>()
    for (const [check, recorded] of stored.newestChecks.get(name) ?? [])
      found.set(check, privacy.result(recorded, name))
    const age = sourceAges.get(name)
    if (age !== undefined) found.set(age.name, privacy.result(age, name))
    this.#checks.set(name, found)
    return found
  }

  resultsOf(check: string): readonly CheckResult[] {
    const { stored, privacy } = this.#input
    return (stored.customChecks.get(check) ?? []).map(({ model, check: each }) => privacy.result(each, model))
  }

  /** Of all that is published. */
  rowsOf(name: string): number | undefined {
    const { project, states } = this.#input
    const node = project.nodes.get(name)
    if (node === undefined || (node.kind !== 'model' && node.kind !== 'seed')) return undefined
    if (node.kind === 'model' && node.config.materialized === 'view') return undefined
    const slots = states.states.slotsOf(node)
    let rows: number | undefined
    for (let at = 0; at < slots.length; at++) {
      const row = slots.rowAt(slots.first + at)
      if (slots.isPublished(row)) rows = (rows ?? 0) + (slots.history.measures?.rows[row] ?? 0)
    }
    return rows
  }

  /** The age of a model's data: since the end of its newest published partition; without partitions since it was published. */
  freshnessOf(name: string): ModelPage['freshness'] | undefined {
    const { project, states, now } = this.#input
    const node = project.nodes.get(name)
    if (node?.kind !== 'model' || node.config.freshness === undefined) return undefined
    const { warnMs, failMs } = node.config.freshness
    const limits = {
      ...(warnMs === undefined ? {} : { warnMs }),
      ...(failMs === undefined ? {} : { failMs }),
    }
    const slots = states.states.slotsOf(node)
    let newest = Number.NaN
    for (let at = slots.length - 1; at >= 0 && Number.isNaN(newest); at--) {
      const row = slots.rowAt(slots.first + at)
      if (!slots.isPublished(row)) continue
      newest =
        slots.timeline === undefined ? slots.history.measures!.publishedAt[row]! : slots.history.end[row]!
    }
    if (Number.isNaN(newest)) return limits
    const ageMs = Math.max(0, now - newest)
    return { ...limits, state: ageState(limits, ageMs), ageMs }
  }

  sourceFreshnessOf(name: string): SourcePage['freshness'] | undefined {
    const { project, sourceAges } = this.#input
    const node = project.nodes.get(name)
    if (node?.kind !== 'source' || node.freshness === undefined) return undefined
    const { warnMs, failMs } = node.freshness
    const limits = {
      ...(warnMs === undefined ? {} : { warnMs }),
      ...(failMs === undefined ? {} : { failMs }),
    }
    const age = sourceAges.get(name)
    if (age === undefined) return limits
    const seconds = age.measure?.value
    return {
      ...limits,
      state: age.passed ? 'fresh' : age.severity === 'warn' ? 'warn' : 'fail',
      ...(typeof seconds === 'number' && age.at !== undefined
        ? { newest: new Date(age.at - seconds * 1000).toISOString() }
        : {}),
    }
  }

  attention(): LedgerFacts['attention'] {
    const { project } = this.#input
    const facts = project.graph.order.flatMap((name): NodeFacts[] => {
      const node = project.nodes.get(name)
      return node === undefined || node.kind === 'exposure' ? [] : [this.#nodeFacts(node)]
    })
    return attentionOf(project, facts)
  }

  #nodeFacts(node: Unit['node']): NodeFacts {
    const counts = new Map<NodeState, number>()
    const newest = new Map<NodeState, { partition?: string; reason?: string }>()
    const hasTask =
      node.kind === 'model' || node.kind === 'seed' || (node.kind === 'check' && node.gateOf === undefined)
    const { states } = this.#input
    if (hasTask) {
      const all = states.of(node)
      for (let index = all.length - 1; index >= 0; index--) {
        const state = all[index]!
        counts.set(state, (counts.get(state) ?? 0) + 1)
        if (newest.has(state) || state === 'fresh' || state === 'drifted' || state === 'none') continue
        const partition = states.unit(node, index).partition?.key
        const reason = this.#reasonOf(node, index)
        newest.set(state, {
          ...(partition === undefined ? {} : { partition }),
          ...(reason === undefined ? {} : { reason }),
        })
      }
    }
    const key = newest.get('failed')?.partition ?? WHOLE
    const failure = this.#input.stored.failures.get(node.name)?.get(key)
    const late = this.#late(node)
    return {
      node,
      counts,
      newest,
      ...(failure === undefined || !counts.has('failed')
        ? {}
        : {
            failure: {
              run: failure.run,
              ...(failure.at === undefined ? {} : { at: failure.at }),
              message: this.#failureText(node.name, failure),
            },
          }),
      broken: this.#broken(node),
      ...(late === undefined ? {} : { late }),
    }
  }

  /** What is looked at of a source's age is told as being late. */
  #broken(node: Unit['node']): NodeFacts['broken'] {
    const results =
      node.kind === 'check'
        ? this.resultsOf(node.name)
            .slice(0, 1)
            .map((result) => ({ name: node.name.replace(/^checks\./, ''), result }))
        : [...this.checksOf(node.name)]
            // A check of the project's own is told as itself.
            .filter(
              ([name]) =>
                !(node.kind === 'source' && name === 'freshness') &&
                !this.#input.stored.customChecks.has(name),
            )
            .map(([name, result]) => ({ name, result }))
    return results.filter(({ result }) => result.status === 'failed' || result.status === 'warned')
  }

  #late(node: Unit['node']): NodeFacts['late'] {
    if (node.kind === 'source') {
      const age = this.#input.sourceAges.get(node.name)
      if (age === undefined || age.passed) return undefined
      const message = this.#input.privacy.messageOf(age, node.name)
      return { state: age.severity === 'warn' ? 'warn' : 'fail', message }
    }
    const freshness = this.freshnessOf(node.name)
    if (freshness?.ageMs === undefined || freshness.state === undefined || freshness.state === 'fresh')
      return undefined
    const limit = freshness.state === 'fail' ? freshness.failMs! : freshness.warnMs!
    return {
      state: freshness.state,
      message: `its data is ${durationText(freshness.ageMs / 1000)} old, which is > ${durationText(limit / 1000)}`,
    }
  }

  #isLate(name: string): boolean {
    const state = this.freshnessOf(name)?.state
    return state === 'warn' || state === 'fail'
  }

  #sourceState(source: CompiledSource): { readonly state: NodeState; readonly partition?: string } {
    const { states, sourceAges } = this.#input
    const age = sourceAges.get(source.name)
    const { due } = states.spanOf(source)
    const partition = due > 0 ? states.unit(source, due - 1).partition?.key : undefined
    const where = partition === undefined ? {} : { partition }
    if (age !== undefined) return { state: age.passed ? 'fresh' : 'late', ...where }
    const slots = states.states.slotsOf(source)
    return { state: due > 0 && slots.isPublished(slots.rowAt(due - 1)) ? 'fresh' : 'unknown', ...where }
  }

  #gateState(check: string): NodeState {
    const [newest] = this.resultsOf(check)
    if (newest === undefined) return 'unknown'
    return newest.status === 'failed' ? 'failed' : 'fresh'
  }

  #reasonOf(node: Unit['node'], index: number): string | undefined {
    const { states, staleTexts, stored } = this.#input
    const state = states.of(node)[index]
    if (state === 'failed') {
      const failures = stored.failures.get(node.name)
      const failure = failures?.get(states.unit(node, index).partition?.key ?? WHOLE)
      return failure === undefined ? undefined : this.#failureText(node.name, failure)
    }
    if (state === 'stale' || state === 'blocked') return staleTexts.get(node.name)?.get(index)
    const { due } = states.spanOf(node)
    return state === 'none' && index < due ? 'not recorded while it lasted' : undefined
  }

  #failureText(name: string, { run, status, error }: Failure): string {
    const how = status === 'failed' ? 'failed' : status.replace('_', ' ')
    if (error === undefined) return `${how} in run ${run}`
    const [line] = this.#input.privacy.error(error, name).message.split('\n')
    return `${how} in run ${run}: ${error.code} ${line}`
  }
}

function ageState(
  { warnMs, failMs }: { readonly warnMs?: number; readonly failMs?: number },
  ageMs: number,
): 'fresh' | 'warn' | 'fail' {
  if (failMs !== undefined && ageMs > failMs) return 'fail'
  return warnMs !== undefined && ageMs > warnMs ? 'warn' : 'fresh'
}
