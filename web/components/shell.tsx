import type { ComponentChildren, JSX } from 'preact'
import type { PageData } from '../../core/docs/api.ts'
import { useSite } from './site-context.ts'

export interface ShellProps {
  readonly kind: PageData['kind']
  readonly children: ComponentChildren
}

/** Header, navigation and footer around a page. */
export function Shell({ children }: ShellProps): JSX.Element {
  const { info, link } = useSite()
  return (
    <>
      <header>
        <a href={link({ kind: 'home' })}>{info.project}</a>
        <nav aria-label="Site">
          <a href={link({ kind: 'graph' })}>Lineage</a>
          <a href={link({ kind: 'catalog' })}>Relations</a>
          <a href={link({ kind: 'runs' })}>Runs</a>
        </nav>
      </header>
      <main id="main">{children}</main>
    </>
  )
}
