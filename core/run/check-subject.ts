import type { Adapter, Column } from '../adapter.ts'
import type { CheckedRows } from '../checks/build.ts'
import type { Check } from '../checks/check.ts'
import { macroOfCheck } from '../checks/macro.ts'
import {
  type CompiledProject,
  type CompiledRelation,
  type CompiledSource,
  hasRows,
} from '../compile/compiled.ts'
import type { Window } from '../compile/symbols.ts'
import { diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import type { VolumeHistory } from '../gates/volume-history.ts'
import type { Partition } from '../time/interval.ts'
import type { SqlTexts } from './attempt.ts'
import { ChecksUnevaluated } from './diagnose.ts'
import { readsHidden, withoutValues } from './hidden.ts'

/** Failing rows that are kept of one check. */
export const SAMPLE_ROWS = 20

/** One partition's rows, ready to be checked. */
export interface Subject {
  readonly node: CompiledRelation | CompiledSource
  readonly partition?: Partition
  readonly window?: Window
  readonly rows: CheckedRows
  /** The columns of the rows, for samples. */
  readonly columns: readonly Column[]
  /** Those of the node's checks to run; left out for all. */
  readonly checks?: readonly Check[]
  /** What numbers of rows are compared with; left out: what the ledger has. */
  readonly history?: VolumeHistory
  /** The rows are those that the ledger has a record of. */
  readonly isPublished?: boolean
}

export interface CheckingContext {
  readonly project: CompiledProject
  readonly adapter: Adapter
  readonly texts: SqlTexts
  /** A model's name in the ledger. */
  readonly ledgerName: (model: string) => string
  readonly now: () => Date
}

export function physicalName(context: Pick<CheckingContext, 'project' | 'adapter'>, name: string): string {
  const node = context.project.nodes.get(name)
  if (!hasRows(node)) throw new Error(`no relation ${name}`)
  return node.kind === 'source' ? node.sql : context.adapter.dialect.relation(node.relation)
}

/** Says of an error of the engine that it was a check that could not be evaluated, by this query if it is one; by `check` if only that one ran. */
export async function evaluating<T>(
  context: Pick<CheckingContext, 'project' | 'adapter'>,
  node: CompiledRelation | CompiledSource,
  sql: string | undefined,
  work: () => Promise<T>,
  check?: Check,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof SluiceError) throw error
    const found = context.adapter.explain(error)
    const explained = readsHidden(context.project.nodes, node) ? withoutValues(found) : found
    const isOurs = [
      'syntax',
      'unknown_column',
      'unknown_function',
      'unknown_relation',
      'type',
      'other',
    ].includes(explained.kind)
    if (!isOurs) throw error
    const placed = check ?? node.checks.find((each) => each.place !== undefined)
    const place = placed?.place ?? { file: node.path, line: 1, column: 1 }
    const subject =
      check === undefined
        ? `the checks of ${node.name}`
        : `the check ${check.name} of ${node.name}${check.kind === 'macro' ? ` (macros/${macroOfCheck(check.macro)}.sql)` : ''}`
    const problem = diagnostic('SL621', {
      message: `${subject} cannot be evaluated: ${explained.message}`,
      model: node.name,
      place,
      ...(explained.hint === undefined ? {} : { hint: explained.hint }),
    })
    throw new ChecksUnevaluated(problem, error, sql)
  }
}
