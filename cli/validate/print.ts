import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'
import type { Invocation } from '../command.ts'
import { diagnosticLines } from '../diagnostics/lines.ts'
import { reportsOnly } from '../reports/write-reports.ts'
import type { Colors } from '../terminal/terminal.ts'
import { jsonLine } from '../text/json.ts'
import { counted } from '../text/quantity.ts'

/** What was looked at. */
export type Looked =
  | {
      readonly kind: 'nodes'
      /** Names, in the order of the graph. */
      readonly names: readonly string[]
      readonly models: number
      readonly sources: number
      readonly seeds: number
      readonly checks: number
      readonly exposures: number
      readonly unitTests: number
      readonly target: string
      /** Types were bound, and how: `undefined` if not. */
      readonly bound: 'offline' | 'online' | undefined
      /** The ref and the commit since which something changed. */
      readonly since?: string
    }
  /** The project could not be read far enough to look at anything else. */
  | { readonly kind: 'unread' }

/** Prints what was found, and in words the totals, which it returns. */
export function printFindings(
  { format, options, terminal: { out } }: Invocation,
  findings: readonly Diagnostic[],
  looked: Looked,
  durationMs: number,
): string {
  const totals = totalsOf(findings)
  const isUnchanged =
    looked.kind === 'nodes' &&
    looked.since !== undefined &&
    looked.names.length === 0 &&
    looked.unitTests === 0
  const [head, rest] =
    totals === '' && isUnchanged
      ? ['Nothing changed', `since ${looked.since}`]
      : [totals === '' ? 'Nothing found' : totals, `in ${lookedText(looked)}`]
  const summary = `${head} ${rest}`
  if (reportsOnly({ options })) return summary
  if (format === 'json') {
    out.write(findings.map(jsonLine).join(''))
    return summary
  }
  const { style } = out
  for (const [file, inFile] of byFile(findings)) {
    out.write(`${style.bold(file)} ${style.dim(totalsOf(inFile))}\n\n`)
    for (const each of inFile) out.write(`${diagnosticLines(each, style).join('\n')}\n\n`)
  }
  if (options.quiet) return summary
  const time = style.dim(`(${seconds(durationMs)})`)
  out.write(`${mark(findings, style)} ${style.bold(head)} ${rest} ${time}\n`)
  return summary
}

function byFile(findings: readonly Diagnostic[]): ReadonlyMap<string, readonly Diagnostic[]> {
  const files = new Map<string, Diagnostic[]>()
  for (const each of findings) {
    const file = each.place?.file ?? 'the project'
    const known = files.get(file)
    if (known === undefined) files.set(file, [each])
    else known.push(each)
  }
  return files
}

function mark(findings: readonly Diagnostic[], style: Colors): string {
  if (findings.some(({ severity }) => severity === 'error')) return style.red('✗')
  return findings.length > 0 ? style.yellow('!') : style.green('✓')
}

function totalsOf(findings: readonly Diagnostic[]): string {
  const errors = findings.filter((each) => each.severity === 'error').length
  const warnings = findings.length - errors
  return [errors > 0 && counted(errors, 'error'), warnings > 0 && counted(warnings, 'warning')]
    .filter(Boolean)
    .join(', ')
}

function lookedText(looked: Looked): string {
  if (looked.kind === 'unread') return 'the project, which could not be read to its end'
  const { models, sources, seeds, checks, exposures, unitTests, target, bound, since } = looked
  const kinds = [
    models > 0 && counted(models, 'model'),
    seeds > 0 && counted(seeds, 'seed'),
    sources > 0 && counted(sources, 'source'),
    checks > 0 && counted(checks, 'check'),
    exposures > 0 && counted(exposures, 'exposure'),
    unitTests > 0 && counted(unitTests, 'unit test'),
  ].filter((each) => each !== false)
  const changed = since === undefined ? '' : ` changed since ${since} or downstream of that`
  const how =
    bound === undefined
      ? 'types not bound'
      : bound === 'online'
        ? `bound against the catalogue of ${target}`
        : `bound for ${target}`
  return `${kinds.length === 0 ? 'nothing' : kinds.join(', ')}${changed}, ${how}`
}

function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`
}
