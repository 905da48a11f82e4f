import { Ledger, ledgerScope } from '../../core/ledger/ledger.ts'
import { planRun } from '../../core/plan/planner.ts'
import { executePlan } from '../../core/run/execute.ts'
import { RunFile } from '../artifacts/run-file.ts'
import { writeArtifact } from '../artifacts/write.ts'
import type { Handler } from '../command.ts'
import { exitCodes } from '../exit.ts'
import { planRequest } from '../plan-request.ts'
import { chooseReporter } from '../reporters/choose.ts'
import { readSnapshot } from '../snapshot.ts'
import { openWorkspace } from '../workspace.ts'
import { realWorld, thisWorker } from '../world.ts'
import { showPlan } from './plan.ts'

/** Builds what is missing or stale, checks it, publishes it. */
export const run: Handler = async (invocation) => {
  const { options, format, terminal, now, signal } = invocation
  const workspace = await openWorkspace(invocation)
  const { project, texts } = workspace
  const request = planRequest(project, options)
  if (options.dryRun) {
    return showPlan(planRun(project, await readSnapshot(workspace, now), request, now()), invocation)
  }
  const world = realWorld(now)
  const adapter = await workspace.connect({ readOnly: false })
  try {
    const ledger = new Ledger(adapter, world.now, ledgerScope(project.project.target.schema))
    await ledger.prepare()
    await ledger.reap(world.isDead, signal)
    const snapshot = await ledger.snapshot()
    const plan = planRun(project, snapshot, request, now())
    const reporter = chooseReporter(format, terminal, options.quiet ?? false, invocation.environment)
    const file = new RunFile()
    try {
      const { totals } = await executePlan({
        project,
        adapter,
        ledger,
        texts,
        plan,
        snapshot,
        world,
        worker: thisWorker(),
        threads: options.threads ?? workspace.threads,
        isForced: request.force || request.fullRefresh,
        command: 'run',
        arguments: requested(invocation.options),
        emit: (event) => {
          file.on(event)
          reporter.on(event)
        },
        signal,
      })
      await writeArtifact(project.project.root, 'run.json', `${JSON.stringify(file.content(), null, 2)}\n`)
      return totals.failed + totals.blocked + totals.canceled > 0 ? exitCodes.failed : exitCodes.good
    } finally {
      reporter.close()
    }
  } finally {
    await adapter.close()
  }
}

/** What the ledger keeps of the command line: no variables, which may hold secrets. */
function requested({ vars: _, ...options }: Parameters<Handler>[0]['options']) {
  return options
}
