import type { CompiledProject } from '../../core/compile/compiled.ts'
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'
import type { RunEvent } from '../../core/events.ts'
import type { HeldTask } from '../../core/plan/plan.ts'
import { type FinishedTask, Progress } from '../reporters/progress.ts'
import { totalsText } from '../reporters/summary.ts'
import { partitionLabel } from '../text/partitions.ts'
import { heldText } from '../text/reason.ts'
import { brokenCheck } from './check-cases.ts'
import { interruption } from './interruption.ts'
import type { Report, ReportCase } from './report.ts'

/** Listens to a run and tells machines of it: a case for each task, or for those of its partitions that ended alike. */
export class RunReport {
  private readonly progress = new Progress()
  private readonly command: string
  private readonly project: CompiledProject

  constructor(command: string, project: CompiledProject) {
    this.command = command
    this.project = project
  }

  on(event: RunEvent): void {
    this.progress.apply(event, 0)
  }

  /** @throws if the run has not ended */
  content(isGood: boolean): Report {
    const { result, finished, plan } = this.progress
    if (result === undefined) throw new Error('the run has not ended')
    const cases = [
      ...finished.map((each) => this.caseOf(each)),
      ...plan.held.map((held): ReportCase => ({ ...this.about(held), ...unmet(heldText(held)) })),
    ]
    return {
      command: this.command,
      summary: `${totalsText(result)}.`,
      outcome: isGood ? 'passed' : 'failed',
      diagnostics: [...stop(result), ...cases.flatMap(({ problems }) => problems)],
      cases,
      sections: [],
    }
  }

  private caseOf(finished: FinishedTask): ReportCase {
    const { task } = finished
    const about = this.about(task)
    const warnings = finished.failedChecks
      .filter(({ severity }) => severity === 'warn')
      .map((outcome) => brokenCheck(this.project, outcome))
    switch (finished.kind) {
      case 'succeeded':
        return { ...about, outcome: 'passed', durationMs: finished.elapsedMs, problems: warnings }
      case 'failed': {
        const [only, ...others] = task.partitions
        const subject: Pick<Diagnostic, 'model' | 'partition'> = {
          model: task.model,
          ...(only === undefined || others.length > 0 ? {} : { partition: only.key }),
        }
        const problems = [{ ...subject, ...finished.error }, ...warnings]
        return { ...about, outcome: 'failed', durationMs: finished.elapsedMs, problems }
      }
      case 'skipped':
        return { ...about, outcome: 'passed', problems: warnings }
      case 'blocked':
        return { ...about, ...unmet(finished.because) }
      case 'canceled':
        return { ...about, ...unmet('canceled') }
      default:
        return finished satisfies never
    }
  }

  private about({ model, partitions }: Pick<HeldTask, 'model' | 'partitions'>) {
    const node = this.project.nodes.get(model)
    return {
      suite: model,
      name: [model, partitionLabel(partitions)].filter(Boolean).join(' '),
      ...(node === undefined ? {} : { file: node.path, line: 1 }),
    }
  }
}

/** What ended the run before its end: otherwise nothing of it would have failed. */
function stop({ status, reason }: Extract<RunEvent, { type: 'run_finished' }>): readonly Diagnostic[] {
  if (reason !== undefined) return [reason]
  return status === 'canceled' ? [interruption()] : []
}

function unmet(because: string): Pick<ReportCase, 'outcome' | 'because' | 'problems'> {
  return { outcome: 'skipped', because, problems: [] }
}
