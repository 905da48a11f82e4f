import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'
import type { RowDifference, TextRow } from '../../core/unit-tests/compare.ts'
import type { TestOutcome } from '../../core/unit-tests/run-test.ts'
import { diagnosticLines } from '../diagnostics/lines.ts'
import { tableLines } from '../terminal/table.ts'
import type { Colors, Output } from '../terminal/terminal.ts'
import { counted } from '../text/quantity.ts'
import type { RunTest } from './run-all.ts'

/** Differences of one test that are shown. */
const SHOWN = 20

type Failed = Extract<TestOutcome, { readonly kind: 'failed' }>

/** One test as a person reads it. */
export function testLines({ test, outcome }: RunTest, output: Output): readonly string[] {
  const { style } = output
  const where = style.dim(`${test.place.file}:${test.place.line}`)
  const subject = [style.bold(test.model), test.partition, test.name].filter(Boolean).join('  ')
  switch (outcome.kind) {
    case 'passed':
      return [`${style.green('✓')} ${subject}  ${where}`]
    case 'failed':
      return [`${style.red('✗')} ${subject}  ${where}`, '', ...failureLines(outcome, output), '']
    case 'broken':
      return [
        `${style.red('✗')} ${subject}  ${where}`,
        '',
        ...diagnosticLines(outcome.problem, style).map((line) => `    ${line}`),
        '',
      ]
    default:
      throw new Error(`unknown outcome ${outcome satisfies never}`)
  }
}

/** What differs, as a table, and how many rows there are. */
export function failureLines(failed: Failed, { style, columns }: Output): readonly string[] {
  const { differences } = failed
  const width = columns()
  const shown = differences.slice(0, SHOWN)
  const rows = shown.map((each) => [sign(each), ...cells(each)])
  const lines = tableLines(
    [{ title: '' }, ...failed.columns.map(({ name }) => ({ title: name, shrinks: 'middle' as const }))],
    rows,
    {
      indent: '    ',
      title: style.dim,
      ...(width === undefined ? {} : { width }),
      cell: (text, row, column) => painted(text, shown[row]!, column, style),
    },
  )
  const more = differences.length - shown.length
  return [
    ...lines,
    ...(more > 0 ? [style.dim(`    … and ${counted(more, 'difference')} more`)] : []),
    style.dim(`    ${counted(failed.expected, 'row')} expected, ${failed.actual} found`),
  ]
}

/** The same without colours, for reports and messages. */
export function plainFailure(failed: Failed): string {
  const { columns, differences } = failed
  const rows = differences.slice(0, SHOWN).map((each) => [sign(each), ...cells(each)])
  return tableLines([{ title: '' }, ...columns.map(({ name }) => ({ title: name }))], rows).join('\n')
}

function sign(difference: RowDifference): string {
  switch (difference.kind) {
    case 'missing':
      return '-'
    case 'unexpected':
      return '+'
    case 'changed':
      return '~'
    case 'moved':
      return `${difference.from + 1}→${difference.to + 1}`
    default:
      throw new Error(`unknown difference ${difference satisfies never}`)
  }
}

function cells(difference: RowDifference): readonly string[] {
  switch (difference.kind) {
    case 'missing':
    case 'moved':
      return texts(difference.expected)
    case 'unexpected':
      return texts(difference.actual)
    case 'changed': {
      const { expected, actual, columns } = difference
      const [before, after] = [texts(expected), texts(actual)]
      return before.map((text, index) => (columns.includes(index) ? `${text} → ${after[index]}` : text))
    }
    default:
      throw new Error(`unknown difference ${difference satisfies never}`)
  }
}

function texts(row: TextRow): readonly string[] {
  return row.map((value) => (value === null ? 'NULL' : value.replace(/[\r\n\t]/g, ' ')))
}

function painted(text: string, difference: RowDifference, column: number, style: Colors): string {
  switch (difference.kind) {
    case 'missing':
      return style.red(text)
    case 'unexpected':
      return style.green(text)
    case 'moved':
      return column === 0 ? style.yellow(text) : text
    case 'changed':
      return column === 0 || difference.columns.includes(column - 1) ? style.yellow(text) : text
    default:
      throw new Error(`unknown difference ${difference satisfies never}`)
  }
}

/** What a failed test is in reports. */
export function problemOf({ test, outcome, path }: RunTest): Diagnostic | undefined {
  if (outcome.kind === 'passed') return undefined
  if (outcome.kind === 'broken') return outcome.problem
  const { differences } = outcome
  return {
    code: 'SL670',
    severity: 'error',
    message: `the unit test \`${test.name}\` of ${test.model}: ${counted(differences.length, 'row')} ${differences.length === 1 ? 'differs' : 'differ'}`,
    model: test.model,
    ...(test.partition === undefined ? {} : { partition: test.partition }),
    place: test.place,
    frame: plainFailure(outcome),
    hint: `Correct ${path ?? test.model}, or what is expected.`,
  }
}
