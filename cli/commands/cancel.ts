import { setTimeout as sleep } from 'node:timers/promises'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { requestCancelInLedger } from '../../core/ledger/cancel-request.ts'
import type { Handler, Invocation } from '../command.ts'
import { exitCodes } from '../exit.ts'
import { withLedger } from '../open-ledger.ts'
import { requestCancel } from '../owner/cancel.ts'
import { findRun, noRunYet, type Progressing } from '../run-history.ts'
import { instantInText } from '../text/instant.ts'
import { jsonLine } from '../text/json.ts'
import { openWorkspace, type Workspace } from '../workspace.ts'

const PATIENCE_MS = 60_000
const LOOK_MS = 250

/** Ends a run of another process as Ctrl-C would, and waits until it has ended. */
export const cancel: Handler = async (invocation) => {
  const workspace = await openWorkspace(invocation)
  const run = await runNamed(workspace, invocation, invocation.arguments[0] ?? 'last')
  if (run.status !== 'running') throw hasEnded(run)
  await request(workspace, run)
  const ended = await untilEnded(workspace, invocation, run)
  const { format, terminal, options } = invocation
  if (format === 'json') terminal.out.write(jsonLine({ run: ended.id, status: ended.status }))
  else if (!options.quiet) terminal.out.write(`${endText(ended)}\n`)
  return exitCodes.good
}

async function runNamed(workspace: Workspace, { now }: Invocation, name: string): Promise<Progressing> {
  const { target } = workspace.project.project
  const run = await withLedger(workspace, now, (ledger) => findRun(ledger, target.name, name))
  if (run === undefined) throw noRunYet(target.name)
  return run
}

/** Tells the process: through the ledger where that can be written, else through its own socket. */
async function request(workspace: Workspace, { id }: Progressing): Promise<void> {
  if (!workspace.factory.capabilities.sharedServer) {
    await requestCancel(workspace, id)
    return
  }
  const adapter = await workspace.connect({ readOnly: false })
  try {
    await requestCancelInLedger(adapter, id)
  } finally {
    await adapter.close()
  }
}

async function untilEnded(
  workspace: Workspace,
  invocation: Invocation,
  { id }: Progressing,
): Promise<Progressing> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    const run = await runNamed(workspace, invocation, id)
    if (run.status !== 'running') return run
    if (performance.now() > until) {
      throw SluiceError.of('SL637', {
        message: `run ${id} was asked to end, and has not ended within ${PATIENCE_MS / 1000} s`,
        hint: 'It ends as soon as it notices. What it is doing is shown by',
        next: `runs show ${id}`,
      })
    }
    await sleep(LOOK_MS)
  }
}

function hasEnded({ id, status, finishedAt }: Progressing): SluiceError {
  if (status === 'crashed') {
    return SluiceError.of('SL636', {
      message: `run ${id} has crashed: its process is gone`,
      hint: 'What it left undone is done by',
      next: `resume ${id}`,
    })
  }
  const at = finishedAt === undefined ? '' : ` at ${instantInText(finishedAt)}`
  return SluiceError.of('SL636', { message: `run ${id} has ended already: it ${verbOf(status)}${at}` })
}

function verbOf(status: Progressing['status']): string {
  return status === 'canceled' ? 'was canceled' : status
}

function endText({ id, status }: Progressing): string {
  if (status === 'canceled') return `canceled run ${id}`
  return status === 'crashed'
    ? `run ${id} has crashed: its process is gone`
    : `run ${id} ${status} before it could be canceled`
}
