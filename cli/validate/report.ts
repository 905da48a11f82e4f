import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'
import type { Report, ReportCase } from '../reports/report.ts'
import type { Workspace } from '../workspace.ts'
import type { Looked } from './print.ts'

/** What `validate` tells machines: a case for each node that was looked at. */
export function reportOf({
  findings,
  looked,
  summary,
  outcome,
  workspace,
  warningsFail,
}: {
  readonly findings: readonly Diagnostic[]
  readonly looked: Looked
  readonly summary: string
  readonly outcome: Report['outcome']
  readonly workspace: Workspace | undefined
  readonly warningsFail: boolean
}): Report {
  return {
    command: 'validate',
    summary: `${summary}.`,
    outcome,
    diagnostics: findings,
    warningsFail,
    cases:
      looked.kind === 'nodes' && workspace !== undefined
        ? casesOf(findings, looked.names, workspace, warningsFail)
        : [],
    sections: [],
  }
}

function casesOf(
  findings: readonly Diagnostic[],
  names: readonly string[],
  { project }: Workspace,
  warningsFail: boolean,
): readonly ReportCase[] {
  const byModel = new Map<string, Diagnostic[]>()
  for (const each of findings) {
    if (each.model === undefined) continue
    const known = byModel.get(each.model)
    if (known === undefined) byModel.set(each.model, [each])
    else known.push(each)
  }
  return names.map((name) => {
    const node = project.nodes.get(name)!
    const problems = byModel.get(name) ?? []
    return {
      suite: 'validate',
      name,
      file: node.path,
      ...('place' in node ? { line: node.place.line } : { line: 1 }),
      outcome: problems.some(({ severity }) => warningsFail || severity === 'error') ? 'failed' : 'passed',
      problems,
    }
  })
}
