import type { JSX } from 'preact'
import type { RunLine } from '../../core/docs/api.ts'
import { Duration } from './duration.tsx'
import { Instant } from './instant.tsx'
import { useSite } from './site-context.ts'
import { StatusBadge } from './status-badge.tsx'

/** Runs as rows, in the order given. */
export function RunTable({
  runs,
  label,
}: {
  readonly runs: readonly RunLine[]
  readonly label: string
}): JSX.Element {
  const { link } = useSite()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section class="table-scroll" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Status</th>
            <th scope="col">Started</th>
            <th scope="col" class="number">
              Took
            </th>
            <th scope="col">Tasks</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id}>
              <th scope="row" class="run-name">
                <a class="mono" href={link({ kind: 'run', name: run.id })}>
                  {run.id}
                </a>{' '}
                <span class="quiet">
                  {run.command}
                  {run.user !== undefined && ` by ${run.user}`}
                </span>
              </th>
              <td>
                <StatusBadge status={run.status} />
              </td>
              <td class="nowrap">
                <Instant at={run.startedAt} withAge />
              </td>
              <td class="number">{run.elapsedMs !== undefined && <Duration ms={run.elapsedMs} />}</td>
              <td>
                <Counts counts={run.counts} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** How many tasks ended how. */
export function Counts({ counts }: { readonly counts: RunLine['counts'] }): JSX.Element {
  return (
    <ul class="chips">
      {counts
        .filter(({ count }) => count > 0)
        .map(({ status, count }) => (
          <li key={status}>
            <StatusBadge status={status} count={count} />
          </li>
        ))}
    </ul>
  )
}
