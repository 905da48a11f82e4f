import type { Handler } from '../command.ts'
import { exitCodes } from '../exit.ts'
import { rangeFrom } from '../options/range.ts'
import { selectionOf } from '../selection.ts'
import { readSnapshot } from '../snapshot.ts'
import { type RelationStatus, statusOf } from '../status.ts'
import type { Colors } from '../terminal/terminal.ts'
import { jsonLine } from '../text/json.ts'
import { count } from '../text/quantity.ts'
import { printTable } from '../text/table.ts'
import { openWorkspace } from '../workspace.ts'

/** Shows what is published, missing, stale or failed. */
export const status: Handler = async (invocation) => {
  const { options, format, terminal, now } = invocation
  const workspace = await openWorkspace(invocation)
  const { project } = workspace
  const range = rangeFrom(options)
  const selected = await selectionOf(workspace, invocation)
  const relations = statusOf(project, await readSnapshot(workspace, now), selected, range, now())
  if (format === 'json') terminal.out.write(relations.map(jsonLine).join(''))
  else {
    const titles = ['RELATION', 'HOW', 'STATE', 'PARTITIONS', 'ROWS', 'PUBLISHED']
    printTable(
      terminal.out,
      titles.map((title) => ({
        title,
        ...(title === 'ROWS' ? { align: 'right' as const } : {}),
        ...(title === 'HOW' || title === 'PARTITIONS' || title === 'PUBLISHED' ? { isOptional: true } : {}),
        ...(title === 'RELATION' || title === 'PARTITIONS' ? { shrinks: true } : {}),
      })),
      relations.map((each) => cells(each, terminal.out.style)),
    )
  }
  return exitCodes.good
}

function cells(relation: RelationStatus, style: Colors): readonly string[] {
  const { name, materialization, rows, publishedAt } = relation
  return [
    name,
    materialization,
    stateText(relation, style),
    partitionsText(relation),
    materialization === 'view' || publishedAt === undefined ? '' : count(rows),
    publishedAt?.slice(0, 19).replace('T', ' ').replace('Z', '') ?? '',
  ]
}

/** Counts by state where there are partitions, else the state. */
function stateText({ partitions, reason }: RelationStatus, style: Colors): string {
  const parts = [
    { number: partitions.fresh, word: 'fresh', colour: style.green },
    { number: partitions.stale, word: 'stale', colour: style.yellow },
    { number: partitions.missing, word: 'missing', colour: style.dim },
  ].filter(({ number }) => number > 0)
  // What a partition is worth and what happened to it last are two things: these are counted above already.
  const activities = [
    { number: partitions.failed, word: 'failed', colour: style.red },
    { number: partitions.running, word: 'running', colour: style.cyan },
  ].filter(({ number }) => number > 0)
  if (parts.length === 0) return style.dim('nothing due')
  const isOne = partitions.due === 1
  const listed = (all: typeof parts) =>
    all.map(({ number, word, colour }) => colour(isOne ? word : `${count(number)} ${word}`)).join(', ')
  const between = activities.length === 0 ? '' : isOne ? ', ' : ', of which '
  const text = `${listed(parts)}${between}${listed(activities)}`
  return reason === undefined ? text : `${text} ${style.dim(`(${reason})`)}`
}

function partitionsText({ first, last }: RelationStatus): string {
  if (first === undefined || last === undefined) return ''
  return first === last ? first : `${first} … ${last}`
}
