import type { JSX } from 'preact'
import type { CatalogPage } from '../../core/docs/api.ts'

export function CatalogView({ page: _ }: { readonly page: CatalogPage }): JSX.Element {
  return <h1>Relations</h1>
}
