import type { JSX } from 'preact'
import type { CheckPage } from '../../core/docs/api.ts'

export function CheckView({ page }: { readonly page: CheckPage }): JSX.Element {
  return <h1>{page.name}</h1>
}
