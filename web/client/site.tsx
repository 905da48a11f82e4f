import { hydrate } from 'preact'
import { App, type AppProps } from '../pages/app.tsx'
import { connect } from './data.ts'

/** The browser's entry: takes over the page that was written or served. */
function start(): void {
  const embedded = document.getElementById('sluice-page')?.textContent
  const element = document.getElementById('app')
  if (!embedded || element === null) return
  const page = JSON.parse(embedded) as AppProps & { readonly transport: 'scripts' | 'server' }
  connect(page)
  hydrate(<App {...page} />, element)
}

start()
