import type { ComponentChildren, JSX } from 'preact'
import type { PageData } from '../../core/docs/api.ts'
import { Instant } from './instant.tsx'
import { Search } from './search.tsx'
import { useSite } from './site-context.ts'
import { ThemeToggle } from './theme-toggle.tsx'

export interface ShellProps {
  readonly kind: PageData['kind']
  readonly children: ComponentChildren
}

const places = [
  { kind: 'home', label: 'Overview', below: [] },
  { kind: 'graph', label: 'Lineage', below: [] },
  { kind: 'catalog', label: 'Relations', below: ['model', 'seed', 'source', 'check', 'exposure'] },
  { kind: 'runs', label: 'Runs', below: ['run'] },
] as const satisfies readonly {
  readonly kind: PageData['kind']
  readonly label: string
  readonly below: readonly PageData['kind'][]
}[]

/** Header, navigation and footer around a page. */
export function Shell({ kind, children }: ShellProps): JSX.Element {
  const { info, link } = useSite()
  return (
    <div class={`site site-${kind}`}>
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to a place of the page, also without scripts */}
      <a class="skip-link" href="#main" onClick={skipToMain}>
        Skip to content
      </a>
      <header class="site-header">
        <a class="site-name" href={link({ kind: 'home' })}>
          <Sign />
          <span>{info.project}</span>
        </a>
        <nav aria-label="Site" class="site-nav">
          {places.map((place) => (
            <a key={place.kind} href={link({ kind: place.kind })} aria-current={currentOf(place, kind)}>
              {place.label}
            </a>
          ))}
        </nav>
        <div class="site-controls">
          <Search />
          <ThemeToggle />
        </div>
      </header>
      {info.withoutState !== undefined && <Banner reason={info.withoutState} />}
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Footer />
    </div>
  )
}

function currentOf(place: (typeof places)[number], kind: PageData['kind']): 'page' | 'true' | undefined {
  if (place.kind === kind) return 'page'
  const below: readonly PageData['kind'][] = place.below
  return below.includes(kind) ? 'true' : undefined
}

/** The address' hash holds the view on some pages, so the link moves the focus itself where it can. */
function skipToMain(event: MouseEvent): void {
  event.preventDefault()
  const main = document.getElementById('main')
  main?.focus()
  main?.scrollIntoView()
}

function Sign(): JSX.Element {
  return (
    <svg class="site-sign" width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" />
      <path d="M6 11c5 0 5 4 10 4s5-4 10-4M6 19c5 0 5 4 10 4s5-4 10-4" />
    </svg>
  )
}

function Banner({ reason }: { readonly reason: string }): JSX.Element {
  return (
    <div class="banner" role="note">
      <p>
        <strong>No states and no runs here:</strong> {reason}
      </p>
    </div>
  )
}

function Footer(): JSX.Element {
  const { info } = useSite()
  return (
    <footer class="site-footer">
      <p>
        Target <strong>{info.target}</strong> ({info.adapter}), as of{' '}
        <Instant at={info.generatedAt} withAge />
      </p>
      <p>Sluice {info.version}</p>
    </footer>
  )
}
