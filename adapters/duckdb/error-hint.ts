import { closest } from '../../core/diagnostics/suggest.ts'
import type { RawError } from './error.ts'

/** DuckDB suggests its system tables for any unknown name. */
const SYSTEM =
  /^(?:pg_|sqlite_|duckdb_|pragma_|information_schema\.|(?:main|pg_catalog)\.(?:sqlite_|duckdb_|pg_))/i
const MOST_NAMES = 3
const MOST_LINES = 4

/** How to mend an error, from its candidates and from what its message says after the first sentence. */
export function hintFor(raw: RawError, rest: readonly string[]): string | undefined {
  return knownHint(raw.message) ?? suggestion(raw, rest) ?? advice(rest)
}

function knownHint(message: string): string | undefined {
  if (/entries that depend on it|an index depends on it/.test(message)) {
    return 'DuckDB drops a column or changes its type only in a table without indexes. Drop the indexes of the table first and create them again afterwards.'
  }
  if (/^Ambiguous reference to catalog or schema/.test(message)) {
    return 'A schema has the same name as the database file. Rename the file, or give the schema another name.'
  }
  return undefined
}

function suggestion(raw: RawError, rest: readonly string[]): string | undefined {
  const parameter = /^Invalid named parameter "([^"]+)"/.exec(raw.message)?.[1]
  if (parameter !== undefined) {
    // One parameter a line, followed by its type.
    const names = rest.map((line) => line.split(' ')[0] ?? '').filter((name) => /^[a-z_]+$/.test(name))
    return didYouMean(closest(parameter, names, MOST_NAMES))
  }
  // The candidates of a call are whole signatures; they stand in the message, too.
  if (raw.subtype === 'NO_MATCHING_FUNCTION') return undefined
  const candidates = (raw.candidates ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '' && !SYSTEM.test(each))
  return didYouMean(candidates.slice(0, MOST_NAMES))
}

function didYouMean(names: readonly string[]): string | undefined {
  const quoted = names.map((name) => `\`${name}\``)
  const last = quoted.pop()
  if (last === undefined) return undefined
  return `did you mean ${quoted.length > 0 ? `${quoted.join(', ')} or ${last}` : last}?`
}

function advice(rest: readonly string[]): string | undefined {
  const lines = rest.filter(
    (line) => !/^(?:Did you mean|Candidate bindings|Candidate tables|Candidates:)/.test(line),
  )
  if (lines.length === 0) return undefined
  const more = lines.length > MOST_LINES ? ' …' : ''
  return `${lines.slice(0, MOST_LINES).join(' ')}${more}`
}
