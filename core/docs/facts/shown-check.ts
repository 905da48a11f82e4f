import type { CheckOutcome } from '../../checks/check.ts'
import { failingText } from '../../checks/failing-text.ts'
import { type CompiledNode, hasRows, isRelation } from '../../compile/compiled.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { StoredCheck } from '../../ledger/stored-attempts.ts'
import { readsHidden, withoutValues } from '../../run/hidden.ts'
import type { CheckResult } from '../api.ts'

/** A check as the ledger has it, with the run and the instant that it belongs to. */
export interface RecordedCheck extends Omit<StoredCheck, 'sample'> {
  readonly run: string
  /** UTC milliseconds. */
  readonly at?: number
  readonly sample: CheckOutcome['sample']
}

const mostRows = 20
const longestCell = 500

/** What of recorded outcomes and errors may be shown: rows only if they are asked for, and of columns that opted out nothing, whatever was
 * recorded before they did. */
export class Privacy {
  readonly #nodes: ReadonlyMap<string, CompiledNode>
  readonly #withSamples: boolean
  readonly #hiding = new Map<string, boolean>()

  constructor(nodes: ReadonlyMap<string, CompiledNode>, { withSamples }: { readonly withSamples: boolean }) {
    this.#nodes = nodes
    this.#withSamples = withSamples
  }

  /** @param model logical name of what was checked */
  result(check: RecordedCheck, model: string): CheckResult {
    const sample = this.#sampleOf(check, model)
    return {
      status: check.passed ? 'passed' : check.severity === 'warn' ? 'warned' : 'failed',
      run: check.run,
      ...(check.at === undefined ? {} : { at: new Date(check.at).toISOString() }),
      ...(check.partition === undefined ? {} : { partition: check.partition }),
      ...(check.passed ? {} : { failures: check.failing, message: this.messageOf(check, model) }),
      ...(sample === undefined ? {} : { sample }),
    }
  }

  messageOf(check: Pick<StoredCheck, 'kind' | 'failing' | 'measure'>, model: string): string {
    const { kind, measure } = check
    // What is smallest, largest or in the middle of a column is the value of a row.
    const isOfRow = kind === 'minimum' || kind === 'maximum' || kind === 'quantile'
    const isHidden = measure !== undefined && isOfRow && (!this.#withSamples || this.#hides(model))
    return failingText(isHidden ? { ...check, measure: { ...measure, isHidden: true } } : check)
  }

  /** A recorded error, without what it may quote of rows. */
  error(error: Diagnostic, model: string): Pick<Diagnostic, 'message' | 'hint'> {
    const { message, hint } = error
    if (this.#withSamples && !this.#hides(model)) return hint === undefined ? { message } : { message, hint }
    const mayQuote = quoting[error.code]
    if (mayQuote === 'engine') {
      const shown = withoutValues({ kind: 'other', message }).message
      return { message: shown.replace(/ \(.*\)$/s, ''), ...(hint === undefined ? {} : { hint }) }
    }
    if (mayQuote === 'rows')
      return { message: message.replace(/ \(.*$/s, ''), ...(hint === undefined ? {} : { hint }) }
    if (mayQuote === 'hint') return { message }
    if (mayQuote === 'checks')
      return { message: message.replace(measured, '$1 not shown'), ...(hint === undefined ? {} : { hint }) }
    return hint === undefined ? { message } : { message, hint }
  }

  #sampleOf(check: RecordedCheck, model: string): CheckResult['sample'] {
    const node = this.#nodes.get(model)
    if (!this.#withSamples || check.passed || node === undefined || check.sample.length === 0)
      return undefined
    const isQuery = check.kind === 'custom' || check.kind === 'macro' || check.kind === 'reconcile'
    const custom = check.kind === 'custom' ? this.#nodes.get(check.name) : undefined
    if (isQuery && [node, custom].some((each) => each !== undefined && this.#hides(each.name)))
      return undefined
    if (node.kind === 'model' && node.config.materialized === 'view' && this.#hides(model)) return undefined
    const hidden = hiddenColumns(node)
    const columns = [...new Set(check.sample.flatMap((row) => Object.keys(row)))].filter(
      (name) => !hidden.has(name.toLowerCase()),
    )
    if (columns.length === 0) return undefined
    const rows = check.sample.slice(0, mostRows).map((row) => columns.map((name) => cellText(row[name])))
    return { columns, rows }
  }

  #hides(name: string): boolean {
    const known = this.#hiding.get(name)
    if (known !== undefined) return known
    const node = this.#nodes.get(name)
    const found = node !== undefined && (isRelation(node) || node.kind === 'check' || node.kind === 'source')
    const hides = found && readsHidden(this.#nodes, node)
    this.#hiding.set(name, hides)
    return hides
  }
}

/** Codes that can hold values of rows: in the engine's words, at the end of our own, or as an example in the hint. */
const quoting: Readonly<Record<string, 'engine' | 'rows' | 'hint' | 'checks'>> = {
  SL601: 'engine',
  SL604: 'engine',
  SL605: 'engine',
  SL610: 'rows',
  SL611: 'hint',
  SL612: 'hint',
  SL620: 'checks',
  SL627: 'rows',
  SL693: 'hint',
  SL694: 'hint',
}

/** What checks say of single values. */
const measured = /(smallest value is|largest value is|quantile is) [^,)]+/g

function hiddenColumns(node: CompiledNode): ReadonlySet<string> {
  if (!hasRows(node)) return new Set()
  return new Set(node.columns.filter(({ sample }) => !sample).map(({ name }) => name.toLowerCase()))
}

function cellText(value: unknown): string {
  const text =
    value === null || value === undefined
      ? 'NULL'
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value)
  return text.length > longestCell ? `${text.slice(0, longestCell)}…` : text
}
