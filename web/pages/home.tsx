import type { JSX } from 'preact'
import type { HomePage } from '../../core/docs/api.ts'
import { useSite } from '../components/site-context.ts'

export function HomeView({ page: _ }: { readonly page: HomePage }): JSX.Element {
  return <h1>{useSite().info.project}</h1>
}
