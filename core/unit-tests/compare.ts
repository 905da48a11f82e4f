/** A value as the engine writes it; null is NULL. */
export type Text = string | null

/** Rows of text, each value in the engine's own spelling of the column's type. */
export type TextRow = readonly Text[]

/** What an expected row and the actual one that is most like it have in different columns. */
export interface ChangedRow {
  readonly kind: 'changed'
  readonly expected: TextRow
  readonly actual: TextRow
  /** Indexes of the columns that differ. */
  readonly columns: readonly number[]
}
export type RowDifference =
  | ChangedRow
  | { readonly kind: 'missing'; readonly expected: TextRow }
  | { readonly kind: 'unexpected'; readonly actual: TextRow }
  | { readonly kind: 'moved'; readonly expected: TextRow; readonly from: number; readonly to: number }

export type ColumnKind = 'float' | 'decimal' | 'json' | 'other'

/** Rows with as many columns that are looked through for the one that is most like another. */
const PAIRED = 500

/**
 * What differs between expected and actual rows as multisets, or as lists if their order counts. Floating-point numbers are the same if 12 digits
 * are (engines add in any order), decimals whatever their trailing zeros.
 */
export function compareRows(
  expected: readonly TextRow[],
  actual: readonly TextRow[],
  kinds: readonly ColumnKind[],
  isOrdered: boolean,
): readonly RowDifference[] {
  const keyOf = (row: TextRow) => JSON.stringify(row.map((value, index) => normalized(value, kinds[index]!)))
  const left = new Map<string, number[]>()
  for (const [index, row] of actual.entries()) {
    const key = keyOf(row)
    const found = left.get(key)
    if (found === undefined) left.set(key, [index])
    else found.push(index)
  }
  const missing: TextRow[] = []
  const places: { readonly expected: TextRow; readonly from: number; readonly to: number }[] = []
  for (const [index, row] of expected.entries()) {
    const at = left.get(keyOf(row))?.shift()
    if (at === undefined) missing.push(row)
    else places.push({ expected: row, from: index, to: at })
  }
  const unexpected = [...left.values()]
    .flat()
    .sort((a, b) => a - b)
    .map((index) => actual[index]!)
  const differences = paired(missing, unexpected, kinds)
  if (differences.length > 0 || !isOrdered) return differences
  return places.filter(({ from, to }) => from !== to).map((each) => ({ kind: 'moved', ...each }))
}

function paired(
  missing: readonly TextRow[],
  unexpected: readonly TextRow[],
  kinds: readonly ColumnKind[],
): readonly RowDifference[] {
  const free = new Set(unexpected.slice(0, PAIRED).keys())
  const found: RowDifference[] = []
  for (const expected of missing.slice(0, PAIRED)) {
    const nearest = [...free]
      .map((index) => ({ index, columns: differing(expected, unexpected[index]!, kinds) }))
      .sort((a, b) => a.columns.length - b.columns.length || a.index - b.index)[0]
    // Rows that have less than half in common are others.
    if (nearest === undefined || nearest.columns.length * 2 > kinds.length) {
      found.push({ kind: 'missing', expected })
      continue
    }
    free.delete(nearest.index)
    found.push({ kind: 'changed', expected, actual: unexpected[nearest.index]!, columns: nearest.columns })
  }
  for (const expected of missing.slice(PAIRED)) found.push({ kind: 'missing', expected })
  for (const [index, actual] of unexpected.entries())
    if (index >= PAIRED || free.has(index)) found.push({ kind: 'unexpected', actual })
  return found
}

function differing(a: TextRow, b: TextRow, kinds: readonly ColumnKind[]): readonly number[] {
  return kinds.flatMap((kind, index) =>
    normalized(a[index]!, kind) === normalized(b[index]!, kind) ? [] : [index],
  )
}

function normalized(value: Text, kind: ColumnKind): Text {
  if (value === null) return null
  switch (kind) {
    case 'float': {
      const number = Number(value)
      // Zero has a sign that no user means; infinities and NaN stay as they are spelled.
      return Number.isFinite(number) && value.trim() !== ''
        ? String(Number(number.toPrecision(12)) + 0)
        : value
    }
    case 'decimal':
      return value.includes('.') ? value.replace(/\.?0+$/, '') : value
    case 'json':
      return withoutLayout(value)
    case 'other':
      return value
    default:
      throw new Error(`unknown kind ${kind satisfies never}`)
  }
}

/** How values of an engine's type are compared. */
export function columnKind(engineType: string): ColumnKind {
  if (/^(double|float|real)/i.test(engineType)) return 'float'
  if (/^json$/i.test(engineType)) return 'json'
  return /^(numeric|decimal)/i.test(engineType) ? 'decimal' : 'other'
}

/** JSON as it would be written without blanks; its strings as they are. */
function withoutLayout(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|\s+/g, (piece) => (piece.startsWith('"') ? piece : ''))
}
