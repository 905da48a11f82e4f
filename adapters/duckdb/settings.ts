import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { readError } from './error.ts'
import { stringLiteral } from './literal.ts'

type Settings = Readonly<Record<string, string | number | boolean>>

/** Settings that Sluice depends on. */
const OURS = ['set global errors_as_json = true', `set global TimeZone = 'UTC'`]
/** Whoever locks the configuration must do it last. */
const LAST = 'lock_configuration'

/**
 * Applies the target's settings and ours. Returns the statements for settings that DuckDB keeps per connection.
 *
 * @throws SluiceError SL505 for a setting that DuckDB refuses
 */
export async function applySettings(
  instance: DuckDBInstance,
  settings: Settings,
  target: string,
): Promise<readonly string[]> {
  const connection = await instance.connect()
  try {
    const perConnection: string[] = []
    const entries = Object.entries(settings)
    for (const [name, value] of entries) {
      if (name.toLowerCase() === LAST) continue
      if (await isPerConnection(connection, name, value, target))
        perConnection.push(assignment('', name, value))
    }
    for (const sql of OURS) await connection.run(sql)
    const last = entries.find(([name]) => name.toLowerCase() === LAST)
    if (last !== undefined) await isPerConnection(connection, last[0], last[1], target)
    return perConnection
  } finally {
    connection.disconnectSync()
  }
}

async function isPerConnection(
  connection: DuckDBConnection,
  name: string,
  value: Settings[string],
  target: string,
): Promise<boolean> {
  if (!/^[a-z_][a-z0-9_]*$/i.test(name)) throw refused(target, name, 'That is no name of a setting.')
  if (name.toLowerCase() === 'timezone') throw refused(target, name, 'Sessions always run in UTC.')
  try {
    await connection.run(assignment('global', name, value))
    return false
  } catch (error) {
    const { message } = readError(error)
    if (!/cannot be set globally/.test(message)) throw refused(target, name, sentence(message), error)
  }
  try {
    await connection.run(assignment('', name, value))
    return true
  } catch (error) {
    throw refused(target, name, sentence(readError(error).message), error)
  }
}

function assignment(scope: string, name: string, value: Settings[string]): string {
  return `set ${scope} ${name} = ${typeof value === 'string' ? stringLiteral(value) : value}`
}

function sentence(message: string): string {
  const line = message.split('\n')[0]?.trim() ?? ''
  const suggestion = /Did you mean:? ("[^"]+")/.exec(message)?.[1]
  const text = /[.!?)]$/.test(line) ? line : `${line}.`
  return suggestion === undefined ? text : `${text} Did you mean ${suggestion}?`
}

function refused(target: string, name: string, reason: string, cause?: unknown): SluiceError {
  return SluiceError.of(
    'SL505',
    {
      message: `The setting ${name} of target ${target} is not valid: ${reason}`,
      hint: 'Correct it below settings in sluice.yml, or leave it out.',
    },
    cause === undefined ? {} : { cause },
  )
}
