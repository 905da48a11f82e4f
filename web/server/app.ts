import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { addressOf, type PageRef, slugOf } from '../../core/docs/address.ts'
import type { Site } from '../../core/docs/site.ts'
import { renderNotFound } from '../site/not-found.tsx'
import { contentSecurityPolicy } from '../site/policy.ts'
import { renderPage } from '../site/render.tsx'
import { isOurHost } from './hosts.ts'
import type { ServedSite } from './served-site.ts'

export interface ServerRequest {
  readonly served: ServedSite
  /** Absolute: the files that pages load. */
  readonly assets: string
  /** What it listens on. */
  readonly host: string
  /** Ends the streams that tell of changes. */
  readonly signal: AbortSignal
}

const headers: Readonly<Record<string, string>> = {
  'Content-Security-Policy': `${contentSecurityPolicy}; frame-ancestors 'none'`,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
}

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
}

/** Pages, their JSON and what they load, for browsers of this machine. Changes nothing, so it only knows GET and HEAD. */
export function siteApp({ served, assets, host, signal }: ServerRequest): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    if (!isOurHost(context.req.header('host'), host)) {
      return context.text('This server does not go by that name.\n', 421, headers)
    }
    if (context.req.method !== 'GET' && context.req.method !== 'HEAD') {
      return context.text('Only GET and HEAD.\n', 405, { ...headers, Allow: 'GET, HEAD' })
    }
    await next()
    for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value)
    return undefined
  })
  app.get('/assets/:name', async (context) => {
    const name = context.req.param('name')
    const type = types[/^[a-z-]+\.([a-z]+)$/.exec(name)?.[1] ?? '']
    const body = type === undefined ? undefined : await readFile(join(assets, name)).catch(() => undefined)
    return body === undefined
      ? missing(context)
      : context.body(new Uint8Array(body), 200, { 'Content-Type': type! })
  })
  app.get('/api/events', (context) => events(context, served, signal))
  app.get('/api/*', async (context) => {
    const [, address] = /^\/api\/(.*)\.json$/.exec(context.req.path) ?? []
    const value = address === undefined ? undefined : await jsonAt(served.site(), address)
    return value === undefined ? context.json({ error: 'not found' }, 404) : context.json(value as object)
  })
  app.get('/*', async (context) => {
    const path = context.req.path
    const address = path === '/' ? 'index' : /^\/(.*)\.html$/.exec(path)?.[1]
    // Taken together, so that the page's version is that of its data.
    const [site, version] = [served.site(), served.version()]
    const ref = address === undefined ? undefined : refsOf(site).get(address)
    const data = ref && (await site.page(ref))
    if (ref === undefined || data === undefined) return missing(context)
    return context.html(renderPage({ info: site.info, ref, data, transport: 'server', version }))
  })
  app.onError((error, context) => context.text(`This is a bug in Sluice: ${error.message}\n`, 500, headers))
  return app
}

function missing(context: Context): Response | Promise<Response> {
  return context.html(renderNotFound('/'), 404)
}

async function jsonAt(site: Site, address: string): Promise<unknown> {
  if (address === 'site') return site.info
  if (address === 'search') return site.search()
  if (address === 'graph') return site.page({ kind: 'graph' })
  const [, kind, rest] = /^(lineage|pages)\/(.+)$/.exec(address) ?? []
  if (rest === undefined) return undefined
  if (kind === 'lineage') {
    const relation = relationsOf(site).get(rest)
    return relation === undefined ? undefined : site.lineage(relation)
  }
  const ref = refsOf(site).get(rest)
  return ref && site.page(ref)
}

const refs = new WeakMap<Site, ReadonlyMap<string, PageRef>>()

function refsOf(site: Site): ReadonlyMap<string, PageRef> {
  const known = refs.get(site) ?? new Map(site.pages.map((ref) => [addressOf(ref), ref]))
  refs.set(site, known)
  return known
}

const relations = new WeakMap<Site, ReadonlyMap<string, string>>()

function relationsOf(site: Site): ReadonlyMap<string, string> {
  const known = relations.get(site) ?? new Map(site.relations.map((relation) => [slugOf(relation), relation]))
  relations.set(site, known)
  return known
}

/** Server-sent events: the site's version now, and after each change. */
function events(context: Context, served: ServedSite, signal: AbortSignal): Response {
  return streamSSE(context, async (stream) => {
    let isOpen = true
    let wake: (() => void) | undefined
    const end = (): void => {
      isOpen = false
      wake?.()
    }
    const stopListening = served.onChange(() => wake?.())
    stream.onAbort(end)
    signal.addEventListener('abort', end)
    try {
      let told: string | undefined
      while (isOpen && !signal.aborted) {
        const version = served.version()
        if (version !== told) {
          await stream.writeSSE({ event: 'version', data: version })
          told = version
          continue
        }
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    } finally {
      stopListening()
      signal.removeEventListener('abort', end)
    }
  })
}
