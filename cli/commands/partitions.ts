import type { Handler } from '../command.ts'
import { exitCodes } from '../exit.ts'
import { partitionLineJson } from '../json/partition.ts'
import { namedRelation } from '../named-relation.ts'
import { withLedger } from '../open-ledger.ts'
import { rangeFrom } from '../options/range.ts'
import { type PartitionLine, partitionLines } from '../partition-lines.ts'
import type { Colors } from '../terminal/terminal.ts'
import { instantText } from '../text/instant.ts'
import { jsonLine } from '../text/json.ts'
import { count } from '../text/quantity.ts'
import { printTable } from '../text/table.ts'
import { openWorkspace } from '../workspace.ts'

/** Lists the partitions of a model, with the state of each and why. */
export const partitions: Handler = async (invocation) => {
  const { options, format, terminal, now } = invocation
  const workspace = await openWorkspace(invocation)
  const { project } = workspace
  const node = namedRelation(project, invocation.arguments[0]!)
  const isView = node.kind === 'model' && node.config.materialized === 'view'
  const range = rangeFrom(options)
  const lines =
    (await withLedger(workspace, now, (ledger) => partitionLines(project, node, range, ledger, now()))) ??
    (await partitionLines(project, node, range, undefined, now()))
  if (format === 'json') terminal.out.write(lines.map((line) => jsonLine(partitionLineJson(line))).join(''))
  else if (lines.length === 0) {
    if (!options.quiet) terminal.err.write('no partitions are due\n')
  } else {
    printTable(
      terminal.out,
      [
        { title: 'PARTITION' },
        { title: 'STATE' },
        { title: 'ACTIVITY', isOptional: true },
        { title: 'ROWS', align: 'right', isOptional: true },
        { title: 'PUBLISHED', isOptional: true },
        { title: 'REASON', shrinks: 'end', readable: 40 },
      ],
      lines.map((line) => cells(line, isView, terminal.out.style)),
    )
  }
  return exitCodes.good
}

function cells(line: PartitionLine, isView: boolean, style: Colors): readonly string[] {
  return [
    line.key,
    stateText(line, style),
    activityText(line, style),
    line.rows === undefined || isView ? '' : count(line.rows),
    line.publishedAt === undefined ? '' : instantText(line.publishedAt),
    line.reason ?? '',
  ]
}

function stateText({ state, isDrifted }: PartitionLine, style: Colors): string {
  switch (state) {
    case 'fresh':
      return style.green(isDrifted ? 'fresh (drifted)' : 'fresh')
    case 'stale':
      return style.yellow('stale')
    case 'missing':
      return style.dim('missing')
    default:
      return state satisfies never
  }
}

function activityText({ activity }: PartitionLine, style: Colors): string {
  switch (activity) {
    case 'idle':
      return ''
    case 'running':
      return style.cyan(activity)
    case 'failed':
      return style.red(activity)
    case 'blocked':
      return style.yellow(activity)
    default:
      return activity satisfies never
  }
}
