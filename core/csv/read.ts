import { SluiceError } from '../diagnostics/diagnostic.ts'

/** A CSV file as text: an empty field, quoted or not, is null. Every row has as many fields as the header. */
export interface CsvText {
  readonly header: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
}

interface Field {
  readonly text: string
  readonly quoted: boolean
}

interface CsvRecord {
  readonly fields: readonly Field[]
  /** 1-based line on which the record begins. */
  readonly line: number
}

/**
 * Reads a CSV file by RFC 4180: fields may be quoted, a quote inside is doubled, a quoted field may span lines; records end
 * with CRLF, LF or CR. A byte order mark and blank lines are skipped. Column names that are not quoted lose the blanks around them.
 *
 * @param file how the file is named in errors
 * @throws SluiceError SL520 for a file that cannot be read as a table, with its line
 */
export function readCsv(text: string, delimiter: string, file: string): CsvText {
  const records = scan(text, delimiter, file)
  const first = records[0]
  if (first === undefined) {
    throw malformed(
      file,
      1,
      'the file is empty',
      'The first line of a CSV file must hold the names of its columns.',
    )
  }
  const header = first.fields.map((field) => (field.quoted ? field.text : field.text.trim()))
  checkHeader(header, first.line, file)
  const rows = records.slice(1).map((record) => {
    if (record.fields.length !== header.length) {
      throw malformed(
        file,
        record.line,
        `the record has ${count(record.fields.length, 'field')}, but the header names ${count(header.length, 'column')}`,
        `Fields are separated by ${JSON.stringify(delimiter)}. A field that contains it, a quote or a line break must stand in double quotes.`,
      )
    }
    return record.fields.map((field) => (field.text === '' ? null : field.text))
  })
  return { header, rows }
}

function scan(text: string, delimiter: string, file: string): CsvRecord[] {
  const records: CsvRecord[] = []
  let fields: Field[] = []
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  let line = 1
  let recordLine = 1
  while (at < text.length) {
    if (text[at] === '"') {
      const end = closingQuote(text, at, line, file)
      const raw = text.slice(at + 1, end)
      fields.push({ text: raw.includes('"') ? raw.replaceAll('""', '"') : raw, quoted: true })
      line += lineBreaks(raw)
      at = end + 1
      const next = text[at]
      if (next !== undefined && !text.startsWith(delimiter, at) && next !== '\n' && next !== '\r') {
        throw malformed(
          file,
          line,
          'text follows a closing quote',
          'A double quote inside a quoted field must be doubled.',
        )
      }
    } else {
      const end = fieldEnd(text, at, delimiter)
      fields.push({ text: text.slice(at, end), quoted: false })
      at = end
    }
    if (text.startsWith(delimiter, at)) {
      at += delimiter.length
      if (at < text.length) continue
      // A delimiter at the very end of the text is followed by one more, empty field.
      fields.push({ text: '', quoted: false })
    }
    if (!isBlank(fields)) records.push({ fields, line: recordLine })
    fields = []
    if (text[at] === '\r' && text[at + 1] === '\n') at += 2
    else at += 1
    line += 1
    recordLine = line
  }
  return records
}

/** A line without any character is no record: files often end with several line breaks. */
function isBlank(fields: readonly Field[]): boolean {
  const only = fields.length === 1 ? fields[0] : undefined
  return only !== undefined && only.text === '' && !only.quoted
}

function closingQuote(text: string, open: number, line: number, file: string): number {
  let at = open + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote === -1)
      throw malformed(file, line, 'a quoted field is not closed', 'Add the closing double quote.')
    if (text[quote + 1] !== '"') return quote
    at = quote + 2
  }
}

function fieldEnd(text: string, start: number, delimiter: string): number {
  let at = start
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === 10 || code === 13 || text.startsWith(delimiter, at)) return at
    at += 1
  }
  return at
}

function lineBreaks(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0
}

function checkHeader(header: readonly string[], line: number, file: string): void {
  const seen = new Map<string, string>()
  header.forEach((name, index) => {
    if (name === '') {
      throw malformed(
        file,
        line,
        `column ${index + 1} has no name`,
        'Give every column a name in the first line.',
      )
    }
    // Names that differ only in case are one column on the engines that fold case, so they are refused on all.
    const other = seen.get(name.toLowerCase())
    if (other !== undefined) {
      throw malformed(
        file,
        line,
        other === name
          ? `two columns are named "${name}"`
          : `the columns "${other}" and "${name}" differ only in case`,
        'Rename one of them.',
      )
    }
    seen.set(name.toLowerCase(), name)
  })
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}

function malformed(file: string, line: number, message: string, hint: string): SluiceError {
  return SluiceError.of('SL520', {
    message: `This CSV file cannot be read: ${message}.`,
    place: { file, line, column: 1 },
    hint,
  })
}
