import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addressOf } from '../../core/docs/address.ts'
import type { ModelPage, PageData } from '../../core/docs/api.ts'
import { renderPage } from '../../web/site/render.tsx'
import { launchBrowser } from './browser.ts'
import { checkPage, exposurePage, historyOf, info, modelPage, seedPage, sourcePage } from './nodes-fixture.ts'
import { visit } from './visit.ts'

const hostile = `<img src=x onerror="globalThis.broken=1"></script><script>globalThis.broken=1</script>' " javascript:x`

/** Every text of a page, replaced by one that would do harm if it were taken for HTML; what the page must understand stays. */
function poisoned(value: unknown, key = ''): unknown {
  const kept = [
    'kind',
    'state',
    'states',
    'status',
    'severity',
    'role',
    'roles',
    'materialization',
    'grain',
    'at',
  ]
  if (kept.includes(key)) return value
  if (typeof value === 'string') return hostile
  if (Array.isArray(value)) return value.map((each) => poisoned(each, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, poisoned(each, name)]))
}

const evil = poisoned(modelPage()) as ModelPage
const pages: readonly PageData[] = [
  modelPage(),
  seedPage,
  sourcePage,
  checkPage,
  exposurePage,
  modelPage({
    name: 'hours',
    partitions: historyOf({
      grain: 'hour',
      from: '2021-10-01T05:00Z',
      to: '2021-12-01T05:00Z',
      timezone: 'America/Chicago',
      stateAt: (at) => (at === 100 ? 'failed' : 'fresh'),
    }),
  }),
  modelPage({
    name: 'huge',
    sql: { ...modelPage().sql, source: "select 'x' as x, -- y\n".repeat(10_000) },
  }),
  { ...evil, name: 'evil', downstream: [], upstream: [] },
  { ...(poisoned(exposurePage) as typeof exposurePage), name: 'evil', url: 'javascript:globalThis.broken=1' },
]

interface BuildRequest {
  readonly root: string
  readonly dist: string
  readonly version: string
}

let browser: Browser
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-nodes-'))
  const dist = join(folder, 'dist')
  await mkdir(dist)
  const script = pathToFileURL(join(process.cwd(), 'scripts/build-site.mjs')).href
  const { buildSite } = (await import(script)) as { buildSite(request: BuildRequest): Promise<void> }
  await buildSite({ root: process.cwd(), dist, version: '0.0.0' })
  await cp(join(dist, 'assets'), join(folder, 'assets'), { recursive: true })
  for (const data of pages) {
    if (!('name' in data)) continue
    const ref = { kind: data.kind, name: data.name }
    await mkdir(join(folder, data.kind), { recursive: true })
    await writeFile(
      join(folder, `${addressOf(ref)}.html`),
      renderPage({ info, ref, data, transport: 'scripts' }),
    )
  }
  browser = await launchBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true })
})

async function withPage(
  address: string,
  work: (page: Page, wrong: readonly string[]) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const context = await browser.newContext(options)
  try {
    const [path, hash = ''] = address.split('#')
    const url = `${pathToFileURL(join(folder, `${path}.html`)).href}${hash && `#${hash}`}`
    const { page, wrong } = await visit(context, url)
    await work(page, wrong)
  } finally {
    await context.close()
  }
}

const model = 'model/marts.daily_by_origin'
const chosenKey = (page: Page): Promise<string | null> => page.textContent('.partition h3')
const hashOf = (page: Page): Promise<string> => page.evaluate(() => location.hash)

test('a partition is chosen by mouse and keyboard; details, SQL and the address follow', async () => {
  await withPage(model, async (page, wrong) => {
    expect(await chosenKey(page)).toBe('2001-05-19')
    await page.click('[role=gridcell][aria-label^="2001-01-21:"]')
    expect(await chosenKey(page)).toBe('2001-01-21')
    expect(await page.textContent('.partition')).toContain('unique(flight_date, origin) failed: 3 rows')
    expect(await page.textContent('.partition code')).toBe(
      'sluice run --select marts.daily_by_origin --partition 2001-01-21',
    )
    expect(await hashOf(page)).toBe('#partition=2001-01-21')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowDown')
    expect(await chosenKey(page)).toBe('2001-01-29')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(
      /^2001-01-29: /,
    )
    expect(await page.locator('[role=gridcell][tabindex="0"]').count()).toBe(1)
    await page.keyboard.press('Control+Home')
    expect(await hashOf(page)).toBe('#partition=2001-01-01')
    await page.click('text=Compiled')
    expect(await page.textContent('.sql-panel-compiled pre')).toContain("DATE '2001-01-01'")
    await page.selectOption('.sql-partition select', '2001-02-03')
    expect(await page.textContent('.sql-panel-compiled pre')).toContain("DATE '2001-02-03'")
    expect(await chosenKey(page)).toBe('2001-02-03')
    expect(wrong).toEqual([])
  })
})

