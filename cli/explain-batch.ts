import { maxBatch } from '../core/batch/max-batch.ts'
import type { CompiledModel, CompiledNode } from '../core/compile/compiled.ts'
import type { Place } from '../core/diagnostics/diagnostic.ts'
import type { Output } from './terminal/terminal.ts'
import { count } from './text/quantity.ts'

/** Whether partitions of a model share a statement, for other programs. */
export interface BatchExplanation {
  readonly model: string
  /** The rows are provably the same as one partition at a time. */
  readonly proven: boolean
  /** The most adjacent partitions in one statement; null: all of them. */
  readonly max_batch: number | null
  /** What the configuration says. */
  readonly declared?: number | 'all'
  readonly reason?: string
  readonly place?: Place
}

/** The explanations of all models with partitions, in the order of the nodes. */
export function explainBatches(nodes: readonly CompiledNode[]): readonly BatchExplanation[] {
  return nodes
    .filter((node): node is CompiledModel => node.kind === 'model' && node.batch !== undefined)
    .map(explanationOf)
}

function explanationOf(model: CompiledModel): BatchExplanation {
  const { batch, config } = model
  const most = maxBatch(model)
  return {
    model: model.name,
    proven: batch?.batchable === true,
    max_batch: Number.isFinite(most) ? most : null,
    ...(config.batch === undefined ? {} : { declared: config.batch }),
    ...(batch === undefined || batch.batchable ? {} : reasonOf(batch)),
  }
}

function reasonOf({ reason, place }: { readonly reason: string; readonly place?: Place }) {
  return { reason, ...(place === undefined ? {} : { place }) }
}

/** One line a model, and below it where in the user's file the reason stands. */
export function printExplanations(explanations: readonly BatchExplanation[], out: Output): void {
  if (explanations.length === 0) {
    out.write('no model with partitions is selected\n')
    return
  }
  const { style } = out
  const names = Math.max(...explanations.map(({ model }) => model.length))
  const batches = Math.max(...explanations.map((each) => batchText(each).length))
  for (const each of explanations) {
    const isShared = each.max_batch !== 1
    const batch = batchText(each).padEnd(batches)
    const shown = isShared ? style.green(batch) : style.yellow(batch)
    out.write(`${each.model.padEnd(names)}  ${shown}  ${whyText(each)}\n`)
    if (each.place === undefined) continue
    const { file, line, column } = each.place
    out.write(`${' '.repeat(names + batches + 4)}${style.dim(`${file}:${line}:${column}`)}\n`)
  }
}

function batchText({ max_batch }: BatchExplanation): string {
  if (max_batch === null) return 'all at once'
  return max_batch === 1 ? 'one by one' : `up to ${count(max_batch)}`
}

function whyText({ proven, declared, reason }: BatchExplanation): string {
  if (proven)
    return declared === undefined ? 'the same rows, provably' : 'declared, and the same rows, provably'
  if (declared === undefined || declared === 1) return reason ?? ''
  return `declared; not shown to be the same: ${reason ?? ''}`
}
