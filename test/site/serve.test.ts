import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser } from './browser.ts'
import { copyExample, sluice } from './example-site.ts'
import { type ServeProcess, serve } from './server.ts'

const longMs = 120_000
const now = ['--now', '2001-01-04T06:00:00Z']

let browser: Browser
let folder: string
let project: string
let server: ServeProcess

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-serve-'))
  project = await copyExample(folder)
  const run = ['run', '--project', project, ...now, '--from', '2001-01-01', '--to', '2001-01-03']
  expect((await sluice(run)).code).toBe(0)
  browser = await launchBrowser()
  server = await serve(project, ...now)
}, longMs)

afterAll(async () => {
  await browser?.close()
  await server?.end()
  await rm(folder, { recursive: true, force: true })
})

describe('an open page', () => {
  let page: Page
  afterEach(() => page.close())

  /** A page on which a mark tells whether the document is still the same. */
  const open = async (address: string): Promise<Page> => {
    const opened = await browser.newPage({ viewport: { width: 800, height: 500 } })
    await opened.goto(server.url + address)
    await opened.evaluate(() => {
      document.title = `${document.title} (the same document)`
      scrollTo(0, 300)
    })
    return opened
  }

  test('shows what changed in a model, where the reader is on it', { timeout: longMs }, async () => {
    page = await open('model/marts.daily_by_origin.html')
    const file = join(project, 'models/marts/marts.yml')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace("airport's departures, by day", "airport's departures, told anew"))
    await page.getByText('departures, told anew').first().waitFor()
    expect(await page.title()).toContain('the same document')
    expect(await page.evaluate(() => scrollY)).toBe(300)
  })

  test('shows a run of another terminal, which finds the database free', { timeout: longMs }, async () => {
    page = await open('runs.html')
    const before = await page.locator('main a[href^="run/"]').count()
    const run = ['run', '--project', project, ...now, '--select', 'staging.flights', '--force']
    expect((await sluice(run)).code).toBe(0)
    await page.waitForFunction(
      (count) => document.querySelectorAll('main a[href^="run/"]').length > count,
      before,
    )
    expect(await page.title()).toContain('the same document')
  })

  test('keeps what it showed when the project breaks, and tells of the mistake', {
    timeout: longMs,
  }, async () => {
    page = await open('model/marts.daily_by_route.html')
    const file = join(project, 'models/marts/daily_by_route.sql')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('from staging.flights', 'from staging.fligths'))
    await page.locator('.mistakes').waitFor()
    expect(await page.locator('.mistakes').textContent()).toContain('staging.fligths')
    expect(await page.locator('h1').innerText()).toContain('marts.daily_by_route')
    expect(await (await fetch(`${server.url}model/marts.daily_by_route.html`)).text()).toContain('SL')
    await writeFile(
      join(project, 'sluice.yml'),
      `${await readFile(join(project, 'sluice.yml'), 'utf8')}\nnonsense: 1\n`,
    )
    await page.locator('.mistakes', { hasText: 'nonsense' }).waitFor()
    await writeFile(
      join(project, 'sluice.yml'),
      (await readFile(join(project, 'sluice.yml'), 'utf8')).replace('\nnonsense: 1\n', ''),
    )
    await writeFile(file, text)
    await page.locator('.mistakes').waitFor({ state: 'detached' })
    expect(await page.title()).toContain('the same document')
  })

  test('of a model that is removed says that it is gone', { timeout: longMs }, async () => {
    const file = join(project, 'models/reports/short_lived.sql')
    await writeFile(file, '/*---\nmaterialized: view\n---*/\nselect 1 as one\n')
    await expect
      .poll(async () => (await fetch(`${server.url}model/reports.short_lived.html`)).status, {
        timeout: longMs,
      })
      .toBe(200)
    page = await open('model/reports.short_lived.html')
    await rm(file)
    await page.getByRole('heading', { name: 'Not found' }).waitFor()
  })
})

