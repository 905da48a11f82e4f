import { renderToString } from 'preact-render-to-string'
import { addressOf, type PageRef, rootFrom } from '../../core/docs/address.ts'
import type { PageData, SiteInfo } from '../../core/docs/api.ts'
import { App } from '../pages/app.tsx'
import { titleOf } from '../pages/title.ts'
import { contentSecurityPolicy } from './policy.ts'

export interface RenderRequest {
  readonly info: SiteInfo
  readonly ref: PageRef
  readonly data: PageData
  /** Where the client gets more data: scripts beside the pages, or a server that also tells of changes. */
  readonly transport: 'scripts' | 'server'
  /** Which state of the site this is; only of a server. */
  readonly version?: string
}

/** A whole HTML document, complete without JavaScript. Everything in it went through the renderer's escaping. */
export function renderPage({ info, ref, data, transport, version }: RenderRequest): string {
  const address = addressOf(ref)
  const root = rootFrom(address)
  const body = renderToString(<App info={info} address={address} data={data} />)
  const head = renderToString(
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content={contentSecurityPolicy} />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="referrer" content="no-referrer" />
      <meta name="generator" content={`Sluice ${info.version}`} />
      <title>{titleOf(data, info)}</title>
      <link rel="icon" type="image/svg+xml" href={`${root}assets/icon.svg`} />
      <link rel="stylesheet" href={`${root}assets/site.css`} />
      <script src={`${root}assets/theme.js`} />
      <script src={`${root}assets/site.js`} defer />
    </head>,
  )
  const embedded = jsonInHtml({ info, address, data, transport, version })
  return `<!doctype html>\n<html lang="en">${head}<body><div id="app">${body}</div><script type="application/json" id="sluice-page">${embedded}</script></body></html>\n`
}

/** JSON that ends no script element and starts no comment, wherever it stands in HTML. */
export function jsonInHtml(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
