import type { CompiledNode, CompiledProject } from '../../compile/compiled.ts'
import type { Attention, CheckResult, NodeRef, NodeState } from '../api.ts'

const mostAttention = 100

/** What is known of one node that somebody may have to look at. */
export interface NodeFacts {
  readonly node: CompiledNode
  /** Of all its due and published partitions; of one without partitions of itself. */
  readonly counts: ReadonlyMap<NodeState, number>
  /** Newest partition in each state that is not good, with why. */
  readonly newest: ReadonlyMap<NodeState, { readonly partition?: string; readonly reason?: string }>
  readonly failure?: { readonly run: string; readonly at?: number; readonly message: string }
  /** Newest outcomes that did not pass. */
  readonly broken: readonly { readonly name: string; readonly result: CheckResult }[]
  readonly late?: { readonly state: 'warn' | 'fail'; readonly message: string }
}

const order: readonly Attention['why'][] = ['failed', 'check', 'late', 'missing', 'stale', 'blocked']

/** What is not well, worst first. `facts` are upstream first, so that what comes first explains what follows. */
export function attentionOf(project: CompiledProject, facts: readonly NodeFacts[]): readonly Attention[] {
  const found = facts.flatMap((each) => [
    ...failed(each),
    ...checks(each),
    ...late(each),
    ...unwell(each, 'blocked'),
    ...unwell(each, 'stale'),
    ...unwell(each, 'missing'),
  ])
  const place = new Map(project.graph.order.map((name, at) => [name, at]))
  return found
    .sort(
      (a, b) =>
        Number(a.severity === 'warning') - Number(b.severity === 'warning') ||
        order.indexOf(a.why) - order.indexOf(b.why) ||
        (place.get(a.node.name) ?? 0) - (place.get(b.node.name) ?? 0),
    )
    .slice(0, mostAttention)
}

function refOf({ kind, name }: CompiledNode): NodeRef {
  return { kind, name }
}

function failed({ node, counts, failure, newest }: NodeFacts): readonly Attention[] {
  const partitions = counts.get('failed') ?? 0
  if (partitions === 0) return []
  const where = newest.get('failed')?.partition
  const what = failure?.message ?? 'its newest attempt did not publish'
  return [
    {
      node: refOf(node),
      why: 'failed',
      severity: 'error',
      message: where === undefined ? what : `${where}: ${what}`,
      ...(hasPartitions(node) ? { partitions } : {}),
      ...(failure?.at === undefined ? {} : { since: new Date(failure.at).toISOString() }),
      ...(failure === undefined ? {} : { run: failure.run }),
      next: failure === undefined ? runOf(node) : `retry ${failure.run}`,
    },
  ]
}

/** Of a partition that failed because of a check, the failure says it already. */
function checks({ node, counts, broken }: NodeFacts): readonly Attention[] {
  return broken
    .filter(({ result }) => result.status === 'warned' || !counts.has('failed'))
    .map(({ name, result }): Attention => {
      const where = result.partition === undefined ? '' : ` in ${result.partition}`
      return {
        node: refOf(node),
        why: 'check',
        severity: result.status === 'warned' ? 'warning' : 'error',
        message: `check ${name}: ${result.message ?? 'failed'}${where}`,
        ...(result.at === undefined ? {} : { since: result.at }),
        run: result.run,
        next: `check --select ${node.name}`,
      }
    })
}

function late({ node, late }: NodeFacts): readonly Attention[] {
  if (late === undefined) return []
  return [
    {
      node: refOf(node),
      why: 'late',
      severity: late.state === 'fail' ? 'error' : 'warning',
      message: late.message,
      next: node.kind === 'source' ? `check --select ${node.name}` : runOf(node),
    },
  ]
}

function unwell(
  { node, counts, newest }: NodeFacts,
  why: 'blocked' | 'stale' | 'missing',
): readonly Attention[] {
  const partitions = counts.get(why) ?? 0
  if (partitions === 0) return []
  const { partition, reason } = newest.get(why) ?? {}
  const text = sentenceOf[why]
  const about = reason ?? text
  return [
    {
      node: refOf(node),
      why,
      severity: 'warning',
      message: partition === undefined ? about : `${partition}: ${about}`,
      ...(hasPartitions(node) ? { partitions } : {}),
      next: why === 'blocked' ? `run --select +${node.name}` : runOf(node),
    },
  ]
}

const sentenceOf = {
  blocked: 'an input of it is missing or failed',
  stale: 'it is not what a run would write now',
  missing: 'it was never published',
} as const

function runOf({ name }: CompiledNode): string {
  return `run --select ${name}`
}

function hasPartitions(node: CompiledNode): boolean {
  return node.kind === 'model' && node.layout !== undefined
}
