import { performance } from 'node:perf_hooks'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { loadUnitTests } from '../../core/unit-tests/load.ts'
import { isMeant } from '../../core/unit-tests/resolve.ts'
import type { UnitTest } from '../../core/unit-tests/unit-test.ts'
import type { Handler, Invocation } from '../command.ts'
import { exitCodes } from '../exit.ts'
import { reportsOnly, writeReports } from '../reports/write-reports.ts'
import { selectionOf } from '../selection.ts'
import { jsonLine } from '../text/json.ts'
import { counted } from '../text/quantity.ts'
import { testJson } from '../unit-tests/json.ts'
import { reportOf } from '../unit-tests/report.ts'
import { type RunTest, runAll } from '../unit-tests/run-all.ts'
import { testLines } from '../unit-tests/text.ts'
import { openWorkspace, type Workspace } from '../workspace.ts'

/** Runs unit tests of models over the rows that they give, or records one. */
export const test: Handler = async (invocation) => {
  const { options } = invocation
  if (options.record !== undefined) {
    const { recordTest } = await import('../unit-tests/record.ts')
    return recordTest(invocation)
  }
  const workspace = await openWorkspace(invocation)
  const { tests, problems } = loadUnitTests(workspace.project.project.root)
  if (problems.length > 0) throw new SluiceError(problems)
  const chosen = await chosenTests(workspace, invocation, tests)
  const startedAt = performance.now()
  const isQuietly = reportsOnly(invocation)
  const runs = await runAll(invocation, workspace, chosen, (run) => {
    if (!isQuietly) print(invocation, run)
  })
  invocation.signal.throwIfAborted() // What was not run has not passed.
  const failed = runs.filter(({ outcome }) => outcome.kind !== 'passed')
  const summary = summaryOf(runs.length, failed.length)
  if (!isQuietly && invocation.format !== 'json' && !(options.quiet && failed.length === 0)) {
    const { style } = invocation.terminal.out
    const mark = failed.length === 0 ? style.green('✓') : style.red('✗')
    const time = style.dim(`(${((performance.now() - startedAt) / 1000).toFixed(1)} s)`)
    invocation.terminal.out.write(`${mark} ${style.bold(summary)} ${time}\n`)
  }
  await writeReports(invocation, reportOf(runs, summary))
  return failed.length === 0 ? exitCodes.good : exitCodes.failed
}

function summaryOf(all: number, failed: number): string {
  const total = counted(all, 'unit test')
  return failed === 0 ? `${total} passed` : `${failed} of ${total} failed`
}

/** Those of selected models whose name or file holds the words that were typed. */
async function chosenTests(
  workspace: Workspace,
  invocation: Invocation,
  tests: readonly UnitTest[],
): Promise<readonly UnitTest[]> {
  const { options, arguments: words } = invocation
  const isNarrowed = [options.select, options.selector, options.exclude].some((each) => each !== undefined)
  const selected = isNarrowed ? await selectionOf(workspace, invocation) : undefined
  const named = tests.filter(
    ({ name, place, model }) =>
      words.every((word) => `${model} ${name} ${place.file}`.includes(word)) &&
      (selected === undefined || [...selected].some((each) => isMeant(model, each))),
  )
  if (named.length > 0 || (words.length === 0 && !isNarrowed)) return named
  throw SluiceError.of('SL421', {
    message: `no unit test ${words.length === 0 ? 'of what is selected' : `named like \`${words.join(' ')}\``}`,
    hint:
      tests.length === 0
        ? 'there are none below tests/; `sluice test --record MODEL` writes one'
        : `there ${tests.length === 1 ? 'is' : 'are'} ${counted(tests.length, 'unit test')}; \`sluice test\` runs all`,
  })
}

function print({ format, options, terminal: { out } }: Invocation, run: RunTest): void {
  if (format === 'json') out.write(jsonLine(testJson(run)))
  else if (!(options.quiet && run.outcome.kind === 'passed')) out.write(`${testLines(run, out).join('\n')}\n`)
}
