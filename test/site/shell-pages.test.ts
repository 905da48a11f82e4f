import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOf } from '../../core/docs/address.ts'
import type { PageData } from '../../core/docs/api.ts'
import { renderPage } from '../../web/site/render.tsx'
import { launchBrowser } from './browser.ts'
import { info } from './nodes-fixture.ts'
import { emptyHome, searchIndex, shellPages } from './shell-fixture.ts'
import { visit } from './visit.ts'

interface BuildRequest {
  readonly root: string
  readonly dist: string
  readonly version: string
}

let browser: Browser
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-shell-'))
  const dist = join(folder, 'dist')
  await mkdir(dist)
  const script = pathToFileURL(join(process.cwd(), 'scripts/build-site.mjs')).href
  const { buildSite } = (await import(script)) as { buildSite(request: BuildRequest): Promise<void> }
  await buildSite({ root: process.cwd(), dist, version: '0.0.0' })
  await cp(join(dist, 'assets'), join(folder, 'assets'), { recursive: true })
  await mkdir(join(folder, 'run'))
  await mkdir(join(folder, 'api'))
  const index = JSON.stringify(JSON.stringify(searchIndex))
  await writeFile(join(folder, 'api/search.js'), `sluiceData('api/search',${index})`)
  await Promise.all(shellPages.map(write))
  browser = await launchBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true })
})

async function write(data: PageData): Promise<void> {
  const ref = data.kind === 'run' ? { kind: data.kind, name: data.id } : { kind: data.kind as 'home' }
  await writeFile(
    join(folder, `${addressOf(ref)}.html`),
    renderPage({ info, ref, data, transport: 'scripts' }),
  )
}

const addresses = ['index', 'catalog', 'runs', 'run/run1', 'run/large', 'run/evil']

async function withPage(
  address: string,
  work: (page: Page, wrong: readonly string[]) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const context = await browser.newContext(options)
  try {
    const [path, hash] = address.split('#')
    const url = pathToFileURL(join(folder, `${path}.html`)).href
    const { page, wrong } = await visit(context, hash === undefined ? url : `${url}#${hash}`)
    await work(page, wrong)
  } finally {
    await context.close()
  }
}

/** Ages are written in the browser only: when they are there, the page is alive. */
async function alive(page: Page): Promise<void> {
  await page.locator('footer time[title]').waitFor()
}

