import { isRelation } from '../../core/compile/compiled.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { Handler, Invocation } from '../command.ts'
import { exitCodes } from '../exit.ts'
import { runDetailsJson, runJson } from '../json/run.ts'
import { type OpenLedger, withLedger } from '../open-ledger.ts'
import { findRun, listRuns, noRunYet, runDetails } from '../run-history.ts'
import { readRunLog } from '../run-log.ts'
import { logLines } from '../run-log-text.ts'
import { printRun, printRuns } from '../run-text.ts'
import { selectionOf } from '../selection.ts'
import { jsonLine } from '../text/json.ts'
import { openWorkspace, type Workspace } from '../workspace.ts'

const defaultRuns = 10

/** Lists runs, or shows one with all that it did. */
export const runs: Handler = async (invocation) => {
  const [word, text] = invocation.arguments
  if (word !== undefined && word !== 'show') {
    throw SluiceError.of('SL904', {
      message: `\`sluice runs ${word}\` is no command`,
      hint: `\`sluice runs\` lists runs, \`sluice runs show RUN\` shows one`,
    })
  }
  const workspace = await openWorkspace(invocation)
  if (word === undefined) await list(workspace, invocation)
  else await show(workspace, invocation, text ?? 'last')
  return exitCodes.good
}

async function list(workspace: Workspace, invocation: Invocation): Promise<void> {
  const { options, format, terminal, now } = invocation
  const selected = options.select === undefined ? undefined : await selectionOf(workspace, invocation)
  const { nodes, project } = workspace.project
  const found = await withLedger(workspace, now, (ledger) => {
    const models =
      selected &&
      [...selected].filter((name) => isRelation(nodes.get(name))).map((name) => ledger.nameOf(name))
    return listRuns(ledger, {
      target: project.target.name,
      ...(options.status === undefined ? {} : { statuses: options.status }),
      ...(models === undefined ? {} : { models }),
      limit: options.limit ?? defaultRuns,
    })
  })
  if (format === 'json')
    terminal.out.write((found ?? []).map((run) => jsonLine(runJson(run, now()))).join(''))
  else if (found === undefined || found.length === 0) {
    if (!options.quiet) terminal.err.write('no runs\n')
  } else printRuns(found, now(), terminal.out)
}

async function show(workspace: Workspace, invocation: Invocation, text: string): Promise<void> {
  const { options, format, terminal, now } = invocation
  const { target, root } = workspace.project.project
  const found = await withLedger(workspace, now, async (ledger) =>
    options.log ? (await findRun(ledger, target.name, text)).id : detailsOf(ledger, target.name, text),
  )
  if (found === undefined) throw noRunYet(target.name)
  if (typeof found === 'string') return printLog(root, found, invocation)
  if (format === 'json') terminal.out.write(jsonLine(runDetailsJson(found, now())))
  else printRun(found, now(), terminal.out)
}

async function detailsOf(ledger: OpenLedger, target: string, text: string) {
  return runDetails(ledger, await findRun(ledger, target, text))
}

function printLog(root: string, run: string, { format, terminal }: Invocation): void {
  const events = readRunLog(root, run)
  if (events === undefined) {
    throw SluiceError.of('SL644', {
      message: `there is no log of run ${run} in this folder`,
      next: `runs show ${run}`,
    })
  }
  if (format === 'json') terminal.out.write(events.map(jsonLine).join(''))
  else terminal.out.write(`${logLines(events, terminal.out.style).join('\n')}\n`)
}
