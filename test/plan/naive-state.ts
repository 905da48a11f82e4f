import { type CompiledNode, type CompiledProject, isRelation } from '../../core/compile/compiled.ts'
import { boundariesOf } from '../../core/time/boundaries.ts'
import type { Partition } from '../../core/time/interval.ts'
import { partitionOf, partitionsOverlapping } from '../../core/time/layout.ts'
import type { Known } from './projects.ts'

export type NaiveState = 'missing' | 'fresh' | 'drifted' | 'stale'

/** Section 3 of the semantics, read word by word: each partition by itself, inputs by recursion, views by recursion. Slow, and written without
 * looking at how states are really found. */
export class Naive {
  private readonly project: CompiledProject
  private readonly known: Readonly<Record<string, Known>>
  private readonly now: number

  constructor(project: CompiledProject, known: Readonly<Record<string, Known>>, now: number) {
    this.project = project
    this.known = known
    this.now = now
  }

  stateOf(name: string, key?: string): NaiveState {
    const node = this.project.nodes.get(name)!
    const known = this.known[idOf(name, key)]
    if (known?.data === undefined) return 'missing'
    const partition = key === undefined ? undefined : this.partition(node, key)
    if (known.code !== undefined && 'fingerprint' in node && known.code !== node.fingerprint) return 'stale'
    if (node.kind === 'model' && known.layout !== undefined && known.layout !== node.layoutId) return 'stale'
    const publishedAt = Date.parse(known.publishedAt ?? '2024-02-01T00:00:00Z')
    if (partition !== undefined && publishedAt < partition.end && partition.end <= this.now) return 'stale'
    if (isViewNode(node)) return 'fresh'
    const read = known.read ?? known.data - 1
    if (partition !== undefined && this.pastIsNewer(node, partition, read)) return 'stale'
    let hasDrifted = false
    for (const upstream of this.relationsRead(node)) {
      if (!this.isNewer(node, partition, upstream, read)) continue
      if (this.isConcerned(node, partition, upstream)) return 'stale'
      hasDrifted = true
    }
    return hasDrifted ? 'drifted' : 'fresh'
  }

  private partition(node: CompiledNode, key: string): Partition {
    return partitionOf((node as { layout: Parameters<typeof partitionOf>[0] }).layout, key)!
  }

  /** Direct upstreams, views replaced by what they read. */
  private relationsRead(node: CompiledNode): ReadonlySet<string> {
    const found = new Set<string>()
    for (const name of node.upstream) {
      const upstream = this.project.nodes.get(name)!
      if (isViewNode(upstream)) for (const inner of this.relationsRead(upstream)) found.add(inner)
      else found.add(name)
    }
    return found
  }

  private published(name: string): readonly (string | undefined)[] {
    return Object.entries(this.known).flatMap(([id, { data }]) => {
      const [model, key] = id.split('@')
      return model === name && data !== undefined ? [key] : []
    })
  }

  private isNewer(node: CompiledNode, partition: Partition | undefined, name: string, read: number): boolean {
    const upstream = this.project.nodes.get(name)!
    const layout = upstream.kind === 'model' ? upstream.layout : undefined
    const test = (key: string | undefined, goneCounts: boolean) => {
      const data = this.known[idOf(name, key)]?.data
      if (data === undefined) return goneCounts
      return data > read || this.stateOf(name, key) === 'stale'
    }
    if (layout === undefined) return test(undefined, true)
    if (partition === undefined) return this.published(name).some((key) => test(key, false))
    const { before = 0, after = 0 } = (node.kind === 'model' && node.config.reads[name]) || {}
    const cuts = boundariesOf(layout)
    let { start, end } = partition
    // Partition by partition, so that the window is widened as a person would count.
    start = before === 0 ? start : cuts.floor(start)
    for (let n = 0; n < before; n++) start = cuts.shift(start, -1)
    for (let n = 0; n < after; n++) end = n === 0 ? cuts.shift(cuts.floor(end - 1), 2) : cuts.shift(end, 1)
    return partitionsOverlapping(layout, { start, end }).some(({ key }) => test(key, true))
  }

  private pastIsNewer(node: CompiledNode, { start }: Partition, read: number): boolean {
    if (node.kind !== 'model' || !node.readsItself) return false
    return this.published(node.name).some((key) => {
      if (this.partition(node, key!).start >= start) return false
      return this.known[idOf(node.name, key)]!.data! > read || this.stateOf(node.name, key) === 'stale'
    })
  }

  private isConcerned(node: CompiledNode, partition: Partition | undefined, name: string): boolean {
    const upstream = this.project.nodes.get(name)!
    const isWhole = !(upstream.kind === 'model' && upstream.layout !== undefined)
    if (partition === undefined || !isWhole || node.kind !== 'model') return true
    const follow = node.config.follow[name] ?? (upstream.kind === 'seed' ? 'all' : 'latest')
    if (follow !== 'latest') return follow === 'all'
    const newest = Math.max(...this.published(node.name).map((key) => this.partition(node, key!).start))
    return partition.start >= newest
  }
}

function idOf(name: string, key: string | undefined): string {
  return key === undefined ? name : `${name}@${key}`
}

function isViewNode(node: CompiledNode): boolean {
  return isRelation(node) && node.kind === 'model' && node.config.materialized === 'view'
}
