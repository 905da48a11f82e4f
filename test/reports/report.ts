import type { Report } from '../../cli/reports/report.ts'
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'

/** Text that means something in every format. */
export const nasty =
  'a|b <script>&"\'`x`% @team #12 :: , *bold*\u0001 \uD800 日本 $HOME [x](http://e.vil)\nsecond line'

export const unknownColumn: Diagnostic = {
  code: 'SL603',
  severity: 'error',
  message: 'there is no column `delai`',
  model: 'marts.daily',
  place: { file: 'models/marts/daily.sql', line: 5, column: 12, endLine: 5, endColumn: 17 },
  via: [{ file: 'models/marts/weekly.sql', line: 2, column: 3 }],
  frame: '5 | select delai from x\n  |        ^^^^^',
  hint: 'Did you mean `delay`?',
  next: 'validate --select marts.daily',
}

export const nastyWarning: Diagnostic = {
  code: 'SL362',
  severity: 'warning',
  message: nasty,
  model: 'marts.daily',
  place: { file: 'models/a b/größe%.sql', line: 1, column: 1 },
}

export const unplaced: Diagnostic = { code: 'SL500', severity: 'error', message: 'no server' }

export const report: Report = {
  command: 'validate',
  summary: '2 errors and 1 warning in 3 models',
  outcome: 'failed',
  diagnostics: [nastyWarning, unknownColumn, unplaced],
  cases: [
    {
      suite: 'validate',
      name: 'marts.daily',
      file: 'models/marts/daily.sql',
      line: 5,
      outcome: 'failed',
      durationMs: 1500,
      problems: [unknownColumn, nastyWarning],
    },
    { suite: 'validate', name: nasty, outcome: 'passed', problems: [nastyWarning] },
    { suite: 'unit tests', name: 'later', outcome: 'skipped', problems: [] },
  ],
  graph: {
    nodes: [
      { name: 'raw.events', kind: 'source' },
      { name: 'marts.daily', kind: 'model', change: 'breaking' },
      { name: nasty, kind: 'check', change: 'affected' },
    ],
    edges: [
      ['raw.events', 'marts.daily'],
      ['marts.daily', nasty],
      ['marts.daily', 'not.shown'],
    ],
  },
  sections: [{ title: 'Impact', markdown: '| a | b |\n|---|---|\n| 1 | 2 |' }],
}
