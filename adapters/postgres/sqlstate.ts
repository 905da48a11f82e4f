import type { EngineError } from '../../core/adapter.ts'

/** What each SQLSTATE means to the core; a class (two characters) stands for all that are not named.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html */
const kinds: Readonly<Record<string, EngineError['kind']>> = {
  '08': 'disconnected',
  '22': 'type',
  '22012': 'other',
  '23': 'constraint',
  '25006': 'read_only',
  '25P03': 'disconnected',
  '25P04': 'timeout',
  '28': 'permission',
  '3D000': 'unreachable',
  '3F000': 'unknown_relation',
  '40': 'conflict',
  '40003': 'disconnected',
  '21000': 'constraint',
  '42501': 'permission',
  '42601': 'syntax',
  '42602': 'syntax',
  '42622': 'syntax',
  '42703': 'unknown_column',
  '42702': 'unknown_column',
  '42883': 'unknown_function',
  '42P01': 'unknown_relation',
  '42704': 'type',
  '42804': 'type',
  '42809': 'type',
  '42846': 'type',
  '42725': 'unknown_function',
  '42P18': 'type',
  '53': 'out_of_resources',
  '54': 'out_of_resources',
  '55006': 'locked',
  '55P03': 'locked',
  '57014': 'canceled',
  '57P01': 'disconnected',
  '57P02': 'disconnected',
  '57P03': 'unreachable',
  '57P04': 'disconnected',
  '57P05': 'disconnected',
  '58030': 'out_of_resources',
}

/** Another try can succeed without anybody changing anything. */
const transient: ReadonlySet<string> = new Set([
  '08', // connection exception
  '25P03', // idle_in_transaction_session_timeout
  '40001', // serialization failure
  '40003', // statement completion unknown
  '40P01', // deadlock
  '53300', // too many connections
  '55006', // object in use
  '55P03', // lock not available
  '57P01', // admin shutdown
  '57P02', // crash shutdown
  '57P03', // cannot connect now
  '57P05', // idle session timeout
])

/** Codes of Node's sockets and resolver. */
const unreachable: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
])
const disconnected: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED'])

/** @param code an SQLSTATE or one of Node's codes */
export function kindOf(code: string): EngineError['kind'] {
  if (unreachable.has(code)) return 'unreachable'
  if (disconnected.has(code)) return 'disconnected'
  return kinds[code] ?? kinds[code.slice(0, 2)] ?? 'other'
}

/** @param code an SQLSTATE or one of Node's codes */
export function isTransient(code: string): boolean {
  if (code === 'ENOTFOUND' || code === 'ENOENT') return false
  return (
    unreachable.has(code) || disconnected.has(code) || transient.has(code) || transient.has(code.slice(0, 2))
  )
}