describe('search', () => {
  test('opens by its key, chooses by arrows, opens by Enter', () =>
    withPage('run/run1', async (page, wrong) => {
      await alive(page)
      await page.keyboard.press('/')
      const field = page.getByRole('combobox', { name: /Search/ })
      await field.waitFor()
      expect(await field.evaluate((element) => element === document.activeElement)).toBe(true)
      await page.keyboard.type('delay')
      await page.getByText('2 results.').waitFor()
      expect(await page.getByRole('option').allInnerTexts()).toHaveLength(2)
      await page.keyboard.press('ArrowDown')
      const chosen = page.locator('[role="option"][aria-selected="true"]')
      expect(await field.getAttribute('aria-activedescendant')).toBe(await chosen.getAttribute('id'))
      const href = await chosen.getAttribute('href')
      expect(href).toMatch(/^\.\.\/(model|source)\//)
      expect(wrong).toEqual([])
      await chosen.evaluate((element) => {
        element.addEventListener('click', (event) => {
          event.preventDefault()
          document.title = (event.currentTarget as HTMLAnchorElement).getAttribute('href') ?? ''
        })
      })
      await page.keyboard.press('Enter')
      expect(await page.title()).toBe(href)
    }))

  test('keeps the focus inside, closes by Escape and gives the focus back', () =>
    withPage('index', async (page) => {
      await alive(page)
      const button = page.getByRole('button', { name: 'Search' })
      await button.focus()
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').waitFor()
      for (let presses = 0; presses < 6; presses++) {
        await page.keyboard.press('Tab')
        const isOutside = await page.evaluate(
          () =>
            document.activeElement !== document.body && document.activeElement?.closest('dialog') === null,
        )
        expect(isOutside).toBe(false)
      }
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      expect(await button.evaluate((element) => element === document.activeElement)).toBe(true)
    }))

  test('a hostile name is text in its results', () =>
    withPage('index', async (page, wrong) => {
      await alive(page)
      await page.keyboard.press('/')
      await page.getByRole('combobox').fill('script')
      await page.getByRole('option').first().waitFor()
      expect(await page.locator('x-injected').count()).toBe(0)
      expect(wrong).toEqual([])
    }))
})

test('a chosen theme holds on other pages, and from the first paint on', () =>
  withPage('index', async (page) => {
    await alive(page)
    const theme = (): Promise<string | undefined> =>
      page.evaluate(() => document.documentElement.dataset.theme)
    const toggle = page.getByRole('button', { name: /^Theme/ })
    await toggle.click()
    await toggle.click()
    await expect.poll(theme).toBe('dark')
    await page.goto(pathToFileURL(join(folder, 'runs.html')).href)
    expect(await theme()).toBe('dark')
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(16, 21, 28)')
    await alive(page)
    await toggle.click()
    await expect.poll(theme).toBe(undefined)
  }))

test.each([360, 768, 1280, 2560])('no page scrolls sideways at %d pixels', async (width) => {
  for (const address of addresses) {
    await withPage(
      address,
      async (page, wrong) => {
        await alive(page)
        expect(await page.evaluate(() => document.documentElement.scrollWidth), address).toBeLessThanOrEqual(
          width,
        )
        expect(wrong, address).toEqual([])
        expect(await page.locator('x-injected').count()).toBe(0)
      },
      { viewport: { width, height: 800 } },
    )
  }
})

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

interface Axe {
  run(): Promise<{
    readonly violations: readonly {
      readonly id: string
      readonly nodes: readonly { readonly html: string }[]
    }[]
  }>
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.addScriptTag({ path: axe })
  return page.evaluate(async () => {
    const found = await (globalThis as unknown as { axe: Axe }).axe.run()
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`)
  })
}

test.each(['light', 'dark'] as const)(
  'axe finds nothing, %s',
  async (colorScheme) => {
    for (const address of ['index', 'catalog#q=model_42', 'runs', 'run/run1', 'run/evil']) {
      await withPage(
        address,
        async (page) => {
          await alive(page)
          expect(await violations(page), address).toEqual([])
        },
        { colorScheme, bypassCSP: true },
      )
    }
    await withPage(
      'index',
      async (page) => {
        await alive(page)
        await page.keyboard.press('/')
        await page.getByRole('combobox').fill('a')
        await page.getByRole('option').first().waitFor()
        expect(await violations(page), 'search').toEqual([])
      },
      { colorScheme, bypassCSP: true },
    )
  },
  60_000,
)

describe('relations', () => {
  test('five thousand are drawn in steps, filtered by typing, and the address says how', () =>
    withPage('catalog', async (page, wrong) => {
      await alive(page)
      const rows = page.locator('.catalog tbody tr')
      expect(await rows.count()).toBeLessThan(1000)
      await page.getByRole('searchbox', { name: 'Filter' }).fill('model_4999')
      await expect.poll(() => rows.count()).toBe(1)
      expect(await page.evaluate(() => location.hash)).toBe('#q=model_4999')
      await page.getByRole('button', { name: 'Clear' }).click()
      await expect.poll(() => rows.count()).toBeGreaterThan(200)
      expect(await page.evaluate(() => location.hash)).toBe('')
      await page.getByRole('button', { name: 'Rows' }).click()
      await page.getByRole('button', { name: 'Rows' }).click()
      await expect.poll(() => rows.first().innerText()).toContain('4,999,000')
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight))
      await expect.poll(() => rows.count()).toBeGreaterThanOrEqual(500)
      expect(wrong).toEqual([])
    }))

  test('a link leads to what it filters', () =>
    withPage('catalog#state=stale&q=model_7', async (page) => {
      await alive(page)
      await page.getByText(/ of 5,000 entries/).waitFor()
      expect(await page.locator('.catalog tbody .state-fresh').count()).toBe(0)
    }))
})

describe('a run', () => {
  test('two thousand tasks stand by node; one opens and closes by keyboard', () =>
    withPage('run/large', async (page) => {
      await alive(page)
      const rows = page.locator('.tasks tbody tr')
      expect(await rows.count()).toBe(4)
      expect(await page.locator('.problem').count()).toBe(20)
      await page.getByRole('region', { name: 'Tasks on a time line' }).focus()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      await expect.poll(() => rows.count()).toBe(205)
      await page.keyboard.press('Enter')
      await expect.poll(() => rows.count()).toBe(4)
    }))

  test('says what failed, where, in which statement, and what to do next', () =>
    withPage('run/run1', async (page) => {
      const problem = page.locator('.problem')
      const text = await problem.innerText()
      for (const part of [
        'SL701',
        'division by zero',
        'Guard the divisor.',
        'models/marts/ratio.sql:12:3',
        '1 / 0',
      ]) {
        expect(text).toContain(part)
      }
      expect(text).toContain('sluice run --select marts.ratio')
    }))
})

test('without JavaScript every page says all that it says', async () => {
  for (const address of addresses) {
    await withPage(
      address,
      async (page) => {
        expect(await page.locator('h1').count()).toBe(1)
        expect(await page.getByRole('button').count(), address).toBe(0)
        if (address === 'catalog')
          expect(await page.locator('noscript li').last().textContent()).toContain('marts.model_4999')
        if (address === 'run/run1') expect(await page.locator('.tasks tbody tr').count()).toBe(6)
      },
      { javaScriptEnabled: false },
    )
  }
})

test('a project that has never run is told the command', () => {
  const ref = { kind: 'home' } as const
  const html = renderPage({ info, ref, data: emptyHome, transport: 'scripts' })
  expect(html).toContain('Nothing has been run yet')
  expect(html).toContain('sluice run')
  const withoutState = 'the target <b> has no ledger'
  const without = renderPage({ info: { ...info, withoutState }, ref, data: emptyHome, transport: 'scripts' })
  expect(without).toContain('the target &lt;b> has no ledger')
})
