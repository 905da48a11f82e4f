import { type Diagnostic, diagnostic, SluiceError } from '../core/diagnostics/diagnostic.ts'
import type { StoredRun } from '../core/ledger/stored-runs.ts'
import { readPlan, readResumptions, readTried } from '../core/ledger/stored-work.ts'
import { failedAndBlocked, type LeftOver, leftOver, type Tried } from '../core/run/left-over.ts'
import type { RecordedPlan } from '../core/run/recorded-plan.ts'
import type { Invocation } from './command.ts'
import { printDiagnostics } from './diagnostics/print.ts'
import { type OpenLedger, withLedger } from './open-ledger.ts'
import type { Options } from './options/definitions.ts'
import { asItStands, findRun, noRunYet } from './run-history.ts'
import type { PlannedWork } from './run-plan.ts'
import { instantInText } from './text/instant.ts'
import type { Workspace } from './workspace.ts'

/** Which part of an earlier run is meant: all that it did not publish, or what failed and what that blocked. */
export type Part = 'left' | 'failed'

/**
 * The work that an earlier run left, as a plan can be made from it: its partitions that neither it nor a run that went on with it has
 * published. They run with the options of that run, but for those that are given now.
 *
 * @throws SluiceError SL632 if the run has not ended, SL633 if it was on another target, SL634 if its plan was not kept, SL640
 */
export async function workLeft(
  workspace: Workspace,
  invocation: Invocation,
  part: Part,
): Promise<PlannedWork> {
  const { target } = workspace.project.project
  const name = invocation.arguments[0] ?? 'last'
  const found = await withLedger(workspace, invocation.now, (ledger) =>
    workLeftOf(ledger, workspace, invocation, part, name),
  )
  if (found === undefined) throw noRunYet(target.name)
  return found
}

async function workLeftOf(
  ledger: OpenLedger,
  { project }: Workspace,
  invocation: Invocation,
  part: Part,
  name: string,
): Promise<PlannedWork> {
  const target = project.project.target.name
  const run = await findRun(ledger, target, name)
  if (run.target !== target) {
    throw SluiceError.of('SL633', {
      message: `run ${run.id} was on target ${run.target}, and this is ${target}`,
      next: `${invocation.command} ${run.id} --target ${run.target}`,
    })
  }
  const resumptions = await readResumptions(ledger, run.id)
  for (const each of [run, ...resumptions])
    if (asItStands(each, ledger).status === 'running') throw stillRunning(each, run)
  const plan = (await readPlan(ledger, run.id)) as RecordedPlan | undefined
  if (plan === undefined) {
    throw SluiceError.of('SL634', {
      message: `the plan of run ${run.id} was not kept: it is of an earlier version`,
      hint: 'The command that it was started with does what is left.',
    })
  }
  const tried = await triedBy(ledger, [run, ...resumptions])
  const left = (part === 'left' ? leftOver : failedAndBlocked)(project, plan, tried)
  warnOfUnknown(left, run, invocation)
  return plannedWork(run, plan, left, invocation.options)
}

async function triedBy(ledger: OpenLedger, runs: readonly StoredRun[]): Promise<readonly Tried[]> {
  const tried = await readTried(
    ledger,
    runs.map((run) => run.id),
  )
  return tried.flatMap(({ model, keys, status }) => {
    const name = ledger.modelOf(model)
    // Of what was canceled nothing was learnt.
    if (name === undefined || status === 'canceled') return []
    return [{ model: name, keys, published: status === 'succeeded' }]
  })
}

function plannedWork(run: StoredRun, plan: RecordedPlan, { units }: LeftOver, given: Options): PlannedWork {
  const options = { ...keptOptions(run.request), ...given }
  const rebuilt = plan.fullRefresh.filter((model) => units.has(model))
  const isRebuild = rebuilt.length > 0
  return {
    options,
    parent: run.id,
    request: {
      // A rebuild adds what it needs by itself; whatever else is selected would be rebuilt too.
      selected: new Set(isRebuild ? rebuilt : units.keys()),
      units,
      history: true,
      force: options.force === true || options.only?.includes('all') === true,
      fullRefresh: isRebuild,
      ...(options.loseHistory === true ? { losesHistory: true } : {}),
      upstream: isRebuild ? 'build' : (options.upstream ?? 'block'),
      ...(options.order === undefined ? {} : { order: options.order }),
      ...(typeof options.batch === 'number' ? { batch: options.batch } : {}),
    },
  }
}

/** Options of an earlier run that hold for those that go on with it: not how it printed, nor where its project was. */
function keptOptions(request: unknown): Options {
  const { output, quiet, color, debug, now, dryRun, project, ...kept } = (request ?? {}) as Options
  return kept
}

function stillRunning(running: StoredRun, asked: StoredRun): SluiceError {
  const where = running.host === undefined ? '' : ` on ${running.host.split('#')[0]}`
  const process = running.pid === undefined ? '' : `, process ${running.pid}${where}`
  const since = instantInText(running.startedAt)
  const what = running.id === asked.id ? '' : `, which goes on with ${asked.id},`
  return SluiceError.of('SL632', {
    message: `run ${running.id}${what} is still running (\`sluice ${running.command}\`${process}, since ${since})`,
    hint: 'Wait until it has ended, or end it.',
    next: `cancel ${running.id}`,
  })
}

function warnOfUnknown({ unknown }: LeftOver, run: StoredRun, { terminal, format }: Invocation): void {
  if (unknown.length === 0) return
  const warning: Diagnostic = {
    ...diagnostic('SL635', {
      message: `${unknown.join(', ')} cannot be gone on with: gone, or cut into other partitions, since run ${run.id}`,
      hint: '`sluice backfill` builds what is missing now.',
    }),
    severity: 'warning',
  }
  printDiagnostics([warning], terminal.err, format === 'json' ? 'json' : 'text')
}
