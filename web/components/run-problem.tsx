import type { JSX } from 'preact'
import type { RunTask } from '../../core/docs/api.ts'
import { CommandLine } from './command-line.tsx'
import { SqlText } from './sql-text.tsx'
import { StatusBadge } from './status-badge.tsx'
import { partitionsText, TaskName } from './task-table.tsx'

type Mistake = NonNullable<RunTask['error']>

/** A task that failed: what is wrong, where, in which statement, and what to do. */
export function RunProblem({
  task,
  error,
}: {
  readonly task: RunTask
  readonly error: Mistake
}): JSX.Element {
  const { code, message, hint, statement, next } = error
  return (
    <li class="problem card">
      <p class="section-head">
        <StatusBadge status={task.status} />
        <TaskName task={task} />
        <span class="quiet mono">{partitionsText(task)}</span>
      </p>
      <p class="problem-message">
        {code !== undefined && <code>{code}</code>} {message}
      </p>
      <Place error={error} />
      {statement !== undefined && <SqlText text={statement} />}
      {hint !== undefined && <p class="note">{hint}</p>}
      {next !== undefined && <CommandLine command={next} />}
    </li>
  )
}

function Place({ error: { path, line, column } }: { readonly error: Mistake }): JSX.Element | null {
  if (path === undefined) return null
  const place = [path, line, column].filter((each) => each !== undefined).join(':')
  return (
    <p class="meta">
      at <code>{place}</code>
    </p>
  )
}
