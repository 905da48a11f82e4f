import { type Diagnostic, SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { Ledger, ledgerScope } from '../../core/ledger/ledger.ts'
import { planRun } from '../../core/plan/planner.ts'
import { executePlan } from '../../core/run/execute.ts'
import { RunFile } from '../artifacts/run-file.ts'
import { writeArtifact } from '../artifacts/write.ts'
import type { Handler, Invocation } from '../command.ts'
import { printDiagnostics } from '../diagnostics/print.ts'
import { warnOfEmptyRange } from '../empty-range.ts'
import { exitCodes } from '../exit.ts'
import { planRequest } from '../plan-request.ts'
import { chooseReporter } from '../reporters/choose.ts'
import { RunLog } from '../run-log.ts'
import { readSnapshot } from '../snapshot.ts'
import { openWorkspace } from '../workspace.ts'
import { realWorld, thisWorker } from '../world.ts'
import { showPlan } from './plan.ts'

/** Builds what is missing or stale, checks it, publishes it. */
export const run: Handler = async (invocation) => {
  const { options, format, terminal, now } = invocation
  const workspace = await openWorkspace(invocation)
  const { seat } = workspace
  const signal = AbortSignal.any([invocation.signal, seat.canceled])
  const { project, texts } = workspace
  const request = await planRequest(workspace, invocation)
  if (options.dryRun) {
    const plan = planRun(project, await readSnapshot(workspace, now), request, now())
    warnOfEmptyRange(plan, project, request.selected, invocation)
    return showPlan(plan, invocation)
  }
  const world = realWorld(now)
  const adapter = await workspace.connect({ readOnly: false })
  try {
    const ledger = new Ledger(adapter, world.now, ledgerScope(project.project.target.schema))
    await ledger.prepare()
    await ledger.reap(world.isDead, signal)
    const snapshot = await ledger.snapshot()
    const plan = planRun(project, snapshot, request, now())
    warnOfEmptyRange(plan, project, request.selected, invocation)
    const reporter = chooseReporter(format, terminal, options.quiet ?? false, invocation.environment)
    const file = new RunFile()
    const log = new RunLog(project.project.root)
    try {
      const { totals } = await executePlan({
        project,
        adapter,
        ledger,
        texts,
        plan,
        world,
        worker: thisWorker(),
        threads: options.threads ?? workspace.threads,
        isForced: request.force || request.fullRefresh,
        command: 'run',
        arguments: requested(invocation.options),
        emit: (event) => {
          log.on(event)
          file.on(event)
          seat.on(event)
          reporter.on(event)
        },
        signal,
      })
      await keepRunFile(project.project.root, file, invocation)
      if (seat.exitCode !== undefined) return seat.exitCode
      return totals.failed + totals.blocked + totals.canceled > 0 ? exitCodes.failed : exitCodes.good
    } finally {
      log.close()
      reporter.close()
    }
  } finally {
    await adapter.close()
  }
}

/** The run has happened, whether its file can be written or not. */
async function keepRunFile(root: string, file: RunFile, { terminal, format }: Invocation): Promise<void> {
  try {
    await writeArtifact(root, 'run.json', `${JSON.stringify(file.content(), null, 2)}\n`)
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    const warnings = error.diagnostics.map((each): Diagnostic => ({ ...each, severity: 'warning' }))
    printDiagnostics(warnings, terminal.err, format === 'json' ? 'json' : 'text')
  }
}

/** What the ledger keeps of the command line: no variables, which may hold secrets. */
function requested({ vars: _, ...options }: Parameters<Handler>[0]['options']) {
  return options
}
