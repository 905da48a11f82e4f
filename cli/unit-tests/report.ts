import type { Report } from '../reports/report.ts'
import type { RunTest } from './run-all.ts'
import { problemOf } from './text.ts'

/** What unit tests tell machines: a case each. */
export function reportOf(runs: readonly RunTest[], summary: string): Report {
  const cases = runs.map((run) => {
    const problem = problemOf(run)
    return {
      suite: run.test.model,
      name: run.test.name,
      file: run.test.place.file,
      line: run.test.place.line,
      outcome: problem === undefined ? ('passed' as const) : ('failed' as const),
      durationMs: run.durationMs,
      problems: problem === undefined ? [] : [problem],
    }
  })
  return {
    command: 'test',
    summary: `${summary}.`,
    outcome: cases.some(({ outcome }) => outcome === 'failed') ? 'failed' : 'passed',
    diagnostics: cases.flatMap(({ problems }) => problems),
    cases,
    sections: [],
  }
}
