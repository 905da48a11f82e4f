import type { Adapter } from '../core/adapter.ts'
import type { CompiledProject } from '../core/compile/compiled.ts'
import { type Diagnostic, SluiceError } from '../core/diagnostics/diagnostic.ts'
import { Ledger, ledgerScope } from '../core/ledger/ledger.ts'
import type { Plan } from '../core/plan/plan.ts'
import { type PlanRequest, planRun } from '../core/plan/planner.ts'
import { ledgerFor } from '../core/plan/scope.ts'
import { executePlan, type Pace, type RunResult } from '../core/run/execute.ts'
import { withLedgerOf } from '../core/run/with-ledger.ts'
import { RunFile } from './artifacts/run-file.ts'
import { writeArtifact } from './artifacts/write.ts'
import type { Invocation } from './command.ts'
import { printDiagnostics } from './diagnostics/print.ts'
import { warnOfEmptyRange } from './empty-range.ts'
import { type ExitCode, exitCodes } from './exit.ts'
import type { OpenLineageOutput } from './openlineage/start.ts'
import type { Options } from './options/definitions.ts'
import { readForPlan, recordSources } from './plan-inputs.ts'
import { poolNamed } from './pool.ts'
import { chooseReporter } from './reporters/choose.ts'
import type { Reporter } from './reporters/reporter.ts'
import { reportsOnly, writeReports } from './reports/write-reports.ts'
import { RunLog } from './run-log.ts'
import type { Workspace } from './workspace.ts'
import { realWorld, thisWorker } from './world.ts'

/** What a command plans and runs. */
export interface PlannedWork {
  readonly request: PlanRequest
  /** The options that say how, those of a run that is gone on with included. */
  readonly options: Options
  /** The run whose work this goes on with. */
  readonly parent?: string
}

/** Plans and prints the plan. What runs with the same options afterwards is this. */
export async function showPlanned(
  invocation: Invocation,
  workspace: Workspace,
  work: PlannedWork,
): Promise<ExitCode> {
  if (invocation.options.report !== undefined) {
    throw SluiceError.of('SL904', {
      message: '--report tells what a run did, and --dry-run does nothing',
      hint: 'leave one of them out; `--output json` prints the plan for programs',
    })
  }
  const { showPlan } = await import('./commands/plan.ts')
  const { project } = workspace
  const { now } = invocation
  const { snapshot, request } = await readForPlan(workspace, invocation, work.request)
  const plan = planRun(project, snapshot, request, now())
  warnOfEmptyRange(plan, project, request.selected, invocation)
  return showPlan(plan, invocation)
}

/** Plans, executes and reports; what `run`, `backfill`, `resume` and `retry` have in common. */
export async function runPlanned(
  invocation: Invocation,
  workspace: Workspace,
  work: PlannedWork,
): Promise<ExitCode> {
  const { format, terminal, now, signal } = invocation
  const { project, texts, seat } = workspace
  const { options, parent } = work
  const pace = paceOf(project, work)
  const world = realWorld(now)
  const adapter = await workspace.connect({ readOnly: false })
  try {
    const ledger = new Ledger(adapter, world.now, ledgerScope(project.project.target.schema))
    const ready = async () => {
      await ledger.prepare()
      await ledger.reap(world.isDead, signal)
      // Before the plan, and so before anything reads the sources.
      const request = await recordSources(workspace, adapter, ledger, work.request, invocation)
      return { request, snapshot: await ledger.snapshot(ledgerFor(project, request, now())) }
    }
    const { request, snapshot } = await withLedgerOf(
      adapter,
      'the ledger cannot be read',
      world,
      signal,
      ready,
    )
    const plan = planRun(project, snapshot, request, now())
    warnOfEmptyRange(plan, project, request.selected, invocation)
    const reporter = reportsOnly(invocation)
      ? silentReporter
      : chooseReporter(format, terminal, options.quiet ?? false, invocation.environment)
    const report = invocation.options.report === undefined ? undefined : await runReport(invocation, project)
    const lineage = await openLineageOutput(invocation, workspace, adapter, plan)
    const file = new RunFile()
    const log = new RunLog(project.project.root)
    try {
      const threads = options.threads ?? workspace.threads
      const result = await executePlan({
        project,
        adapter,
        ledger,
        texts,
        plan,
        world,
        worker: thisWorker(),
        threads: Math.min(threads, options.maxConcurrent ?? threads),
        pace,
        isForced: request.force || request.fullRefresh,
        verifiesBatches: options.verifyBatch ?? false,
        command: invocation.command,
        arguments: kept(options),
        ...(parent === undefined ? {} : { parent }),
        emit: (event) => {
          log.on(event)
          file.on(event)
          seat.on(event)
          report?.on(event)
          lineage?.on(event)
          reporter.on(event)
        },
        signal,
        canceled: seat.canceled,
      })
      await keepRunFile(project.project.root, file, invocation)
      const exitCode = exitCodeOf(result)
      if (report !== undefined) await writeReports(invocation, report.content(exitCode === exitCodes.good))
      return exitCode
    } finally {
      log.close()
      reporter.close()
      await lineage?.close()
    }
  } finally {
    await adapter.close()
  }
}

const silentReporter: Reporter = { on: () => {}, close: () => {} }

async function runReport({ command }: Invocation, project: CompiledProject) {
  const { RunReport } = await import('./reports/run-report.ts')
  return new RunReport(command, project)
}

/** Undefined if nobody asked for events, or the environment forbids them. */
async function openLineageOutput(
  invocation: Invocation,
  workspace: Workspace,
  adapter: Adapter,
  plan: Plan,
): Promise<OpenLineageOutput | undefined> {
  const { openlineage } = invocation.options
  if (openlineage === undefined) return undefined
  const { isOpenLineageDisabled, startOpenLineage } = await import('./openlineage/start.ts')
  if (isOpenLineageDisabled(invocation)) return undefined
  return startOpenLineage(openlineage, workspace, adapter, plan, invocation)
}

function exitCodeOf({ totals, reason }: RunResult): ExitCode {
  if (reason?.code === 'SL631') return exitCodes.interrupted
  return totals.failed + totals.blocked + totals.canceled > 0 ? exitCodes.failed : exitCodes.good
}

function paceOf({ project }: CompiledProject, { request, options }: PlannedWork): Pace {
  const { rate, timeout = project.runTimeoutMs } = options
  const pool = options.pool === undefined ? undefined : poolNamed(project, options.pool)
  return {
    ...(request.order === undefined ? {} : { order: request.order }),
    ...(pool === undefined ? {} : { pool }),
    ...(rate === undefined ? {} : { tasksPerMinute: rate }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
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

/** What the ledger keeps of the command line: no variables and addresses, which may hold secrets. */
function kept({ vars: _vars, report: _report, openlineage: _openlineage, ...options }: Options): unknown {
  return options
}