describe('the server', () => {
  test('gives the JSON of the pages', async () => {
    const get = async (path: string): Promise<unknown> =>
      (await fetch(`${server.url}api/${path}.json`)).json()
    expect(await get('site')).toMatchObject({ project: 'flights', adapter: 'duckdb' })
    expect(await get('graph')).toMatchObject({ kind: 'graph' })
    expect(await get('search')).toHaveProperty('entries')
    expect(await get('pages/index')).toMatchObject({ kind: 'home' })
    expect(await get('pages/model/staging.flights')).toMatchObject({ kind: 'model', name: 'staging.flights' })
    expect(await get('lineage/staging.flights')).toMatchObject({ relation: 'staging.flights' })
    expect((await fetch(`${server.url}api/pages/model/nothing.json`)).status).toBe(404)
  })

  test('answers only for its own name, so that no other site can have its pages read', async () => {
    const { hostname, port } = new URL(server.url)
    const status = async (host: string): Promise<number> => {
      const { request } = await import('node:http')
      return new Promise((resolve, reject) => {
        request({ hostname, port, path: '/api/site.json', headers: { host } }, (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        })
          .on('error', reject)
          .end()
      })
    }
    expect(await status(`evil.example:${port}`)).toBe(421)
    expect(await status(`127.0.0.1.evil.example:${port}`)).toBe(421)
    expect(await status(`localhost:${port}`)).toBe(200)
    expect(await status(`127.0.0.1:${port}`)).toBe(200)
  })

  test('sends headers that forbid what pages do not need, and takes nothing but questions', async () => {
    for (const path of [
      '',
      'assets/site.js',
      'api/site.json',
      'api/nothing.json',
      'nothing',
      'assets/nothing.js',
    ]) {
      const { headers } = await fetch(server.url + path)
      expect(headers.get('content-security-policy'), path).toContain("frame-ancestors 'none'")
      expect(headers.get('x-content-type-options'), path).toBe('nosniff')
      expect(headers.get('referrer-policy'), path).toBe('no-referrer')
      expect(headers.get('access-control-allow-origin'), path).toBeNull()
    }
    expect((await fetch(server.url, { method: 'POST' })).status).toBe(405)
    expect((await fetch(server.url, { method: 'HEAD' })).status).toBe(200)
    for (const path of ['assets/..%2fsluice.cjs', 'assets/%2e%2e/site.cjs', '..%2f..%2fsluice.yml']) {
      expect((await fetch(server.url + path)).status).toBe(404)
    }
  })
})

describe('a port', () => {
  let other: Server
  let port: number
  beforeAll(async () => {
    other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    port = (other.address() as AddressInfo).port
  })
  afterAll(() => other.close())

  test('that was asked for and is taken is refused', async () => {
    const words = ['docs', 'serve', '--project', project, '--port', String(port)]
    expect(await sluice(words)).toMatchObject({ code: 2, err: expect.stringContaining('SL943') })
  })

  test('that nobody asked for is any free one', { timeout: longMs }, async () => {
    const [first, second] = await Promise.all([serve(project), serve(project)])
    expect(first.url).not.toBe(second.url)
    expect(await first.end('SIGTERM')).toBe(143)
    expect(await second.end('SIGINT')).toBe(130)
  })
})

test('Ctrl-C ends the server at once, with pages open', { timeout: longMs }, async () => {
  const own = await serve(project)
  const page = await browser.newPage()
  await page.goto(own.url)
  expect(await own.end('SIGINT')).toBe(130)
  await page.locator('.server-gone').waitFor()
  await page.close()
})

test('nothing is loaded again while nothing changes: looking is no change', { timeout: longMs }, async () => {
  const own = await serve(project)
  await appendFile(join(project, 'models/marts/marts.yml'), '\n')
  await own.printed(/loaded again/)
  // A second change is seen alone: whatever the first load did was none.
  await appendFile(join(project, 'models/marts/marts.yml'), '\n')
  await own.printed(/loaded again[\s\S]*loaded again/)
  expect(own.output().match(/loaded again/g)).toHaveLength(2)
  await own.end()
})
