import type { RequestedRange } from '../core/time/requested-range.ts'
import type { Invocation } from './command.ts'
import { printDiagnostics } from './diagnostics/print.ts'
import { type ExitCode, exitCodes } from './exit.ts'
import { withLedger } from './open-ledger.ts'
import { type Difference, verify } from './status-verify.ts'
import { jsonLine } from './text/json.ts'
import { counted } from './text/quantity.ts'
import type { Workspace } from './workspace.ts'

/** Partitions of one relation that are named. */
const mostNamed = 8

/** Compares the ledger with the database and prints what differs, each with the command that repairs it. */
export async function printVerification(
  invocation: Invocation,
  workspace: Workspace,
  selected: ReadonlySet<string>,
  range: RequestedRange | undefined,
): Promise<ExitCode> {
  const { format, terminal, now, options } = invocation
  const { out } = terminal
  const verification = await withLedger(workspace, now, (ledger) =>
    verify(workspace, ledger, selected, range),
  )
  const { differences, relations, partitions } = verification ?? {
    differences: [],
    relations: 0,
    partitions: 0,
  }
  if (format === 'json') out.write(differences.map(jsonLine).join(''))
  else if (differences.length > 0) {
    printDiagnostics(
      differences.map((each) => ({
        code: each.code,
        severity: 'error' as const,
        message: [each.message, ...partitionLines(each)].join('\n'),
        ...(each.next === undefined ? {} : { next: each.next }),
      })),
      out,
      'text',
    )
  } else if (!options.quiet) {
    const what = [
      counted(relations, 'relation'),
      ...(partitions > 0 ? [counted(partitions, 'partition')] : []),
    ].join(', ')
    out.write(relations === 0 ? 'nothing is published\n' : `${out.style.green('✓')} ${what} as published\n`)
  }
  return differences.length > 0 ? exitCodes.failed : exitCodes.good
}

function partitionLines({ partitions }: Difference): readonly string[] {
  if (partitions.length < 2) return []
  const named = partitions
    .slice(0, mostNamed)
    .map(
      ({ partition, published, found }) =>
        `${partition}: ${counted(found, 'row')}, published were ${published}`,
    )
  const more = partitions.length - named.length
  return [...named, ...(more > 0 ? [`… and ${more} more`] : [])]
}
