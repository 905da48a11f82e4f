import type { RunEvent } from '../../core/events.ts'
import type { HeldTask } from '../../core/plan/plan.ts'
import { stretches as stretchesOf } from '../../core/run/pieces.ts'
import type { Colors } from '../terminal/terminal.ts'
import { padEnd } from '../terminal/width.ts'
import { commandText } from '../text/command.ts'
import { partitionLabel } from '../text/partitions.ts'
import { count, counted, duration } from '../text/quantity.ts'
import { heldText } from '../text/reason.ts'
import { modelTable } from './model-table.ts'
import type { FinishedTask, Progress } from './progress.ts'

const titleCells = 11
const mostEntries = 8
const mostCommands = 4

/** A run with more tasks than this is summed up by model too. */
const mostShort = 100

/** What a run did, in the end: published, failed, blocked, waiting, what to type next, and one line for all. */
export function summaryLines(progress: Progress, style: Colors, width?: number): readonly string[] {
  const { result, plan } = progress
  if (result === undefined) return []
  const held = (state: HeldTask['state']) => plan.held.filter((each) => each.state === state).map(heldEntry)
  const lines = [
    ...(plan.tasks.length > mostShort ? [...modelTable(progress, style, width), ''] : []),
    ...section(style.green('Published'), publishedEntries(progress)),
    ...section(style.red('Failed'), namesOf(progress, 'failed')),
    ...section(style.yellow('Blocked'), [...blockedEntries(progress), ...held('blocked')]),
    ...section(style.yellow('Waiting'), held('waiting')),
    ...section(style.yellow('Canceled'), namesOf(progress, 'canceled')),
    ...section(style.dim('Fresh'), freshEntries(progress)),
    ...section(
      style.cyan('Next'),
      commandsOf(progress).map((each) => style.bold(each)),
      mostCommands,
    ),
    ...(result.status === 'canceled'
      ? [
          `${padEnd('', titleCells)}The same command goes on where this one stopped (with --force or --only all it begins again).`,
        ]
      : []),
  ]
  const isBelowOthers = plan.tasks.length > 0
  return [
    ...(isBelowOthers ? [''] : []),
    ...lines,
    ...(lines.length > 0 ? [''] : []),
    resultLine(result, style),
  ]
}

/** `✓ 6 succeeded, 1 waiting in 3.4 s`. */
export function resultLine(result: Extract<RunEvent, { type: 'run_finished' }>, style: Colors): string {
  const { totals } = result
  const isGood = result.status === 'succeeded' && totals.failed === 0 && totals.blocked === 0
  const mark = isGood ? style.green('✓') : result.status === 'canceled' ? style.yellow('▪') : style.red('✗')
  return `${mark} ${style.bold(totalsText(result))} in ${duration(result.elapsedMs)} ${style.dim(`(run ${result.run})`)}`
}

/** `6 succeeded, 1 waiting`. */
export function totalsText({ totals }: Extract<RunEvent, { type: 'run_finished' }>): string {
  const parts = (['succeeded', 'failed', 'blocked', 'waiting', 'canceled', 'skipped'] as const)
    .filter((kind) => totals[kind] > 0)
    .map((kind) => `${count(totals[kind])} ${kind === 'skipped' ? 'fresh' : kind}`)
  return parts.length > 0 ? parts.join(', ') : 'nothing to do'
}

function section(title: string, entries: readonly string[], most = mostEntries): readonly string[] {
  const shown = entries.slice(0, most)
  if (entries.length > most) shown.push(`… and ${count(entries.length - most)} more`)
  return shown.map((entry, at) => `${padEnd(at === 0 ? title : '', titleCells)}${entry}`)
}

function publishedEntries({ finished }: Progress): readonly string[] {
  const tasks = finished
    .filter((each) => each.kind === 'succeeded')
    .filter((each) => each.task.kind !== 'check')
  if (tasks.length === 0) return []
  const relations = new Set(tasks.map((each) => each.task.model)).size
  const partitions = tasks.reduce((sum, each) => sum + each.task.partitions.length, 0)
  const rows = tasks.reduce(
    (sum, each) => sum + (each.task.materialization === 'view' ? 0 : each.published.rows),
    0,
  )
  const unchanged = tasks.filter((each) => !each.published.changed).length
  return [
    [
      counted(relations, 'relation'),
      partitions > 0 && counted(partitions, 'partition'),
      counted(rows, 'row'),
      unchanged > 0 && `${count(unchanged)} unchanged`,
    ]
      .filter(Boolean)
      .join(', '),
  ]
}

