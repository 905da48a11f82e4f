import type { Cell } from './unit-test.ts'

/** A number with its spelling: a bigint has more digits than JavaScript's numbers, and a text column holds `007` as it stands there. */
export class WrittenNumber {
  readonly text: string
  readonly value: number

  constructor(text: string, value: number) {
    this.text = text
    this.value = value
  }

  /** As a key of a map it is its text: the reader of YAML asks what it is before. */
  get [Symbol.toStringTag](): string {
    return 'Number'
  }

  toString(): string {
    return this.text
  }
}

/** The same with JavaScript's numbers, for what is no row. */
export function withPlainNumbers(value: unknown): unknown {
  if (value instanceof WrittenNumber) return value.value
  if (Array.isArray(value)) return value.map(withPlainNumbers)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withPlainNumbers(each)]))
}

/** A value as the text that a column of this type takes. */
export function textOf(cell: string | number | WrittenNumber, type: string): string {
  if (!(cell instanceof WrittenNumber)) return String(cell)
  return isDecimal(cell) || /char|text|string|json/i.test(type) ? cell.text : String(cell.value)
}

/** Lists and maps as JSON, with numbers as they were written. */
export function jsonOf(cell: Cell): string {
  if (cell instanceof WrittenNumber) {
    const { text, value } = cell
    if (/^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(text)) return text
    // JSON has no word for these; engines read them from text.
    return JSON.stringify(Number.isFinite(value) ? value : String(value))
  }
  if (Array.isArray(cell)) return `[${cell.map(jsonOf).join(',')}]`
  if (typeof cell !== 'object' || cell === null) return JSON.stringify(cell)
  return `{${Object.entries(cell)
    .map(([key, each]) => `${JSON.stringify(key)}:${jsonOf(each)}`)
    .join(',')}}`
}

/** Written as engines write numbers too: not in another base, and no infinity of YAML. */
function isDecimal({ text }: WrittenNumber): boolean {
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)
}
