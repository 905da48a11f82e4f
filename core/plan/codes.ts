import {
  type CompiledModel,
  type CompiledNode,
  type CompiledSource,
  isWatched,
  type RunnableNode,
} from '../compile/compiled.ts'
import { isSnapshot, needsItsPast, showsOnlyThePresent } from '../compile/snapshot.ts'
import type { Follow } from '../config/project.ts'
import { Mark } from '../ledger/history.ts'
import { type Edges, isView, readsOf } from './edges.ts'
import type { Slots } from './slots.ts'
import type { WindowMaps } from './windows.ts'

/** The data state of a record, as a number. */
export const Code = { missing: 0, fresh: 1, drifted: 2, stale: 3 } as const

/** What computing codes needs of the rest. */
export interface CodeInputs {
  readonly nodes: ReadonlyMap<string, CompiledNode>
  readonly edges: Edges
  readonly maps: WindowMaps
  readonly now: number
  readonly slotsOf: (node: CompiledNode) => Slots
}

/**
 * The data states of whole histories, in typed arrays: four million partitions with three inputs each take a fraction of a second. Section 3 of the
 * semantics; `causes.ts` says why one of them is stale, by the same rules.
 */
export class Codes {
  private readonly inputs: CodeInputs
  private readonly known = new Map<string, Uint8Array>()

  constructor(inputs: CodeInputs) {
    this.inputs = inputs
  }

  /** By record of the relation's history. */
  of(node: CompiledNode): Uint8Array {
    const found = this.known.get(node.name)
    if (found !== undefined) return found
    // Upstreams first, and not by recursion: a chain of models can be long.
    const stack: { readonly node: CompiledNode; readonly open: CompiledNode[] }[] = [
      { node, open: this.upstreamsOf(node) },
    ]
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.open.pop()
      if (next !== undefined) {
        if (!this.known.has(next.name)) stack.push({ node: next, open: this.upstreamsOf(next) })
        continue
      }
      this.known.set(top.node.name, this.compute(top.node))
      stack.pop()
    }
    return this.known.get(node.name)!
  }

  private upstreamsOf(node: CompiledNode): CompiledNode[] {
    if (isView(node)) return []
    return this.dataInputs(node).filter(({ name }) => !this.known.has(name))
  }

  private dataInputs(node: CompiledNode): readonly CompiledNode[] {
    return [...this.inputs.edges.inputsOf(node)].flatMap(([name, role]) => {
      const upstream = role === 'data' ? this.inputs.nodes.get(name) : undefined
      return upstream === undefined || !isRecorded(upstream) ? [] : [upstream]
    })
  }

  private compute(node: CompiledNode): Uint8Array {
    const slots = this.inputs.slotsOf(node)
    const codes = this.ownCodes(node, slots)
    if (isView(node) || codes.length === 0) return codes
    for (const upstream of this.dataInputs(node)) {
      if (slots.timeline === undefined) this.mergeIntoWhole(slots, codes, upstream)
      else if (this.inputs.slotsOf(upstream).timeline === undefined)
        this.mergeWhole(node, slots, codes, upstream)
      else this.mergePartitions(node, slots, codes, upstream)
    }
    if (needsItsPast(node)) mergePast(slots, codes)
    return codes
  }

  /** What a record says by itself: published at all, by this code, in this layout, whole. */
  private ownCodes(node: CompiledNode, { history }: Slots): Uint8Array {
    const codes = new Uint8Array(history.count)
    const asWanted = codeConcernsThePast(node) ? Mark.sameCode | Mark.sameLayout : Mark.sameLayout
    for (let row = 0; row < history.count; row++) {
      if (history.dataSeq[row] === 0) continue
      const marks = history.marks[row]!
      const isStale =
        // What was seen of a source is what it is.
        node.kind !== 'source' &&
        ((marks & asWanted) !== asWanted ||
          (marks & Mark.invalidated) !== 0 ||
          ((marks & Mark.early) !== 0 && this.inputs.now >= history.end[row]!))
      codes[row] = isStale ? Code.stale : Code.fresh
    }
    return codes
  }

  /** A relation without partitions reads all that is published. */
  private mergeIntoWhole(slots: Slots, codes: Uint8Array, upstream: CompiledNode): void {
    const own = slots.rowAt(0)
    if (own < 0 || codes[own] === Code.missing || codes[own] === Code.stale) return
    const readSeq = slots.history.readSeq[own]!
    const inputs = this.inputs.slotsOf(upstream)
    const inputCodes = this.of(upstream)
    const isGone = inputs.timeline === undefined && !inputs.isPublished(inputs.rowAt(0))
    if (isGone && !mayBeUnknown(upstream)) codes[own] = Code.stale
    for (let at = 0; at < inputs.length; at++) {
      const row = inputs.rowAt(inputs.first + at)
      if (!inputs.isPublished(row)) continue
      if (inputs.history.dataSeq[row]! > readSeq || inputCodes[row] === Code.stale) codes[own] = Code.stale
    }
  }

  /** Partitions over a relation without any: `follow` says which of them a change concerns. */
  private mergeWhole(node: CompiledNode, slots: Slots, codes: Uint8Array, upstream: CompiledNode): void {
    // That the source has changed since is what a snapshot is for.
    if (isSnapshot(node) && followOf(node, upstream) === 'never') return
    const inputs = this.inputs.slotsOf(upstream)
    const input = inputs.rowAt(0)
    const isUnfit = inputs.isPublished(input)
      ? this.of(upstream)[input] === Code.stale
      : !mayBeUnknown(upstream)
    const version = input < 0 ? 0 : inputs.history.dataSeq[input]!
    const concernsFrom = concernedFrom(node, upstream, slots.history.whole.newestStart)
    const { start, readSeq } = slots.history
    for (let row = 0; row < codes.length; row++) {
      if (codes[row] === Code.missing || codes[row] === Code.stale) continue
      if (!isUnfit && version <= readSeq[row]!) continue
      codes[row] = start[row]! >= concernsFrom ? Code.stale : Code.drifted
    }
  }

  private mergePartitions(node: CompiledNode, slots: Slots, codes: Uint8Array, upstream: CompiledNode): void {
    const inputs = this.inputs.slotsOf(upstream)
    const inputCodes = this.of(upstream)
    const { dataSeq } = inputs.history
    const { readSeq } = slots.history
    const count = inputs.timeline!.count
    const isKnown = !mayBeUnknown(upstream)
    const { from, to } = this.inputs.maps.of(slots.timeline!, inputs.timeline!, readsOf(node, upstream.name))
    for (let at = 0; at < slots.length; at++) {
      const index = slots.first + at
      const row = slots.rowAt(index)
      if (row < 0 || codes[row] === Code.missing || codes[row] === Code.stale) continue
      const last = to[index]!
      // What is read and not there (any more) makes stale, like what changed.
      if (last > count && isKnown) codes[row] = Code.stale
      for (let input = from[index]!; input < last && codes[row] !== Code.stale; input++) {
        const inputRow = inputs.rowAt(input)
        const version = inputRow < 0 ? 0 : dataSeq[inputRow]!
        if (version === 0 && !isKnown) continue
        if (version === 0 || version > readSeq[row]! || inputCodes[inputRow] === Code.stale)
          codes[row] = Code.stale
      }
    }
  }
}

