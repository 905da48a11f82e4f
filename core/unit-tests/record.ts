import { Document, isMap, isScalar, isSeq, type Node, parseDocument, visit } from 'yaml'
import type { Column } from '../adapter.ts'
import type { TextRow } from './compare.ts'
import type { Cell } from './unit-test.ts'

/** Rows of one relation with what is needed to write them as YAML. */
export interface RecordedRows {
  readonly columns: readonly Column[]
  readonly rows: readonly TextRow[]
}

/** A case that was recorded from real rows. */
export interface RecordedCase {
  readonly name: string
  readonly model: string
  readonly partition?: string
  readonly vars: Readonly<Record<string, unknown>>
  readonly given: readonly (readonly [relation: string, rows: RecordedRows])[]
  readonly expect: RecordedRows
}

/**
 * Adds a case to the text of a file of unit tests, and leaves what stands there as it is.
 * @param text undefined for a file that does not exist yet
 */
export function withCase(text: string | undefined, recorded: RecordedCase): string {
  const document =
    text === undefined || text.trim() === '' ? new Document({ unit_tests: [] }) : parseDocument(text)
  const entry = document.createNode({
    name: recorded.name,
    model: recorded.model,
    ...(recorded.partition === undefined ? {} : { partition: recorded.partition }),
    ...(Object.keys(recorded.vars).length === 0 ? {} : { vars: recorded.vars }),
    given: Object.fromEntries(recorded.given.map(([relation, rows]) => [relation, mapsOf(rows)])),
    expect: mapsOf(recorded.expect),
  })
  rowsOnOneLine(entry)
  const list = document.get('unit_tests')
  if (isSeq(list)) {
    // An empty list may be written as `[]`, in which entries would stand on one line.
    if (list.items.length === 0) list.flow = false
    list.add(entry)
  } else document.set('unit_tests', [entry])
  return document.toString({ lineWidth: 0, flowCollectionPadding: true })
}

/** The names of the cases of one model in a file. */
export function caseNames(text: string): readonly string[] {
  const list = parseDocument(text).get('unit_tests')
  if (!isSeq(list)) return []
  return list.items.flatMap((item) => (isMap(item) ? [String(item.get('name'))] : []))
}

function rowsOnOneLine(entry: Node): void {
  visit(entry, {
    Map(_, node, path) {
      const parent = path.at(-1)
      if (!isSeq(parent)) return undefined
      if (parent.items.includes(node)) node.flow = true
      return visit.SKIP
    },
    Pair(_, pair) {
      if (isScalar(pair.key) && isSeq(pair.value) && pair.value.items.length === 0) pair.value.flow = true
    },
  })
}

function mapsOf({ columns, rows }: RecordedRows): readonly Readonly<Record<string, Cell>>[] {
  return rows.map((row) =>
    Object.fromEntries(columns.map(({ name, type }, index) => [name, cellOf(row[index]!, type)])),
  )
}

/** Numbers and booleans as such, where YAML gives them back as they were; everything else as text. */
function cellOf(value: string | null, type: string): Cell {
  if (value === null) return null
  if (/^bool/i.test(type)) return value === 'true'
  const isNumber = /^(u?(tiny|small|big|huge)?int|integer|double|float|real|numeric|decimal)/i.test(type)
  if (!isNumber) return value
  const number = Number(value)
  // A whole number of a floating-point type is written `218.0` by some engines, and as `218` by people.
  return String(number) === value.replace(/\.0+$/, '') ? number : value
}
