import type { EngineError } from '../../core/adapter.ts'
import type { RawError } from './error.ts'

/** Texts that decide before the exception type does, first match wins. */
const BY_MESSAGE: readonly (readonly [RegExp, EngineError['kind']])[] = [
  // Two transactions met; the loser may try again. A key that both inserted shows at COMMIT only.
  [
    /write-write conflict|Transaction conflict|^Conflict on|Failed to commit: PRIMARY KEY|outstanding updates/i,
    'conflict',
  ],
  [/read-only mode/i, 'read_only'],
  [/Could not set lock|already in use|used by another process/i, 'locked'],
  [/Permission denied|Operation not permitted/i, 'permission'],
  [
    /No space left|out of memory|failed to allocate|could not allocate|Disk quota exceeded/i,
    'out_of_resources',
  ],
]

const BY_TYPE: Readonly<Record<string, EngineError['kind']>> = {
  Parser: 'syntax',
  Syntax: 'syntax',
  Conversion: 'type',
  'Mismatch Type': 'type',
  'Invalid type': 'type',
  'Out of Range': 'type',
  Divide: 'type',
  Decimal: 'type',
  Constraint: 'constraint',
  Permission: 'permission',
  Interrupt: 'canceled',
  INTERRUPT: 'canceled',
  Connection: 'unreachable',
  'Out of Memory': 'out_of_resources',
}

export function errorKind(raw: RawError): EngineError['kind'] {
  const byMessage = BY_MESSAGE.find(([pattern]) => pattern.test(raw.message))
  if (byMessage !== undefined) return byMessage[1]
  if (raw.type === 'Catalog') return catalogKind(raw)
  if (raw.type === 'Binder') return binderKind(raw)
  return BY_TYPE[raw.type ?? ''] ?? 'other'
}

function catalogKind(raw: RawError): EngineError['kind'] {
  if (raw.subtype !== 'MISSING_ENTRY') {
    return /^(?:Table|Schema|View) with name .* does not exist/.test(raw.message)
      ? 'unknown_relation'
      : 'other'
  }
  if (/function|macro/i.test(raw.entry ?? '')) return 'unknown_function'
  return /type/i.test(raw.entry ?? '') ? 'type' : 'unknown_relation'
}

function binderKind(raw: RawError): EngineError['kind'] {
  switch (raw.subtype) {
    case 'COLUMN_NOT_FOUND':
      return 'unknown_column'
    case 'NO_MATCHING_FUNCTION':
      return 'type'
    default:
      break
  }
  if (/does not have a column named|Referenced column/.test(raw.message)) return 'unknown_column'
  if (/^Referenced table|^Catalog "|catalog or schema/i.test(raw.message)) return 'unknown_relation'
  if (
    /Cannot (?:compare|mix|combine) values of type|No function matches|explicit type cast/i.test(raw.message)
  )
    return 'type'
  return 'other'
}
