import type { JSX } from 'preact'
import type { SeedPage } from '../../core/docs/api.ts'

export function SeedView({ page }: { readonly page: SeedPage }): JSX.Element {
  return <h1>{page.name}</h1>
}
