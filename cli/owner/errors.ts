import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { OwnerInfo } from '../../core/owner/protocol.ts'

/** What this process wants to do, only the owner of the database can. */
export function ownedError(owner: OwnerInfo, cause?: unknown): SluiceError {
  const { run } = owner
  return SluiceError.of(
    'SL545',
    {
      message: `${owner.label} is in use by ${describeOwner(owner)}.`,
      hint: 'One process at a time can write to a DuckDB file. Wait until it has ended; meanwhile all commands that only read work.',
      ...(run === undefined || run.isCanceled ? {} : { next: `cancel ${run.id}` }),
    },
    cause === undefined ? {} : { cause },
  )
}

/** `run 0m1x-8f (sluice backfill, process 4711, since 2024-01-05T10:00:00Z)`. */
export function describeOwner({ pid, command, startedAt, run }: OwnerInfo): string {
  const since = new Date(run?.startedAt ?? startedAt).toISOString().replace(/\.\d+Z$/, 'Z')
  if (run === undefined) return `\`sluice ${command}\` (process ${pid}, since ${since})`
  const canceled = run.isCanceled ? ', canceled and ending' : ''
  return `run ${run.id} (\`sluice ${command}\`, process ${pid}, since ${since}${canceled})`
}

/** The owner listens and does not answer. */
export function silentError(cause: unknown): SluiceError {
  const [first] = cause instanceof SluiceError ? cause.diagnostics : []
  return SluiceError.of(
    'SL546',
    {
      message: `${first?.message.replace(/\.$/, '') ?? 'The database is in use by another process'}, which does not answer.`,
      hint: 'It may have been stopped, by Ctrl-Z for example: let it go on, or end it.',
    },
    { cause },
  )
}

/** The owner is another version of Sluice. */
export function otherVersionError(owner: OwnerInfo, cause: unknown): SluiceError {
  return SluiceError.of(
    'SL547',
    {
      message: `${owner.label} is in use by ${describeOwner(owner)}, which is another version of Sluice and cannot be asked by this one.`,
      hint: 'Use the version that it was started with, or wait until it has ended.',
    },
    { cause },
  )
}
