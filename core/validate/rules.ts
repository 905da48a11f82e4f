import type { LintRule, LintSettings, LintSeverity } from '../config/project.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'

/** The code under which each rule's findings are shown. */
export const ruleCodes = {
  select_star: 'SL310',
  unqualified_column: 'SL311',
  no_checks: 'SL312',
  unused_source: 'SL313',
  unused_macro: 'SL314',
  arbitrary_rows: 'SL315',
  null_comparison: 'SL316',
  self_comparison: 'SL317',
  nullable_contract: 'SL323',
  allow_without_reason: 'SL318',
  unused_allow: 'SL319',
  unproven_batch: 'SL360',
  reads_clock: 'SL362',
  random: 'SL363',
  no_partition_filter: 'SL364',
} as const satisfies Record<LintRule, Diagnostic['code']>

const ruleOf = new Map<string, LintRule>(
  Object.entries(ruleCodes).map(([rule, code]) => [code, rule as LintRule]),
)

/** Of all others it is `warning`. */
const defaults: LintSettings = { allow_without_reason: 'off' }

export function severityOf(rule: LintRule, settings: LintSettings): LintSeverity {
  return settings[rule] ?? defaults[rule] ?? 'warning'
}

/** A finding with the severity that the project gives its rule; undefined if that is off. What belongs to no rule stays as it is. */
export function rated(finding: Diagnostic, settings: LintSettings): Diagnostic | undefined {
  const rule = ruleOf.get(finding.code)
  if (rule === undefined) return finding
  const severity = severityOf(rule, settings)
  return severity === 'off' ? undefined : { ...finding, severity }
}
