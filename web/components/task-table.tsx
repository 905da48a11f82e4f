import type { JSX, TargetedKeyboardEvent } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { RunPage, RunTask } from '../../core/docs/api.ts'
import { barsOfTask, type TimeLine, type TimeLineRow, timeLineOf } from '../pages/time-line.ts'
import { Duration } from './duration.tsx'
import { NodeLink } from './node-link.tsx'
import { useNow } from './now.ts'
import { countedText, countText } from './quantity.ts'
import { Counts } from './run-table.tsx'
import { useSite } from './site-context.ts'
import { StatusBadge } from './status-badge.tsx'
import { Scale, Track, TrackDefinitions } from './time-line.tsx'

/** Up to so many tasks stand there one by one from the start, also without scripts. */
const openUpTo = 60
/** So many of a node's tasks at once; a button shows more. */
const atOnce = 200

/** The tasks of a run by node on a time line. Arrows go from row to row, Enter opens and closes a node's tasks. */
export function TaskTable({ run }: { readonly run: RunPage }): JSX.Element {
  const { info } = useSite()
  const now = useNow()
  const isRunning = run.status === 'running' && run.finishedAt === undefined
  const shownNow = isRunning && now !== undefined ? now : Date.parse(info.generatedAt)
  const line = useMemo(() => timeLineOf(run, lastKnown(run, shownNow, isRunning)), [run, shownNow, isRunning])
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const isOpenAtFirst = run.tasks.length <= openUpTo
  const toggle = (key: string): void => {
    const next = new Set(toggled)
    if (!next.delete(key)) next.add(key)
    setToggled(next)
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section class="table-scroll" aria-label="Tasks on a time line" tabIndex={0} onKeyDown={moveFocus}>
      <TrackDefinitions />
      <table class="tasks">
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col">Status</th>
            <th scope="col" class="tasks-line">
              <span class="visually-hidden">Time since the run began</span>
              <Scale ticks={line.ticks} />
            </th>
            <th scope="col" class="number">
              Took
            </th>
            <th scope="col" class="number">
              Rows
            </th>
          </tr>
        </thead>
        <tbody>
          {line.rows.map((row) => (
            <Group
              key={row.key}
              row={row}
              line={line}
              isOpen={toggled.has(row.key) !== isOpenAtFirst}
              onToggle={() => toggle(row.key)}
            />
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** When a run ended that nobody ended: with the last that is known of it. */
function lastKnown(run: RunPage, now: number, isRunning: boolean): number {
  if (isRunning) return now
  const known = run.tasks.flatMap(({ attempts }) =>
    attempts.map((each) => Date.parse(each.finishedAt ?? each.startedAt)),
  )
  const begun = Date.parse(run.startedAt)
  return known.reduce((most, each) => Math.max(most, each), begun + (run.elapsedMs ?? 0))
}

/** Rows are reached by arrows, from the table or from anything in a row; Enter on a row opens and closes its node's tasks. */
function moveFocus(event: TargetedKeyboardEvent<HTMLElement>): void {
  const target = event.target as HTMLElement
  const row = target.closest('tbody tr')
  if (event.key === 'Enter' && target === row) row.querySelector<HTMLElement>('.task-toggle')?.click()
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step === undefined) return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('tbody tr')]
  const next = rows[row === null ? Math.min(0, step) : rows.indexOf(row as HTMLElement) + step]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}

interface GroupProps {
  readonly row: TimeLineRow
  readonly line: TimeLine
  readonly isOpen: boolean
  readonly onToggle: () => void
}

function Group({ row, line, isOpen, onToggle }: GroupProps): JSX.Element {
  const [most, setMost] = useState(atOnce)
  const [first] = row.tasks
  if (row.tasks.length === 1) return <TaskRow task={first!} line={line} isNamed />
  const rows = row.tasks.reduce((sum, task) => sum + (task.rows ?? 0), 0)
  const hasRows = row.tasks.some((task) => task.rows !== undefined)
  const length = line.end - line.start
  return (
    <>
      <tr class="task-group" tabIndex={-1}>
        <th scope="row">
          <span class="task-name">
            <button
              type="button"
              class="task-toggle needs-script"
              aria-expanded={isOpen}
              aria-label={`Tasks of ${first!.node.name}`}
              onClick={onToggle}
            >
              <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span>
            </button>
            <TaskName task={first!} />
            <span class="quiet">{countedText(row.tasks.length, 'task')}</span>
          </span>
        </th>
        <td>
          <Counts counts={countsOf(row.tasks)} />
        </td>
        <td class="tasks-line">
          {!isOpen && <Track bars={row.bars} lanes={row.lanes} ticks={line.ticks} length={length} />}
        </td>
        <td class="number" />
        <td class="number">{hasRows && countText(rows)}</td>
      </tr>
      {isOpen &&
        row.tasks.slice(0, most).map((task, index) => <TaskRow key={index} task={task} line={line} />)}
      {isOpen && row.tasks.length > most && (
        <tr tabIndex={-1}>
          <td colSpan={5}>
            <button type="button" onClick={() => setMost(most + atOnce)}>
              {countText(row.tasks.length - most)} more tasks of {first!.node.name}
            </button>
          </td>
        </tr>
      )}
    </>
  )
}

function countsOf(tasks: readonly RunTask[]): readonly { readonly status: string; readonly count: number }[] {
  const counts = new Map<string, number>()
  for (const { status } of tasks) counts.set(status, (counts.get(status) ?? 0) + 1)
  return [...counts].map(([status, count]) => ({ status, count }))
}

interface TaskRowProps {
  readonly task: RunTask
  readonly line: TimeLine
  /** With the node's name, as it has no group above it. */
  readonly isNamed?: boolean
}

function TaskRow({ task, line, isNamed = false }: TaskRowProps): JSX.Element {
  const bars = useMemo(() => barsOfTask(task, line), [task, line])
  const took = task.attempts.reduce((sum, { elapsedMs }) => sum + (elapsedMs ?? 0), 0)
  const isTimed = task.attempts.some(({ elapsedMs }) => elapsedMs !== undefined)
  return (
    <tr class={isNamed ? undefined : 'task-member'} tabIndex={-1}>
      <th scope="row">
        <span class="task-name">
          {isNamed && <TaskName task={task} />}
          <span class={isNamed ? 'quiet' : 'task-partition'}>{partitionsText(task)}</span>
          {task.attempts.length > 1 && (
            <span class="quiet">{countedText(task.attempts.length, 'try', 'tries')}</span>
          )}
        </span>
      </th>
      <td>
        <StatusBadge status={task.status} />
      </td>
      <td class="tasks-line">
        <Track {...bars} ticks={line.ticks} length={line.end - line.start} />
      </td>
      <td class="number">{isTimed && <Duration ms={took} />}</td>
      <td class="number">{task.rows !== undefined && countText(task.rows)}</td>
    </tr>
  )
}

/** A task's node, as a link if it still has a page. */
export function TaskName({ task }: { readonly task: RunTask }): JSX.Element {
  if (task.isKnown) return <NodeLink node={task.node} />
  return <span title="no longer in the project">{task.node.name}</span>
}

/** `2001-01-01 … 2001-01-30 (30)`; empty without partitions. */
export function partitionsText({ partitions, partitionCount }: RunTask): string {
  const [first, last] = partitions
  if (first === undefined) return ''
  return last === undefined || last === first ? first : `${first} … ${last} (${partitionCount})`
}
