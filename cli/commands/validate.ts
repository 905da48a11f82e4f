import { performance } from 'node:perf_hooks'
import type { LintedQueries } from '../../core/compile/linted.ts'
import { type Diagnostic, SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { Handler, Invocation } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { type Looked, printFindings } from '../validate/print.ts'
import { openWorkspace, projectRoot, type Workspace } from '../workspace.ts'

/** Looks for everything that would break a run, without running anything. */
export const validate: Handler = async (invocation) => {
  const startedAt = performance.now()
  refuseContradictions(invocation)
  let workspace: Workspace
  const linted: LintedQueries = new Map()
  try {
    workspace = await openWorkspace(invocation, { isTolerant: true, linted })
  } catch (error) {
    if (!(error instanceof SluiceError) || !isOfProject(error.diagnostics)) throw error
    // Nothing could be compiled: what is wrong is all that there is to tell.
    const findings = await sorted(error.diagnostics)
    await report(invocation, { kind: 'unread' }, findings, startedAt, undefined)
    return findings.some(isOfProjectFile) ? exitCodes.usage : exitCodes.failed
  }
  const { lookAt } = await import('../validate/look-at.ts')
  const { findings, looked } = await lookAt(workspace, invocation, linted)
  await report(invocation, looked, findings, startedAt, workspace)
  return exitCodeOf(invocation, findings)
}

function refuseContradictions({ options }: Invocation): void {
  const both = (message: string): void => {
    throw SluiceError.of('SL904', { message, hint: 'leave one of them out', next: 'sluice validate --help' })
  }
  if (options.online && options.offline) both('--online and --offline contradict each other')
  if (options.online && options.bind === false) both('--online binds, and --no-bind does not')
}

/** Mistakes in files of the project, and not of the command line, the environment or the machine. */
function isOfProject(found: readonly Diagnostic[]): boolean {
  return found.every(({ code, place }) => place !== undefined || /^SL[234]/.test(code))
}

function isOfProjectFile({ place }: Diagnostic): boolean {
  return place?.file === 'sluice.yml'
}

async function sorted(found: readonly Diagnostic[]): Promise<readonly Diagnostic[]> {
  const { inOrder } = await import('../../core/validate/validate.ts')
  return inOrder(found)
}

function exitCodeOf({ options }: Invocation, findings: readonly Diagnostic[]): ExitCode {
  const fails = ({ severity }: Diagnostic) => severity === 'error' || options.failOn === 'warning'
  return findings.some(fails) ? exitCodes.failed : exitCodes.good
}

async function report(
  invocation: Invocation,
  looked: Looked,
  found: readonly Diagnostic[],
  startedAt: number,
  workspace: Workspace | undefined,
): Promise<void> {
  const { withFrames } = await import('../diagnostics/sources.ts')
  const findings = await withFrames(found, invocation.workingDirectory, projectRoot(invocation))
  const durationMs = performance.now() - startedAt
  const summary = printFindings(invocation, findings, looked, durationMs)
  const { reportOf } = await import('../validate/report.ts')
  const { writeReports } = await import('../reports/write-reports.ts')
  const warningsFail = invocation.options.failOn === 'warning'
  const outcome = exitCodeOf(invocation, findings) === exitCodes.good ? 'passed' : 'failed'
  await writeReports(invocation, reportOf({ findings, looked, summary, outcome, workspace, warningsFail }))
}
