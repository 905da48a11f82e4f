import type { CheckOutcome } from '../../core/checks/check.ts'
import { ageText } from '../../core/checks/failing-text.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { Ledger, ledgerScope } from '../../core/ledger/ledger.ts'
import { wholeLedger } from '../../core/plan/snapshot-request.ts'
import type { Handler, Invocation } from '../command.ts'
import { connectOrEmpty } from '../connect-or-empty.ts'
import { exitCodes } from '../exit.ts'
import { nodesIn } from '../json/node.ts'
import { rangeFrom } from '../options/range.ts'
import { type CheckedSubject, checkPublished } from '../published-checks.ts'
import { sampleLines } from '../reporters/failure.ts'
import { checkText } from '../reporters/finished.ts'
import { reportsOnly, writeReports } from '../reports/write-reports.ts'
import { selectionOf } from '../selection.ts'
import { jsonLine } from '../text/json.ts'
import { keysLabel } from '../text/partitions.ts'
import { count, counted } from '../text/quantity.ts'
import { openWorkspace } from '../workspace.ts'

/** Runs the checks on what is published; changes nothing. */
export const check: Handler = async (invocation) => {
  const { options, format, signal, now } = invocation
  const workspace = await openWorkspace(invocation)
  const { project } = workspace
  const range = rangeFrom(options)
  const onlySources = isAboutSources(invocation.arguments)
  const selected = nodesIn(project, await selectionOf(workspace, invocation))
  const nodes = onlySources ? selected.filter(({ kind }) => kind === 'source') : selected
  const adapter = await connectOrEmpty(workspace)
  const tally = { passed: 0, failed: 0, warned: 0 }
  const isQuietly = reportsOnly(invocation)
  const all: CheckOutcome[] = []
  try {
    const clock = () => new Date(now())
    const ledger = new Ledger(adapter, clock, ledgerScope(project.project.target.schema))
    const snapshot = await ledger.snapshot(wholeLedger(workspace.project))
    const ledgerName = (model: string) => ledger.nameOf(model)
    const request = { workspace, adapter, snapshot, range, signal, ledgerName, now: clock }
    for (const node of nodes) {
      const subjects: CheckedSubject[] = []
      for await (const subject of checkPublished(request, node)) {
        subjects.push(subject)
        for (const outcome of subject.outcomes) {
          tally[verdict(outcome)] += 1
          if (options.report !== undefined) all.push(outcome)
          if (format === 'json' && !isQuietly) invocation.terminal.out.write(jsonLine(outcome))
        }
      }
      if (format !== 'json' && !isQuietly) printNode(node.name, subjects, invocation)
    }
  } finally {
    await adapter.close()
  }
  if (format !== 'json' && !isQuietly) printTotal(tally, invocation)
  if (options.report !== undefined) {
    signal.throwIfAborted() // What was not looked at does not hold.
    const { checksReport } = await import('../reports/check-cases.ts')
    await writeReports(invocation, checksReport(project, all, `${totalText(tally)}.`))
  }
  return tally.failed > 0 ? exitCodes.failed : exitCodes.good
}

function isAboutSources([what]: readonly string[]): boolean {
  if (what === undefined || what === 'sources') return what !== undefined
  throw SluiceError.of('SL904', {
    message: `\`check\` takes \`sources\` or nothing, not \`${what}\``,
    hint: 'Name models by --select.',
  })
}

function verdict({ passed, severity }: CheckOutcome): 'passed' | 'failed' | 'warned' {
  if (passed) return 'passed'
  return severity === 'error' ? 'failed' : 'warned'
}

/** One line for a node whose checks hold; each check that does not, with a sample of its rows. */
function printNode(
  name: string,
  subjects: readonly CheckedSubject[],
  { terminal, options }: Invocation,
): void {
  const { out } = terminal
  const { style } = out
  const outcomes = subjects.flatMap((subject) => subject.outcomes)
  const broken = outcomes.filter((outcome) => !outcome.passed)
  if (outcomes.length === 0 || (broken.length === 0 && options.quiet)) return
  const isFailed = broken.some((outcome) => outcome.severity === 'error')
  const mark = isFailed ? style.red('✗') : broken.length > 0 ? style.yellow('⚠') : style.green('✓')
  const age = outcomes.find(({ kind }) => kind === 'freshness')?.measure?.value
  const loaded = typeof age === 'number' ? `, ${ageText(age)}` : ''
  const keys = keysLabel(subjects.flatMap(({ partition }) => (partition === undefined ? [] : [partition])))
  const text =
    broken.length === 0
      ? counted(outcomes.length, 'check')
      : `${count(broken.length)} of ${counted(outcomes.length, 'check')} ${broken.length === 1 ? 'fails' : 'fail'}`
  out.write(`${mark} ${[name, keys].filter(Boolean).join(' ')}  ${style.dim(`${text}${loaded}`)}\n`)
  for (const outcome of broken) {
    const colour = outcome.severity === 'error' ? style.red : style.yellow
    out.write(`  ${colour(checkText(outcome))}\n`)
    for (const line of sampleLines(outcome, style, out.columns()).slice(1)) out.write(`${line}\n`)
  }
}

interface Tally {
  readonly passed: number
  readonly failed: number
  readonly warned: number
}

function totalText({ passed, failed, warned }: Tally): string {
  if (passed + failed + warned === 0) return 'no checks on published data'
  const parts = [
    failed > 0 && `${count(failed)} failed`,
    warned > 0 && `${count(warned)} warned`,
    `${count(passed)} passed`,
  ]
  return parts.filter(Boolean).join(', ')
}

function printTotal({ passed, failed, warned }: Tally, { terminal }: Invocation): void {
  const { style } = terminal.out
  const parts = [
    failed > 0 && style.red(`${count(failed)} failed`),
    warned > 0 && style.yellow(`${count(warned)} warned`),
    `${count(passed)} passed`,
  ].filter(Boolean)
  const text = passed + failed + warned === 0 ? 'no checks on published data' : parts.join(', ')
  terminal.out.write(`\n${failed > 0 ? style.red('✗') : style.green('✓')} ${style.bold(text)}\n`)
}
