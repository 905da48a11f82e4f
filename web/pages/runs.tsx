import type { JSX } from 'preact'
import type { RunsPage } from '../../core/docs/api.ts'

export function RunsView({ page: _ }: { readonly page: RunsPage }): JSX.Element {
  return <h1>Runs</h1>
}