function namesOf({ finished }: Progress, kind: FinishedTask['kind']): readonly string[] {
  return joined(finished.filter((each) => each.kind === kind).map((each) => each.task)).map(nameOf)
}

function blockedEntries({ finished }: Progress): readonly string[] {
  const blocked = finished.filter((each) => each.kind === 'blocked')
  const byModels = new Map<string, (typeof blocked)[number][]>()
  for (const each of blocked) {
    const id = `${each.task.model}\0${modelOf(each.by)}`
    const known = byModels.get(id)
    if (known === undefined) byModels.set(id, [each])
    else known.push(each)
  }
  return [...byModels.values()].flatMap((each) => {
    const [first] = each
    if (first === undefined) return []
    if (each.length === 1) return [`${nameOf(first.task)}: ${first.because}`]
    // What holds back one of many differs by its partition only.
    const because = first.because.replaceAll(first.by, modelOf(first.by))
    return joined(each.map(({ task }) => task)).map((part) => `${nameOf(part)}: ${because}`)
  })
}

/** The model of a task's id. */
function modelOf(id: string): string {
  return id.split('@', 1)[0]!
}

type Part = Pick<FinishedTask['task'], 'model' | 'partitions'>

/** Tasks with those of one model whose partitions are adjacent put together, oldest first. */
function joined(tasks: readonly Part[]): readonly Part[] {
  const byModel = new Map<string, FinishedTask['task']['partitions'][number][]>()
  for (const { model, partitions } of tasks) {
    const known = byModel.get(model)
    if (known === undefined) byModel.set(model, [...partitions])
    else for (const partition of partitions) known.push(partition)
  }
  return [...byModel].flatMap(([model, partitions]): readonly Part[] => {
    partitions.sort((a, b) => a.start - b.start)
    const stretches = stretchesOf(partitions, Number.POSITIVE_INFINITY)
    return partitions.length === 0
      ? [{ model, partitions }]
      : stretches.map((each) => ({ model, partitions: each }))
  })
}

function heldEntry(held: HeldTask): string {
  return `${nameOf(held)}: ${heldText(held)}`
}

function freshEntries({ plan, finished }: Progress): readonly string[] {
  const ended = finished.filter((each) => each.kind === 'skipped')
  const partitions =
    plan.skipped.reduce((sum, each) => sum + each.count, 0) +
    ended.reduce((sum, { task }) => sum + Math.max(1, task.partitions.length), 0)
  if (partitions === 0) return []
  return [`${counted(partitions, 'partition or relation', 'partitions and relations')}, nothing to do`]
}

/** The commands that would help, each once, those of the run first. */
function commandsOf({ result, plan, finished }: Progress): readonly string[] {
  const failed = finished.filter((each) => each.kind === 'failed')
  const commands = [
    ...(result?.next ?? []),
    ...failed.flatMap(({ error }) => (error.next === undefined ? [] : [error.next])),
    ...(failed.length > 1 && result !== undefined ? [`retry ${result.run}`] : []),
    ...(failed.length === 1 && failed[0]!.error.next === undefined ? [rerun(failed[0]!.task)] : []),
    ...plan.held.flatMap((held) => (held.next === undefined ? [] : [held.next])),
  ]
  return [...new Set(commands.map(commandText))]
}

function nameOf({ model, partitions }: Part): string {
  return [model, partitionLabel(partitions)].filter(Boolean).join(' ')
}

/** What to type when a failed task has been mended; what it blocked runs with it. */
function rerun({ model, partitions }: FinishedTask['task']): string {
  const [first] = partitions
  const last = partitions.at(-1)
  if (first === undefined || last === undefined) return `run --select ${model}+`
  const range = first === last ? `--partition ${first.key}` : `--from ${first.key} --to ${last.key}`
  return `run --select ${model}+ ${range}`
}
