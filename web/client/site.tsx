import { hydrate, type JSX, render } from 'preact'
import { App, type AppProps } from '../pages/app.tsx'
import { Boundary } from './boundary.ts'
import { connect } from './data.ts'
import { followChanges } from './live.ts'

interface EmbeddedInPage {
  readonly transport: 'scripts' | 'server'
  /** Of what is shown; only from a server. */
  readonly version?: string
}

/** The browser's entry: takes over the page that was written or served. */
function start(): void {
  const embedded = document.getElementById('sluice-page')?.textContent
  const element = document.getElementById('app')
  if (!embedded || element === null) return
  const page = JSON.parse(embedded) as AppProps & EmbeddedInPage
  const written = [...element.childNodes].map((node) => node.cloneNode(true))
  connect(page)
  const tree = (shown: AppProps): JSX.Element => (
    <Boundary onError={(error) => fallBack(element, written, error)}>
      <App info={shown.info} address={shown.address} data={shown.data} />
    </Boundary>
  )
  hydrate(tree(page), element)
  if (page.transport === 'server') {
    const { address, version = '' } = page
    followChanges({ address, version, show: (fresh) => render(tree(fresh), element) })
  }
}

/** A mistake in what makes the page lively must not take the page away: it is shown again as it was written. */
function fallBack(element: Element, written: readonly Node[], error: unknown): void {
  console.error(error)
  setTimeout(() => {
    render(null, element)
    delete document.documentElement.dataset.live
    element.replaceChildren(...written)
  })
}

start()
