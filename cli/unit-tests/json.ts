import type { RowDifference, TextRow } from '../../core/unit-tests/compare.ts'
import type { RunTest } from './run-all.ts'

/** One line of `sluice test --output json`. */
export function testJson({ test, outcome, durationMs }: RunTest) {
  const base = {
    test: test.name,
    model: test.model,
    ...(test.partition === undefined ? {} : { partition: test.partition }),
    file: test.place.file,
    line: test.place.line,
    outcome: outcome.kind,
    duration_ms: Math.round(durationMs),
  }
  switch (outcome.kind) {
    case 'passed':
      return { ...base, rows: outcome.rows }
    case 'broken':
      return { ...base, problem: outcome.problem }
    case 'failed': {
      const names = outcome.columns.map(({ name }) => name)
      return {
        ...base,
        rows: outcome.actual,
        expected_rows: outcome.expected,
        columns: names,
        differences: outcome.differences.map((each) => differenceJson(each, names)),
      }
    }
    default:
      throw new Error(`unknown outcome ${outcome satisfies never}`)
  }
}

function differenceJson(difference: RowDifference, names: readonly string[]) {
  const row = (values: TextRow) =>
    Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]))
  switch (difference.kind) {
    case 'missing':
      return { kind: 'missing', expected: row(difference.expected) }
    case 'unexpected':
      return { kind: 'unexpected', actual: row(difference.actual) }
    case 'changed':
      return {
        kind: 'changed',
        expected: row(difference.expected),
        actual: row(difference.actual),
        columns: difference.columns.map((index) => names[index]!),
      }
    case 'moved':
      return {
        kind: 'moved',
        expected: row(difference.expected),
        from: difference.from + 1,
        to: difference.to + 1,
      }
    default:
      throw new Error(`unknown difference ${difference satisfies never}`)
  }
}
