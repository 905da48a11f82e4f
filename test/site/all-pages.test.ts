import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser } from './browser.ts'
import { builtSite } from './built-site.ts'
import { type ServeProcess, serve } from './server.ts'
import { fileUrl, pagesIn, visit } from './visit.ts'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const longMs = 180_000

let browser: Browser
let folder: string
let pages: readonly string[]
let server: ServeProcess

beforeAll(async () => {
  const built = await builtSite()
  folder = built.folder
  pages = await pagesIn(folder)
  browser = await launchBrowser()
  server = await serve(built.project, '--now', '2001-01-11T09:00:00Z')
}, longMs)

afterAll(async () => {
  await browser?.close()
  await server?.end()
})

test('every kind of page is there', () => {
  const kinds = new Set(pages.map((page) => page.replace(/[/.].*/, '')))
  expect([...kinds].sort()).toEqual([
    'catalog',
    'check',
    'exposure',
    'graph',
    'index',
    'model',
    'run',
    'runs',
    'seed',
    'source',
  ])
})

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test('every page opens from a file: nothing goes wrong, nothing is asked of others, axe finds nothing', {
    timeout: longMs,
  }, async () => {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 800 } })
    const found: Record<string, readonly string[]> = {}
    for (const page of pages) {
      const seen = await visit(context, fileUrl(folder, page))
      found[page] = [
        ...(await violations(seen.page)),
        ...(colorScheme === 'light' ? await deadLinks(seen.page) : []),
        ...seen.requests.filter((url) => !/^(file|blob|data):/.test(url)),
        ...seen.wrong,
      ]
      await seen.page.close()
    }
    await context.close()
    expect(onlyFound(found)).toEqual({})
  })
})

test('every page is served: nothing goes wrong and nothing is asked of others', {
  timeout: longMs,
}, async () => {
  const context = await browser.newContext()
  const found: Record<string, readonly string[]> = {}
  for (const page of pages) {
    const seen = await visit(context, server.url + page)
    found[page] = [...seen.wrong, ...seen.requests.filter((url) => isElsewhere(url))]
    await seen.page.close()
  }
  await context.close()
  expect(onlyFound(found)).toEqual({})
})
test('no page is wider than the screen', { timeout: longMs }, async () => {
  const context = await browser.newContext()
  const found: Record<string, readonly string[]> = {}
  for (const page of pages) {
    const { page: shown } = await visit(context, fileUrl(folder, page))
    const wide: string[] = []
    for (const width of [360, 768, 1280, 2560]) {
      await shown.setViewportSize({ width, height: 900 })
      const actual = await shown.evaluate(() => document.documentElement.scrollWidth)
      if (actual > width) wide.push(`${actual} at ${width}: ${await widest(shown, width)}`)
    }
    found[page] = wide
    await shown.close()
  }
  await context.close()
  expect(onlyFound(found)).toEqual({})
})

test('on a small screen axe finds nothing either', { timeout: longMs }, async () => {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 } })
  const found: Record<string, readonly string[]> = {}
  const small = ['index', 'graph', 'catalog', 'runs', 'model/marts.daily_by_origin', 'model/staging.flights']
  for (const page of small) {
    const seen = await visit(context, fileUrl(folder, `${page}.html`))
    found[page] = await violations(seen.page)
    await seen.page.close()
  }
  await context.close()
  expect(onlyFound(found)).toEqual({})
})

test('without JavaScript every page says what it is about', { timeout: longMs }, async () => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  const said = async (page: string): Promise<string> => {
    const { page: shown } = await visit(context, fileUrl(folder, page))
    const text = await shown.locator('body').innerText()
    expect(await shown.locator('h1').count(), page).toBe(1)
    expect(await shown.locator('.needs-script:visible').count(), page).toBe(0)
    await shown.close()
    return text
  }
  const texts = new Map<string, string>()
  for (const page of pages) texts.set(page, await said(page))
  expect(texts.get('index.html')).toMatch(/stale/)
  expect(texts.get('catalog.html')).toMatch(/marts\.daily_by_origin/)
  expect(texts.get('graph.html')).toMatch(/staging\.flights/)
  expect(texts.get('runs.html')).toMatch(/failed/)
  const model = texts.get('model/marts.daily_by_origin.html')
  for (const word of ['Flights and delays of each airport', 'p90_delay', 'staging.flights', '2001-01-05']) {
    expect(model).toContain(word)
  }
  expect(texts.get('check/checks.early_flights.html')).toContain('more than an hour')
  await context.close()
})

test.each(['index.html', 'graph.html', 'model/marts.daily_by_origin.html'])(
  'a first view of %s loads less than 300 kB, compressed',
  async (page) => {
    const context = await browser.newContext()
    const seen = await visit(context, fileUrl(folder, page))
    const files = new Set(seen.requests.filter((url) => url.startsWith('file:')))
    let bytes = 0
    for (const url of files) bytes += gzipSync(await readFile(fileURLToPath(url))).length
    expect(bytes).toBeLessThan(300_000)
    await context.close()
  },
)

test('what others wrote and is shipped stands in the licenses', async () => {
  const text = await readFile(join(folder, 'assets/licenses.txt'), 'utf8')
  for (const line of [/^preact \S+ \(MIT\)/m, /^elkjs \S+ \(EPL-2\.0/m, /Eclipse Public License/i]) {
    expect(text).toMatch(line)
  }
})

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe)
  const { violations: found } = (await page.evaluate(
    'axe.run({ resultTypes: ["violations"], preload: false })',
  )) as AxeResults
  return found.flatMap(({ id, nodes }) =>
    nodes
      .slice(0, 3)
      .map((node) => `axe ${id}: ${node.target} ${node.failureSummary} ${node.html.slice(0, 200)}`),
  )
}

async function deadLinks(page: Page): Promise<readonly string[]> {
  // In a drawing `link.href` is an object, not a text.
  const links = await page.evaluate(() =>
    [...document.querySelectorAll('a[href]')].map(
      (link) => new URL(link.getAttribute('href')!, document.baseURI).href,
    ),
  )
  return links.filter((link) => {
    if (/^(https?|mailto):/.test(link)) return false
    return !link.startsWith('file:') || !existsSync(fileURLToPath(new URL(link)))
  })
}

/** What reaches beyond the right edge, to find the culprit by. */
function widest(page: Page, width: number): Promise<string> {
  return page.evaluate((limit) => {
    const beyond = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().right > limit + 1,
    )
    return beyond
      .slice(-3)
      .map((element) => element.outerHTML.slice(0, 120))
      .join(' | ')
  }, width)
}

function isElsewhere(url: string): boolean {
  return !url.startsWith(server.url) && !/^(blob|data):/.test(url)
}

function onlyFound(
  found: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(found).filter(([, each]) => each.length > 0))
}
