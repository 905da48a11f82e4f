import { failingText } from '../core/checks/failing-text.ts'
import { diagnosticLines } from './diagnostics/lines.ts'
import { hostName } from './json/run.ts'
import { sampleLines } from './reporters/failure.ts'
import type { Progressing, RunDetails, RunTask } from './run-history.ts'
import { tableLines } from './terminal/table.ts'
import type { Colors, Output } from './terminal/terminal.ts'
import { commandText } from './text/command.ts'
import { instantInText, instantText } from './text/instant.ts'
import { keysLabel } from './text/partitions.ts'
import { count, counted, duration } from './text/quantity.ts'
import { needText } from './text/reason.ts'
import { printTable } from './text/table.ts'

/** The table of `sluice runs`. */
export function printRuns(runs: readonly Progressing[], now: number, out: Output): void {
  printTable(
    out,
    [
      { title: 'RUN' },
      { title: 'COMMAND', isOptional: true },
      { title: 'STARTED' },
      { title: 'TOOK', align: 'right', isOptional: true },
      { title: 'STATUS' },
      { title: 'BY', shrinks: 'middle', isOptional: true },
      { title: 'TASKS', shrinks: 'end' },
    ],
    runs.map((run) => [
      run.id,
      run.command,
      instantText(run.startedAt),
      tookText(run, now),
      statusColour(run.status, out.style)(run.status),
      whoText(run),
      countsText(run.counts),
    ]),
  )
}

/** Everything about one run, for `sluice runs show`. */
export function printRun(run: RunDetails, now: number, out: Output): void {
  const { style } = out
  const took = tookText(run, now)
  const colour = statusColour(run.status, style)
  const lines = [
    `${style.bold(`run ${run.id}`)} ${colour(run.status)}${took === '' ? '' : style.dim(` ${run.finishedAt === undefined ? 'for' : 'in'} ${took}`)}`,
    ...fields(
      [
        ['command', requestText(run.command, run.request)],
        ['target', run.target],
        ['started', `${instantInText(run.startedAt)}${byText(run)}`],
        ['goes on with', run.parent],
        [
          'canceled',
          run.cancelRequestedAt === undefined
            ? undefined
            : `asked for at ${instantInText(run.cancelRequestedAt)}`,
        ],
        ['tasks', countsText(run.counts)],
      ],
      style,
    ),
    '',
    ...taskLines(run.tasks, now, out),
    ...run.tasks.flatMap((task) => failureLines(task, out)),
  ]
  out.write(`${lines.join('\n').trimEnd()}\n`)
}

function fields(
  entries: readonly (readonly [string, string | undefined])[],
  style: Colors,
): readonly string[] {
  const shown = entries.filter(([, value]) => value !== undefined && value !== '')
  const width = Math.max(...shown.map(([title]) => title.length))
  return shown.map(([title, value]) => `  ${style.dim(title.padEnd(width))}  ${value}`)
}

function taskLines(tasks: readonly RunTask[], now: number, out: Output): readonly string[] {
  const { style } = out
  if (tasks.length === 0) return [style.dim('no task was begun')]
  const width = out.columns()
  return tableLines(
    [
      { title: '' },
      { title: 'MODEL', shrinks: 'middle' },
      { title: 'PARTITION', shrinks: 'middle', isOptional: true },
      { title: 'ROWS', align: 'right', isOptional: true },
      { title: 'TOOK', align: 'right', isOptional: true },
      { title: 'NOTES', shrinks: 'end' },
    ],
    tasks.map((task) => [
      markOf(task.last.status, style),
      task.model,
      keysLabel(task.keys),
      task.last.rows === undefined ? '' : count(task.last.rows),
      duration((task.last.finishedAt ?? now) - task.last.startedAt),
      notesOf(task).join(', '),
    ]),
    { title: style.dim, ...(width === undefined ? {} : { width }) },
  )
}

