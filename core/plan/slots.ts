import type { CompiledNode } from '../compile/compiled.ts'
import { type History, historyOf, Mark } from '../ledger/history.ts'
import { layoutOfNode } from './edges.ts'
import type { Timeline, Timelines } from './timeline.ts'

const nothing: History = historyOf([])

/** Where the records of a relation lie on its timeline. Records of another layout lie nowhere. */
export class Slots {
  readonly history: History
  /** Undefined for a relation without partitions. */
  readonly timeline: Timeline | undefined
  /** Timeline index of the first record. */
  readonly first: number
  /** How many indexes from there on may have a record. */
  readonly length: number
  /** Record by index from `first` on, -1 for none; undefined where all of them follow each other. */
  private readonly rows: Int32Array | undefined

  constructor(history: History | undefined, timeline: Timeline | undefined) {
    this.history = history ?? nothing
    this.timeline = timeline
    const placed = timeline === undefined ? wholeRow(this.history) : rowsOnTimeline(this.history, timeline)
    this.first = placed.first
    this.length = placed.length
    this.rows = placed.rows
  }

  /** The record at a timeline index (0 without partitions), or -1. */
  rowAt(index: number): number {
    const at = index - this.first
    if (at < 0 || at >= this.length) return -1
    return this.rows === undefined ? at : this.rows[at]!
  }

  isPublished(row: number): boolean {
    return row >= 0 && this.history.dataSeq[row] !== 0
  }

  hasFailed(row: number): boolean {
    return row >= 0 && (this.history.marks[row]! & Mark.failed) !== 0
  }
}

export function slotsOf(node: CompiledNode, history: History | undefined, timelines: Timelines): Slots {
  const layout = layoutOfNode(node)
  return new Slots(history, layout === undefined ? undefined : timelines.of(layout))
}

interface Placed {
  readonly first: number
  readonly length: number
  readonly rows: Int32Array | undefined
}

/** The record without an interval; others were left by a time when the relation had partitions. */
function wholeRow({ count, start }: History): Placed {
  return { first: 0, length: count > 0 && start[0] === Number.NEGATIVE_INFINITY ? 1 : 0, rows: undefined }
}

function rowsOnTimeline({ count, start, end }: History, { cuts, count: partitions }: Timeline): Placed {
  const indexes = new Int32Array(count).fill(-1)
  let first = -1
  let last = -1
  let isDense = true
  let index = 0
  for (let row = 0; row < count; row++) {
    while (index < partitions && cuts[index]! < start[row]!) index += 1
    if (index < partitions && cuts[index] === start[row] && cuts[index + 1] === end[row]) {
      indexes[row] = index
      if (first === -1) first = index
      last = index
    }
    if (indexes[row] !== first + row) isDense = false
  }
  if (first === -1) return { first: 0, length: 0, rows: undefined }
  const length = last - first + 1
  if (isDense) return { first, length, rows: undefined }
  const rows = new Int32Array(length).fill(-1)
  for (let row = 0; row < count; row++) if (indexes[row] !== -1) rows[indexes[row]! - first] = row
  return { first, length, rows }
}
