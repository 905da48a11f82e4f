import type { JSX } from 'preact'
import type { ModelPage } from '../../core/docs/api.ts'

export function ModelView({ page }: { readonly page: ModelPage }): JSX.Element {
  return <h1>{page.name}</h1>
}