function notesOf({ last, attempts, checks }: RunTask): readonly string[] {
  const failed = checks.filter((check) => !check.passed)
  return [
    ...(last.status === 'succeeded' ? [] : [last.status.replace('_', ' ')]),
    ...(attempts.length > 1 ? [counted(attempts.length, 'attempt')] : []),
    ...(failed.length > 0 ? [`${counted(failed.length, 'check')} did not hold`] : []),
    ...(last.accepted.length > 0 ? [`accepted: ${last.accepted.map(needText).join('; ')}`] : []),
  ]
}

/** The diagnostics of a task's tries and the rows that broke its checks. */
function failureLines({ model, keys, attempts, checks }: RunTask, out: Output): readonly string[] {
  const { style } = out
  const width = out.columns()
  const subject = { model, ...(keys.length === 1 ? { partition: keys[0]! } : {}) }
  const blocks = attempts.flatMap(({ error, number }) =>
    error === undefined
      ? []
      : [
          '',
          ...(attempts.length > 1 ? [style.dim(`attempt ${number}:`)] : []),
          ...diagnosticLines({ ...subject, ...error }, style),
        ],
  )
  const broken = checks.filter((check) => !check.passed)
  const samples = broken.flatMap((check) => [
    `${check.severity === 'warn' ? style.yellow(' warn') : style.red(' fail')} check ${check.name}: ${failingText(check, count)}${check.partition === undefined ? '' : ` in ${check.partition}`}`,
    ...sampleLines(check, style, width),
  ])
  return blocks.length === 0 && samples.length > 0
    ? ['', `${style.dim('   in')} ${[model, keysLabel(keys)].filter(Boolean).join(' ')}`, ...samples]
    : [...blocks, ...samples]
}

function markOf(status: RunTask['last']['status'], style: Colors): string {
  switch (status) {
    case 'succeeded':
      return style.green('✓')
    case 'running':
      return style.cyan('›')
    case 'canceled':
      return style.yellow('▪')
    default:
      return style.red('✗')
  }
}

export function statusColour(status: Progressing['status'], style: Colors): (text: string) => string {
  switch (status) {
    case 'succeeded':
      return style.green
    case 'running':
      return style.cyan
    case 'canceled':
      return style.yellow
    case 'failed':
    case 'crashed':
      return style.red
    default:
      return status satisfies never
  }
}

/** How long it took, or has taken so far; nothing for a run of which nobody knows when it ended. */
function tookText(run: Progressing, now: number): string {
  const end = run.finishedAt ?? (run.status === 'running' ? now : undefined)
  return end === undefined ? '' : duration(end - run.startedAt)
}

/** `anna@laptop`. */
export function whoText({ user, host }: { readonly user?: string; readonly host?: string }): string {
  return [user, host === undefined ? undefined : hostName(host)].filter(Boolean).join('@')
}

function byText(run: Progressing): string {
  const who = whoText(run)
  if (who === '') return ''
  return ` by ${who}${run.pid === undefined ? '' : ` (process ${run.pid})`}`
}

function countsText(counts: Progressing['counts']): string {
  const kinds = ['running', 'succeeded', 'failed', 'blocked', 'waiting', 'canceled', 'skipped'] as const
  return kinds
    .filter((kind) => (counts[kind] ?? 0) > 0)
    .map((kind) => `${count(counts[kind]!)} ${kind === 'skipped' ? 'fresh' : kind}`)
    .join(', ')
}

/** Options that say how something was printed, not what was asked for. */
const unsaid: ReadonlySet<string> = new Set(['output', 'color', 'quiet', 'debug', 'project', 'target'])

/** A command line that asks for the same. */
export function requestText(command: string, request: unknown): string {
  if (typeof request !== 'object' || request === null) return commandText(command)
  const words = Object.entries(request)
    .filter(([name]) => !unsaid.has(name))
    .flatMap(([name, value]) => {
      const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
      if (value === true) return [flag]
      if (value === false) return []
      if (name === 'now' && typeof value === 'number') return [flag, new Date(value).toISOString()]
      return [flag, ...(Array.isArray(value) ? value : [value]).map((each) => wordOf(each))]
    })
  return [command, ...words].join(' ')
}

function wordOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /^[\w@%+=:,./*-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
