import type { ComponentChildren, JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { RunPage, RunTask } from '../../core/docs/api.ts'
import { Sample } from '../components/check-table.tsx'
import { CommandLine } from '../components/command-line.tsx'
import { Duration } from '../components/duration.tsx'
import { Empty } from '../components/empty.tsx'
import { Instant } from '../components/instant.tsx'
import { PageSection } from '../components/page-section.tsx'
import { countedText, countText } from '../components/quantity.ts'
import { RunProblem } from '../components/run-problem.tsx'
import { Counts } from '../components/run-table.tsx'
import { useSite } from '../components/site-context.ts'
import { StatusBadge } from '../components/status-badge.tsx'
import { TaskName, TaskTable } from '../components/task-table.tsx'

/** Problems that are shown at once: a run of thousands of tasks may fail as a whole. */
const step = 20

/** What a run did, and what it did not. */
export function RunView({ page }: { readonly page: RunPage }): JSX.Element {
  return (
    <>
      <div class="page-head">
        <p class="section-head">
          <StatusBadge status={page.status} />
          <span class="eyebrow">{page.command}</span>
        </p>
        <h1>
          Run <span class="mono">{page.id}</span>
        </h1>
        <Counts counts={page.counts} />
      </div>
      <Summary page={page} />
      <Problems page={page} />
      <Checks tasks={page.tasks} />
      <PageSection id="tasks" title="Tasks" aside={countedText(page.tasks.length, 'task')}>
        {page.tasks.length === 0 ? <Empty title="Nothing was to be done" /> : <TaskTable run={page} />}
        {page.moreAttempts !== undefined && page.moreAttempts > 0 && (
          <p class="note">{countedText(page.moreAttempts, 'attempt')} that did not fail are left out here.</p>
        )}
      </PageSection>
    </>
  )
}

function Summary({ page }: { readonly page: RunPage }): JSX.Element {
  const { link } = useSite()
  const { request, next, parent, elapsedMs, finishedAt, user, host } = page
  return (
    <dl class="facts card">
      {next !== undefined && (
        <Fact name="Next">
          <CommandLine command={next} />
        </Fact>
      )}
      {request !== undefined && (
        <Fact name="Asked for">
          <CommandLine command={request} />
        </Fact>
      )}
      <Fact name="Started">
        <Instant at={page.startedAt} isPrecise withAge />
      </Fact>
      {finishedAt !== undefined && (
        <Fact name="Finished">
          <Instant at={finishedAt} isPrecise />
          {elapsedMs !== undefined && (
            <span class="quiet">
              {' '}
              after <Duration ms={elapsedMs} />
            </span>
          )}
        </Fact>
      )}
      <Fact name="Target">{page.target}</Fact>
      {(user !== undefined || host !== undefined) && (
        <Fact name="By">{[user, host].filter((each) => each !== undefined).join(' on ')}</Fact>
      )}
      {parent !== undefined && (
        <Fact name="Goes on from">
          <a class="mono" href={link({ kind: 'run', name: parent })}>
            {parent}
          </a>
        </Fact>
      )}
    </dl>
  )
}

function Fact({
  name,
  children,
}: {
  readonly name: string
  readonly children: ComponentChildren
}): JSX.Element {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

function Problems({ page }: { readonly page: RunPage }): JSX.Element | null {
  const [most, setMost] = useState(step)
  const failed = page.tasks.flatMap((task) => (task.error === undefined ? [] : [{ task, error: task.error }]))
  if (failed.length === 0) return null
  return (
    <PageSection id="problems" title="What went wrong" aside={countedText(failed.length, 'task')}>
      <ul class="plain-list stack">
        {failed.slice(0, most).map(({ task, error }, index) => (
          <RunProblem key={index} task={task} error={error} />
        ))}
      </ul>
      {failed.length > most && (
        <p>
          <span class="quiet">{countText(failed.length - most)} more tasks failed. </span>
          <button type="button" class="needs-script" onClick={() => setMost(most + step)}>
            Show more
          </button>
        </p>
      )}
    </PageSection>
  )
}

type TaskCheck = RunTask['checks'][number] & { readonly task: RunTask }

const notPassed = ['failed', 'warned', 'skipped']

function Checks({ tasks }: { readonly tasks: readonly RunTask[] }): JSX.Element | null {
  const [most, setMost] = useState(step)
  const all = tasks.flatMap((task) => task.checks.map((check): TaskCheck => ({ ...check, task })))
  if (all.length === 0) return null
  const passed = all.filter(({ status }) => status === 'passed').length
  const others = notPassed.flatMap((wanted) => all.filter(({ status }) => status === wanted))
  return (
    <PageSection id="checks" title="Checks" aside={`${countText(passed)} of ${countText(all.length)} passed`}>
      {others.length === 0 ? (
        <p class="all-well status-succeeded">
          <span aria-hidden="true">✓</span> All passed.
        </p>
      ) : (
        <CheckRows checks={others.slice(0, most)} />
      )}
      {others.length > most && (
        <p>
          <span class="quiet">{countText(others.length - most)} more did not pass. </span>
          <button type="button" class="needs-script" onClick={() => setMost(most + step)}>
            Show more
          </button>
        </p>
      )}
    </PageSection>
  )
}

function CheckRows({ checks }: { readonly checks: readonly TaskCheck[] }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section class="table-scroll" aria-label="Checks that did not pass" tabIndex={0}>
      <table class="run-checks">
        <thead>
          <tr>
            <th scope="col">Check</th>
            <th scope="col">Outcome</th>
            <th scope="col">Of</th>
            <th scope="col">Partition</th>
            <th scope="col">What it found</th>
          </tr>
        </thead>
        <tbody>
          {checks.map((check, index) => (
            <tr key={index}>
              <th scope="row">{check.name}</th>
              <td>
                <StatusBadge status={check.status} />
              </td>
              <td>
                <TaskName task={check.task} />
              </td>
              <td class="mono nowrap">{check.partition}</td>
              <td>
                {foundText(check)}
                {check.sample !== undefined && check.sample.rows.length > 0 && (
                  <Sample sample={check.sample} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function foundText({ message, failures }: TaskCheck): string {
  if (message !== undefined) return message
  return failures === undefined ? '' : countedText(failures, 'failing row')
}