/** What the ledger has records of: of sources, only of those that are observed. */
export function isRecorded(node: CompiledNode): node is RunnableNode | CompiledSource {
  return node.kind === 'source' ? isWatched(node) : node.kind !== 'exposure'
}

/** Of a source, no record means only that nobody has looked at it, not that it is gone. */
export function mayBeUnknown(upstream: CompiledNode): boolean {
  // Nor can a snapshot be blamed for an interval that nobody recorded while it lasted: its history is what there is.
  return upstream.kind === 'source' || showsOnlyThePresent(upstream)
}

/** What a snapshot has recorded of an interval stands: another code holds from the next interval on. */
export function codeConcernsThePast(node: CompiledNode): boolean {
  return !(isSnapshot(node) && node.layout !== undefined)
}

/** The start from which on partitions are concerned by a change of an upstream without partitions (`follow`, section 2 of the semantics). */
export function concernedFrom(node: CompiledNode, upstream: CompiledNode, newestStart: number): number {
  switch (followOf(node as CompiledModel, upstream)) {
    case 'all':
      return Number.NEGATIVE_INFINITY
    case 'never':
      return Number.POSITIVE_INFINITY
    case 'latest':
      return Number.isNaN(newestStart) ? Number.NEGATIVE_INFINITY : newestStart
  }
}

function followOf(model: CompiledModel, upstream: CompiledNode): Follow {
  const followed = model.config.follow[upstream.name]
  if (followed !== undefined) return followed
  // What changes after an interval was recorded belongs to the next one.
  if (isSnapshot(model)) return 'never'
  return upstream.kind === 'seed' ? 'all' : 'latest'
}

/** A model that reads itself reads all its earlier partitions. Of those that are stale the newest earlier one tells, as it is made stale by them. */
function mergePast(slots: Slots, codes: Uint8Array): void {
  const { dataSeq, readSeq } = slots.history
  let past = -1
  let newestVersion = 0
  for (let at = 0; at < slots.length; at++) {
    const row = slots.rowAt(slots.first + at)
    if (!slots.isPublished(row)) continue
    if (newestVersion > readSeq[row]! || (past >= 0 && codes[past] === Code.stale)) codes[row] = Code.stale
    newestVersion = Math.max(newestVersion, dataSeq[row]!)
    past = row
  }
}
