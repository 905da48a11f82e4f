import type { JSX } from 'preact'
import type { SourcePage } from '../../core/docs/api.ts'

export function SourceView({ page }: { readonly page: SourcePage }): JSX.Element {
  return <h1>{page.name}</h1>
}
