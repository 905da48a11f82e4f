import type { Diagnostic, Place } from '../../core/diagnostics/diagnostic.ts'
import type { Report, ReportCase } from './report.ts'

/**
 * JUnit XML, as GitLab, Jenkins and others read it. What belongs to no case is a case of its own, so that nothing that failed is lost.
 * @see https://github.com/testmoapp/junitxml
 * @param pathOf a file as it is named from the repository's root
 */
export function junitReport(report: Report, pathOf: (file: string) => string): string {
  const suites = new Map<string, ReportCase[]>()
  for (const each of [...report.cases, ...strays(report)]) {
    const suite = suites.get(each.suite) ?? []
    suite.push(each)
    suites.set(each.suite, suite)
  }
  const all = [...suites.values()].flat()
  const lines = [...suites].flatMap(([name, cases]) => [
    `  <testsuite ${attributes({ name, ...counts(cases) })}>`,
    ...cases.flatMap((each) => caseLines(each, report.warningsFail ?? false, pathOf)),
    '  </testsuite>',
  ])
  const name = `sluice ${report.command}`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name, ...counts(all) })}>`,
    ...lines,
    '</testsuites>',
    '',
  ].join('\n')
}

/** What fails and no case holds. */
function strays({ command, diagnostics, cases, warningsFail = false }: Report): readonly ReportCase[] {
  const held = new Set(cases.flatMap(({ problems }) => problems))
  return diagnostics
    .filter((each) => (warningsFail || each.severity === 'error') && !held.has(each))
    .map((each) => ({
      suite: `sluice ${command}`,
      name: each.model ?? each.place?.file ?? each.code,
      ...(each.place === undefined ? {} : { file: each.place.file, line: each.place.line }),
      outcome: 'failed',
      problems: [each],
    }))
}

function counts(cases: readonly ReportCase[]) {
  const of = (outcome: ReportCase['outcome']) => cases.filter((each) => each.outcome === outcome).length
  const ms = cases.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0)
  return {
    tests: cases.length,
    failures: of('failed'),
    errors: 0,
    skipped: of('skipped'),
    time: (ms / 1000).toFixed(3),
  }
}

function caseLines(
  each: ReportCase,
  warningsFail: boolean,
  pathOf: (file: string) => string,
): readonly string[] {
  const { suite, name, file, line, durationMs } = each
  const opening = attributes({
    name,
    classname: suite,
    ...(file === undefined ? {} : { file: pathOf(file) }),
    ...(line === undefined ? {} : { line }),
    ...(durationMs === undefined ? {} : { time: (durationMs / 1000).toFixed(3) }),
  })
  const inside = insideOf(each, warningsFail, pathOf)
  if (inside.length === 0) return [`    <testcase ${opening}/>`]
  return [`    <testcase ${opening}>`, ...inside, '    </testcase>']
}

function insideOf(
  { outcome, problems, because }: ReportCase,
  warningsFail: boolean,
  pathOf: (file: string) => string,
): readonly string[] {
  const said = (each: Diagnostic) => sayingOf(each, pathOf)
  const blame = problems.filter(({ severity }) => warningsFail || severity === 'error')
  const notes = outcome === 'failed' ? problems.filter((each) => !blame.includes(each)) : problems
  const out =
    notes.length === 0 ? [] : [`      <system-out>${text(notes.map(said).join('\n\n'))}</system-out>`]
  switch (outcome) {
    case 'passed':
      return out
    case 'skipped':
      return [
        because === undefined ? '      <skipped/>' : `      <skipped ${attributes({ message: because })}/>`,
        ...out,
      ]
    case 'failed': {
      const [first] = blame
      const about = attributes({ message: first?.message ?? 'failed', type: first?.code ?? 'failure' })
      return [`      <failure ${about}>${text(blame.map(said).join('\n\n'))}</failure>`, ...out]
    }
    default:
      throw new Error(`unknown outcome ${outcome satisfies never}`)
  }
}

function sayingOf(
  { code, message, place, via = [], frame, hint }: Diagnostic,
  pathOf: (file: string) => string,
): string {
  const at = (each: Place) => `${pathOf(each.file)}:${each.line}:${each.column}`
  return [
    `${code}: ${message}`,
    ...(place === undefined ? [] : [at(place)]),
    ...via.map((call) => `called from ${at(call)}`),
    ...(frame === undefined ? [] : [frame]),
    ...(hint === undefined ? [] : [hint]),
  ].join('\n')
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(
      ([key, value]) =>
        `${key}="${text(String(value)).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\r', '&#13;').replaceAll('\t', '&#9;')}"`,
    )
    .join(' ')
}

/** XML 1.0 has no way to write control characters and halves of pairs. */
function text(value: string): string {
  return value
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .replace(forbidden, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are the characters that XML forbids
const forbidden = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g