test('an address with a partition opens the page at it', async () => {
  await withPage(`${model}#partition=2001-02-14`, async (page) => {
    await page.waitForFunction(() => document.querySelector('.partition h3')?.textContent === '2001-02-14')
  })
  await withPage(`${model}#partition=%E0%A4%A`, async (page, wrong) => {
    expect(await chosenKey(page)).toBe('2001-05-19')
    expect(wrong).toEqual([])
  })
})

test('a shared cell shows its mix, and opens to the partitions in it', async () => {
  await withPage('model/hours', async (page) => {
    const cell = page.locator('[role=gridcell][aria-label^="2021-10-05:"]')
    expect(await cell.getAttribute('aria-label')).toBe('2021-10-05: 1 failed, 23 fresh')
    expect(await cell.locator('rect').count()).toBe(2)
    await cell.click()
    expect(await chosenKey(page)).toBe('2021-10-05T23')
    await page.click('[role=gridcell][aria-label="2021-10-05T04: failed"]')
    expect(await chosenKey(page)).toBe('2021-10-05T04')
  })
})

test('a plot is read by keyboard, and a click chooses the partition', async () => {
  await withPage(model, async (page) => {
    const plot = page.locator('.plot-frame').first()
    await plot.focus()
    await page.keyboard.press('Home')
    expect(await plot.getAttribute('aria-valuetext')).toBe('2001-01-01: 230')
    await page.keyboard.press('Enter')
    expect(await chosenKey(page)).toBe('2001-01-01')
    const box = (await plot.boundingBox())!
    await plot.click({ position: { x: box.width - 10, y: 60 } })
    expect(await chosenKey(page)).toBe('2001-05-19')
  })
})

test('columns lead to their trace and to the relations that they are made of', async () => {
  await withPage(model, async (page) => {
    const hrefs = await page
      .locator('.columns a')
      .evaluateAll((links) => links.map((each) => each.getAttribute('href')))
    expect(hrefs).toContain(
      '../graph.html#focus=marts.daily_by_origin&trace=marts.daily_by_origin&column=flight_date',
    )
    expect(hrefs).toContain('../model/staging.flights.html#column-flight_date')
    const roles = await page.locator('.columns tr:first-child .step-role').allTextContents()
    expect(roles).toEqual(['copied', 'filtered by', 'transformed'])
    expect(await page.getAttribute('.node-lineage', 'href')).toBe('../graph.html#focus=marts.daily_by_origin')
  })
})

test('hostile text in every field stays text', async () => {
  for (const address of ['model/evil', 'exposure/evil']) {
    await withPage(address, async (page, wrong) => {
      await page.waitForSelector('html[data-live]')
      expect(await page.evaluate(() => 'broken' in globalThis)).toBe(false)
      expect(await page.locator('main img, main script, a[href^="javascript" i]').count()).toBe(0)
      expect(await page.textContent('main')).toContain('<img src=x onerror=')
      expect(wrong).toEqual([])
    })
  }
})

test('a text of 200 kB is shown whole, in few elements', async () => {
  await withPage('model/huge', async (page) => {
    expect((await page.textContent('.sql-panel-source pre'))?.length).toBeGreaterThan(200_000)
    expect(await page.locator('.sql-panel-source pre *').count()).toBeLessThan(10)
  })
})

test('without JavaScript everything is there to read', async () => {
  await withPage(
    model,
    async (page) => {
      await page.click('text=Compiled')
      expect(await page.isVisible('.sql-panel-compiled pre')).toBe(true)
      await page.click('text=The same as a table')
      expect(await page.locator('.partition-table tbody tr').count()).toBe(60)
      expect(await page.isVisible('.copy')).toBe(false)
      expect(await page.textContent('.partition')).toContain('2001-05-19')
    },
    { javaScriptEnabled: false },
  )
})

const addresses = pages.flatMap((data) => ('name' in data ? [`${data.kind}/${data.name}`] : []))

test.each(addresses)('%s does not scroll sideways on a small screen', async (address) => {
  await withPage(
    address,
    async (page, wrong) => {
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
      expect(wrong).toEqual([])
    },
    { viewport: { width: 360, height: 740 } },
  )
})

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

interface AxeAnswer {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly { readonly html: string }[]
  }[]
}

test.each(['light', 'dark'] as const)(
  'axe finds nothing, %s',
  async (colorScheme) => {
    for (const address of addresses.filter((each) => each !== 'model/huge')) {
      await withPage(
        address,
        async (page) => {
          await page.addScriptTag({ path: axe })
          const found = await page.evaluate(async () => {
            const run = (globalThis as unknown as { axe: { run(): Promise<AxeAnswer> } }).axe
            return (await run.run()).violations.map(
              ({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`,
            )
          })
          expect(found, address).toEqual([])
        },
        { colorScheme, bypassCSP: true },
      )
    }
  },
  60_000,
)
