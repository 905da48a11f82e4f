import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { diagnosticsOf } from '../config/locate.ts'
import type { Problem, YamlSource } from '../config/problem.ts'
import { validate } from '../config/validate.ts'
import { parseYaml, placeOf } from '../config/yaml.ts'
import { readCsv } from '../csv/read.ts'
import { type Diagnostic, diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import { type UnitTestSettings, unitTestEntry, unitTestFile, type WrittenRows } from './schema.ts'
import type { Cell, RowsConfig, UnitTest } from './unit-test.ts'
import { WrittenNumber, withPlainNumbers } from './written-number.ts'

export interface LoadedTests {
  readonly tests: readonly UnitTest[]
  /** What is wrong with the files; tests with a mistake are left out. */
  readonly problems: readonly Diagnostic[]
}

/** Reads every unit test below `tests/` of a project, in the order of files and entries. */
export function loadUnitTests(root: string): LoadedTests {
  const tests: UnitTest[] = []
  const problems: Diagnostic[] = []
  for (const path of yamlFiles(root, 'tests')) {
    const found = testsOf(root, path)
    tests.push(...found.tests)
    problems.push(...found.problems)
  }
  return { tests, problems: [...problems, ...repeated(tests)] }
}

function yamlFiles(root: string, folder: string): readonly string[] {
  const entries = readFolder(join(root, folder))
  return entries.flatMap((entry) => {
    const path = posix.join(folder, entry.name)
    if (entry.name.startsWith('.')) return []
    if (entry.isDirectory()) return yamlFiles(root, path)
    return /\.ya?ml$/.test(entry.name) ? [path] : []
  })
}

function readFolder(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return [] // A project without unit tests.
  }
}

function testsOf(root: string, path: string): LoadedTests {
  let text: string
  try {
    text = readFileSync(join(root, path), 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    return {
      tests: [],
      problems: [
        diagnostic('SL101', {
          message: `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
          place: { file: path, line: 1, column: 1 },
        }),
      ],
    }
  }
  const source: YamlSource = { file: path, text, start: 0, end: text.length }
  const yaml = parseYaml(source, (written, value) => new WrittenNumber(written, value))
  if (!yaml.ok) return { tests: [], problems: diagnosticsOf(source, [yaml.problem]) }
  if (yaml.value === null || yaml.value === undefined) return { tests: [], problems: [] }
  const top = validate(unitTestFile, yaml.value, { prefix: [], what: 'a file of unit tests' })
  const found: Problem[] = [...yaml.problems, ...top.problems]
  const others: Diagnostic[] = []
  const tests = (top.value.unit_tests ?? []).flatMap((raw, index): UnitTest[] => {
    const prefix = ['unit_tests', index]
    const checked = validate(unitTestEntry, onlyRowsAsWritten(raw), { prefix, what: 'a unit test' })
    found.push(...checked.problems)
    if (checked.broken.length > 0 || checked.problems.length > 0) return []
    const place = placeOf(raw) ?? { file: path, line: 1, column: 1 }
    try {
      return [unitTest(root, checked.value as UnitTestSettings, place)]
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error
      others.push(...error.diagnostics.map((each) => ({ ...each, place: each.place ?? place })))
      return []
    }
  })
  return { tests, problems: [...diagnosticsOf(source, found), ...others] }
}

/** An entry in which the numbers of given and expected rows alone have their spelling. */
function onlyRowsAsWritten(raw: unknown): unknown {
  if (!isMap(raw)) return withPlainNumbers(raw)
  const rowsOfEach = (value: unknown) =>
    isMap(value)
      ? Object.fromEntries(Object.entries(value).map(([name, rows]) => [name, onlyCellsAsWritten(rows)]))
      : withPlainNumbers(value)
  return Object.fromEntries(
    Object.entries(raw).map(([key, value]) => {
      if (key === 'given') return [key, rowsOfEach(value)]
      return [key, key === 'expect' ? onlyCellsAsWritten(value) : withPlainNumbers(value)]
    }),
  )
}

function onlyCellsAsWritten(rows: unknown): unknown {
  if (Array.isArray(rows)) return rows.map((row) => (isMap(row) ? row : withPlainNumbers(row)))
  if (!isMap(rows)) return withPlainNumbers(rows)
  return Object.fromEntries(
    Object.entries(rows).map(([key, value]) => [
      key,
      key === 'rows' && Array.isArray(value) ? onlyCellsAsWritten(value) : withPlainNumbers(value),
    ]),
  )
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof WrittenNumber)
  )
}

function unitTest(root: string, settings: UnitTestSettings, place: UnitTest['place']): UnitTest {
  const { name, model, description, partition, vars = {}, given = {}, expect } = settings
  const rows = (written: WrittenRows) => rowsOf(root, place.file, written)
  return {
    name,
    model,
    ...(description === undefined ? {} : { description }),
    ...(partition === undefined ? {} : { partition }),
    vars,
    given: Object.fromEntries(Object.entries(given).map(([relation, written]) => [relation, rows(written)])),
    expect: {
      rows: rows(expect.rows),
      isWhole: expect.columns === 'all',
      isOrdered: expect.ordered ?? false,
    },
    place,
  }
}

function rowsOf(root: string, testFile: string, written: WrittenRows): RowsConfig {
  switch (written.kind) {
    case 'sql':
      return written
    case 'rows': {
      const columns = [...new Set(written.rows.flatMap((row) => Object.keys(row)))]
      const cell = (row: Readonly<Record<string, Cell>>, name: string) =>
        Object.hasOwn(row, name) ? (row[name] as Cell) : null
      return {
        kind: 'rows',
        columns,
        rows: written.rows.map((row) => columns.map((name) => cell(row, name))),
      }
    }
    case 'csv': {
      const path = posix.join(dirname(testFile), written.file)
      if (path.startsWith('..') || posix.isAbsolute(written.file)) {
        throw SluiceError.of('SL171', {
          message: `the file ${written.file} is not in the project`,
          hint: 'Name a file relative to that of the test.',
        })
      }
      const { header, rows } = readCsv(readText(root, path), written.delimiter ?? ',', path)
      return { kind: 'rows', columns: header, rows }
    }
    default:
      throw new Error(`unknown rows ${written satisfies never}`)
  }
}

function readText(root: string, path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch (error) {
    throw SluiceError.of(
      'SL171',
      {
        message: `the file ${path} cannot be read: ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`,
        hint: 'Name a file relative to that of the test.',
      },
      { cause: error },
    )
  }
}

function repeated(tests: readonly UnitTest[]): readonly Diagnostic[] {
  const seen = new Map<string, UnitTest>()
  return tests.flatMap((test) => {
    const key = `${test.model}\0${test.name}`
    const other = seen.get(key)
    seen.set(key, other ?? test)
    if (other === undefined) return []
    return [
      diagnostic('SL172', {
        message: `two unit tests of ${test.model} are named \`${test.name}\`: here and in ${other.place.file}, line ${other.place.line}`,
        place: test.place,
        hint: 'Rename one of them.',
      }),
    ]
  })
}
