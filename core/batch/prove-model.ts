import type { ModelConfig, PartitionConfig } from '../config/project.ts'
import type { Relational, TableRef } from '../sql/relational/ir.ts'
import type { Rendered } from '../template/template.ts'
import { isUtc } from '../time/zone.ts'
import type { Bounds } from './conditions.ts'
import type { Cut } from './floors.ts'
import { prove } from './proof.ts'
import { reachOf } from './reach.ts'
import { Refused } from './refused.ts'
import type { Region } from './state.ts'
import type { Survey } from './survey.ts'

/** A partitioned model that was rendered for the sentinel and parsed. */
export interface BatchQuestion {
  readonly model: {
    readonly config: Pick<ModelConfig, 'materialized' | 'strategy' | 'uniqueKey' | 'partition' | 'reads'>
  }
  readonly rendered: Pick<Rendered, 'text' | 'spans' | 'symbolsDecide'>
  /** Undefined where the target's grammar does not give it. */
  readonly relational: Relational | undefined
  /** What was found in it. */
  readonly survey: Survey | undefined
  readonly readsItself: boolean
  /** How an engine compares a name that is written without quotes. */
  readonly fold: (name: string) => string
  /** The partitions of an upstream by the name that `reads` has for it. */
  readonly partitionOf: (upstream: string) => PartitionConfig | undefined
  readonly columnsOf: (table: TableRef) => readonly string[] | undefined
}

/** The answer, with an offset in the rendered text where `BatchVerdict` has a place. */
export type BatchAnswer =
  | { readonly batchable: true }
  | { readonly batchable: false; readonly reason: string; readonly start?: number; readonly isFinal: boolean }

/** Whether adjacent partitions of the model may run as one statement. Pure. */
export function proveModel(question: BatchQuestion): BatchAnswer {
  try {
    refuseImpossible(question)
    const { relational, survey, model, fold, columnsOf } = question
    if (relational === undefined || survey === undefined)
      return no('the grammar of its dialect is not looked into')
    const partition = model.config.partition!
    const { symbols } = survey
    const key = symbols.startOf('partition.key')
    if (key !== undefined) throw new Refused('partition.key is the key of one partition', key, true)
    const unsteady = survey.unsteady[0]
    if (unsteady !== undefined) return no(unsteady.reason, unsteady.start)
    const stray = symbols.strays[0]
    if (stray !== undefined) return no(`${stray.symbol} is part of a text or name`, stray.start)
    const bounds: Bounds = { cut: cutOf(partition), symbols, reads: readsOf(question) }
    prove({ relational, bounds, column: fold(partition.column.name), columnsOf })
    return { batchable: true }
  } catch (error) {
    if (error instanceof Refused) return no(error.message, error.start, error.isFinal)
    // A query that is nested deeper than the stack was understood by its parser, but not here.
    if (error instanceof RangeError) return no('it is nested too deeply')
    throw error
  }
}

/** The answer for whatever reads itself. */
export const readsOwn = {
  batchable: false,
  reason: 'it reads its own earlier partitions, which must be there before it runs',
  isFinal: true,
} as const satisfies BatchAnswer

function no(reason: string, start?: number, isFinal = false): BatchAnswer {
  return { batchable: false, reason, isFinal, ...(start === undefined ? {} : { start }) }
}

/** What no declaration can make up for: batches of such a model would be something else. */
function refuseImpossible({ model, rendered, readsItself }: BatchQuestion): void {
  if (readsItself) throw new Refused(readsOwn.reason, undefined, readsOwn.isFinal)
  if (rendered.symbolsDecide) {
    throw new Refused(
      'the logic of its template looks at the partition, so that each has a text of its own',
      undefined,
      true,
    )
  }
  if (model.config.materialized === 'snapshot') {
    throw new Refused(
      'it is a snapshot, which tells each partition apart from the one before',
      undefined,
      true,
    )
  }
  if (newestWins(model.config)) {
    throw new Refused(
      'its unique_key leaves out the partition column, so that the newest partition of each row must be known',
      undefined,
      true,
    )
  }
}

/** True for a merge whose key does not tell the partition, so that rows of several partitions meet in one key. */
export function newestWins({
  strategy,
  partition,
  uniqueKey,
}: Pick<ModelConfig, 'strategy' | 'partition' | 'uniqueKey'>): boolean {
  if (strategy !== 'merge' || partition === undefined) return false
  return !uniqueKey.some((name) => name.toLowerCase() === partition.column.name.toLowerCase())
}

function cutOf({ grain, firstDayOfWeek, timezone, column }: PartitionConfig): Cut {
  return {
    grain: typeof grain === 'string' ? grain : 'cron',
    firstDayOfWeek,
    isUtc: isUtc(timezone),
    isDate: column.type === 'date',
    isWritten: column.type === 'integer' || column.type === 'text',
  }
}

/** How far widened windows reach, of upstreams whose partitions have a length that is known. */
function readsOf({ model, partitionOf }: BatchQuestion): ReadonlyMap<string, Region> {
  const found = new Map<string, Region>()
  const own = cutOf(model.config.partition!)
  for (const [name, { before, after }] of Object.entries(model.config.reads)) {
    const upstream = partitionOf(name)
    if (upstream === undefined || !own.isUtc || own.isWritten) continue
    const { grain, isUtc: isUpstreamUtc } = cutOf(upstream)
    if (!isUpstreamUtc) continue
    found.set(name, { before: reachOf(grain, before), after: reachOf(grain, after) })
  }
  return found
}
