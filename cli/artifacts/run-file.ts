import type { RunEvent } from '../../core/events.ts'
import { partitionJson, planJson } from '../json/plan.ts'
import { type FinishedTask, Progress } from '../reporters/progress.ts'

/** Listens to a run and tells what `target/run.json` says of it: see docs/schemas/run.json. */
export class RunFile {
  private readonly progress = new Progress()

  on(event: RunEvent): void {
    this.progress.apply(event, 0)
  }

  /** Undefined if the run has not ended. */
  content(): unknown {
    const { started, result, finished } = this.progress
    if (started === undefined || result === undefined) return undefined
    const { held, skipped } = planJson(started.plan)
    return {
      run: result.run,
      target: started.target,
      status: result.status,
      ...(result.reason === undefined ? {} : { reason: result.reason }),
      startedAt: started.at,
      finishedAt: result.at,
      elapsedMs: result.elapsedMs,
      totals: result.totals,
      tasks: finished.map(taskResultJson),
      held,
      skipped,
      next: result.next,
    }
  }
}

function taskResultJson(finished: FinishedTask) {
  const { task, failedChecks } = finished
  return {
    id: task.id,
    model: task.model,
    kind: task.kind,
    partitions: task.partitions.map(partitionJson),
    status: finished.kind,
    ...(finished.kind === 'succeeded' ? { ...finished.published, elapsedMs: finished.elapsedMs } : {}),
    ...(finished.kind === 'failed' ? { error: finished.error, elapsedMs: finished.elapsedMs } : {}),
    ...(finished.kind === 'skipped' || finished.kind === 'blocked' ? { because: finished.because } : {}),
    failedChecks,
  }
}
