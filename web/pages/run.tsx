import type { JSX } from 'preact'
import type { RunPage } from '../../core/docs/api.ts'

export function RunView({ page }: { readonly page: RunPage }): JSX.Element {
  return <h1>Run {page.id}</h1>
}
