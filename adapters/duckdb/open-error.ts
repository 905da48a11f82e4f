import { access, constants, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { readError } from './error.ts'

/** Why a database file could not be opened, as a user can mend it. */
export async function openError(error: unknown, path: string): Promise<SluiceError> {
  const { message } = readError(error)
  const name = basename(path)
  if (/Could not set lock|used by another process|already open in/i.test(message)) {
    return lockedError(message, name, error)
  }
  if (await isForbidden(path, message)) {
    return SluiceError.of(
      'SL504',
      {
        message: `The database ${path} may not be opened by this user.`,
        hint: 'Check the permissions of the file and of its folder, in which DuckDB also writes a .wal file.',
        next: `ls -l ${dirname(path)}`,
      },
      { cause: error },
    )
  }
  if (
    /not a valid DuckDB database file|Is a directory|version number|newer version|older version/i.test(
      message,
    )
  ) {
    return SluiceError.of(
      'SL502',
      {
        message: `${path} is not a database that this DuckDB can open. ${firstLine(message)}`,
        hint: 'Correct the path of the target in sluice.yml, or move the file away: Sluice then creates a new database.',
      },
      { cause: error },
    )
  }
  return SluiceError.of(
    'SL500',
    {
      message: `The database ${path} cannot be opened: ${firstLine(message)}`,
      hint: 'Check the path of the target in sluice.yml.',
    },
    { cause: error },
  )
}

/** DuckDB names who holds the lock: `Conflicting lock is held in /usr/bin/node (PID 9420)`. */
function lockedError(message: string, name: string, cause: unknown): SluiceError {
  const held = /held in (.+?) \(PID (\d+)\)/.exec(message) ?? /\((PID) (\d+)\)/.exec(message)
  const program = held?.[1] === undefined || held[1] === 'PID' ? '' : ` (${basename(held[1])})`
  const holder = held?.[2] === undefined ? 'another process' : `process ${held[2]}${program}`
  return SluiceError.of(
    'SL501',
    {
      message: `${name} is in use by ${holder}.`,
      hint: 'One process at a time can open a DuckDB file. Wait until it has ended, or end it, then run this command again.',
    },
    { cause },
  )
}

async function isForbidden(path: string, message: string): Promise<boolean> {
  if (/Permission denied|Operation not permitted|EACCES|EPERM/i.test(message)) return true
  if (!/Read-only file system|Cannot open file/i.test(message)) return false
  const existing = await stat(path).then(
    () => path,
    () => dirname(path),
  )
  return access(existing, constants.R_OK | constants.W_OK).then(
    () => false,
    () => true,
  )
}

function firstLine(message: string): string {
  const line = message.split('\n')[0]?.trim().replace(/\s*!$/, '') ?? ''
  return /[.!?]$/.test(line) ? line : `${line}.`
}
