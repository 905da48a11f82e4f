import type { CheckOutcome } from '../../core/checks/check.ts'
import { failingText } from '../../core/checks/failing-text.ts'
import type { CompiledProject } from '../../core/compile/compiled.ts'
import { type Diagnostic, diagnostic, type Place } from '../../core/diagnostics/diagnostic.ts'
import { count } from '../text/quantity.ts'
import type { Report, ReportCase } from './report.ts'

/** What `sluice check` tells machines: a case for each check of each partition. Reports are shown to many: they hold no rows. */
export function checksReport(
  project: CompiledProject,
  outcomes: readonly CheckOutcome[],
  summary: string,
): Report {
  const cases = outcomes.map((outcome) => checkCase(project, outcome))
  return {
    command: 'check',
    summary,
    outcome: cases.some((each) => each.outcome === 'failed') ? 'failed' : 'passed',
    diagnostics: cases.flatMap(({ problems }) => problems),
    cases,
    sections: [],
  }
}

function checkCase(project: CompiledProject, outcome: CheckOutcome): ReportCase {
  const { name, model, partition, passed, severity } = outcome
  const { file, line } = placeOf(project, outcome)
  return {
    suite: model,
    name: [name, partition].filter(Boolean).join(' '),
    file,
    line,
    outcome: passed || severity === 'warn' ? 'passed' : 'failed',
    problems: passed ? [] : [brokenCheck(project, outcome)],
  }
}

/** A check that does not hold, where it is declared. */
export function brokenCheck(project: CompiledProject, outcome: CheckOutcome): Diagnostic {
  const { name, model, partition, severity } = outcome
  return diagnostic('SL932', {
    severity: severity === 'error' ? 'error' : 'warning',
    message: `check ${name}: ${failingText(outcome, count)}${partition === undefined ? '' : ` in ${partition}`}`,
    model,
    ...(partition === undefined ? {} : { partition }),
    place: placeOf(project, outcome),
  })
}

function placeOf({ nodes }: CompiledProject, { name, model, kind }: CheckOutcome): Place {
  const node = (kind === 'custom' ? nodes.get(name) : undefined) ?? nodes.get(model)
  const declared =
    node !== undefined && 'checks' in node ? node.checks.find((check) => check.name === name) : undefined
  if (declared?.place !== undefined) return declared.place
  if (node?.kind === 'source') return node.place
  return { file: node?.path ?? 'sluice.yml', line: 1, column: 1 }
}
