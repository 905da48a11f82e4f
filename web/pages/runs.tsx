import type { JSX } from 'preact'
import type { RunsPage } from '../../core/docs/api.ts'
import { Empty } from '../components/empty.tsx'
import { countedText } from '../components/quantity.ts'
import { RunTable } from '../components/run-table.tsx'

export function RunsView({ page }: { readonly page: RunsPage }): JSX.Element {
  return (
    <>
      <div class="page-head">
        <h1>Runs</h1>
        <p class="meta">
          {page.runs.length === 0
            ? 'None yet'
            : `${countedText(page.runs.length, 'run')}, newest first${page.older > 0 ? `; ${countedText(page.older, 'older one')} left out` : ''}`}
        </p>
      </div>
      {page.runs.length === 0 ? (
        <Empty title="Nothing has been run" command="run">
          <p>Each run is listed here, with its tasks, errors and what to do next.</p>
        </Empty>
      ) : (
        <RunTable runs={page.runs} label="Runs, newest first" />
      )}
    </>
  )
}
