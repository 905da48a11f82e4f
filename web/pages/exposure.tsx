import type { JSX } from 'preact'
import type { ExposurePage } from '../../core/docs/api.ts'

export function ExposureView({ page }: { readonly page: ExposurePage }): JSX.Element {
  return <h1>{page.label}</h1>
}
