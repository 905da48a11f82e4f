import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderPage } from '../../web/site/render.tsx'
import { launchBrowser } from './browser.ts'
import { builtSite } from './built-site.ts'
import { generatedGraph } from './graph-fixture.ts'
import { fileUrl, visit } from './visit.ts'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
let browser: Browser
let folder: string
let scratch: string

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sluice-graph-'))
  folder = (await builtSite()).folder
  browser = await launchBrowser()
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await rm(scratch, { recursive: true, force: true })
})

/** Opens a view, waits until it is drawn, and holds that nothing went wrong on the page. */
async function onGraph(
  hash: string,
  work: (page: Page) => Promise<void>,
  { url = fileUrl(folder, 'graph.html'), ...options }: BrowserContextOptions & { readonly url?: string } = {},
): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    ...options,
  })
  try {
    const { page, wrong } = await visit(context, `${url}${hash === '' ? '' : `#${hash}`}`)
    await drawn(page)
    await work(page)
    // A page that is left while its worker starts does not wait for it.
    expect(wrong.filter((text) => !/^blob:.*ERR_ABORTED$/.test(text))).toEqual([])
  } finally {
    await context.close()
  }
}

async function drawn(page: Page): Promise<void> {
  await page.locator('fieldset.graph-tools:not([disabled])').waitFor()
  await page.locator('section.graph-stage[aria-busy="false"]').waitFor()
}

async function boxes(page: Page): Promise<readonly string[]> {
  const found = await page
    .locator('[data-box]')
    .evaluateAll((all) => all.map((each) => each.getAttribute('data-box')!))
  return found.sort()
}

async function hasFocus(page: Page, name: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.activeElement?.closest('[data-box]')?.getAttribute('data-box') === wanted,
    name,
  )
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe)
  const { violations: found } = (await page.evaluate(
    'axe.run({ preload: false, resultTypes: ["violations"] })',
  )) as AxeResults
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary}`),
  )
}

const link = (page: Page, name: string) => page.locator(`[data-box="${name}"] .box-link`)

describe('the lineage graph', () => {
  test('shows what is around a node that is pressed, in more levels if asked, and Back leads back', async () => {
    await onGraph('', async (page) => {
      const all = await boxes(page)
      await link(page, 'marts.weekly_by_origin').click()
      await page.waitForURL(/focus=marts\.weekly_by_origin/)
      await drawn(page)
      expect(await boxes(page)).toEqual([
        'marts.daily_by_origin',
        'marts.weekly_by_origin',
        'staging.flights',
      ])
      await page.getByRole('button', { name: 'Fewer levels upstream' }).click()
      await page.waitForURL(/up=1/)
      await page.waitForFunction(() => document.querySelectorAll('[data-box]').length === 2)
      await page.goBack()
      await page.goBack()
      await page.waitForFunction(
        (count) => document.querySelectorAll('[data-box]').length === count,
        all.length,
      )
      expect(await boxes(page)).toEqual(all)
    })
  })

  test('finds a node by some of its letters, and a column', async () => {
    await onGraph('', async (page) => {
      await page.keyboard.press('/')
      await page.keyboard.type('wekly orig')
      await page.locator('.graph-hit').first().waitFor()
      expect(await page.locator('.graph-hit').first().textContent()).toContain('marts.weekly_by_origin')
      await page.keyboard.press('Enter')
      await hasFocus(page, 'marts.weekly_by_origin')
      await page.keyboard.press('/')
      await page.keyboard.type('p90_delay')
      await page.locator('.graph-hit', { hasText: 'marts.daily_by_origin.p90_delay' }).click()
      await page.waitForURL(/trace=marts\.daily_by_origin&column=p90_delay/)
    })
  })

  test('is narrowed by a selector, and says what is wrong with one', async () => {
    await onGraph('', async (page) => {
      const field = page.getByLabel('Selector, as for --select')
      await field.fill('+reports.days,kind:model')
      await field.press('Enter')
      await page.waitForFunction(() => document.querySelectorAll('[data-box]').length === 4)
      expect(await boxes(page)).toEqual([
        'marts.daily_by_origin',
        'marts.daily_by_route',
        'reports.days',
        'staging.flights',
      ])
      await field.fill('tag:marts')
      await field.press('Enter')
      await page.getByRole('alert').waitFor()
      expect(await page.getByRole('alert').textContent()).toContain('did you mean `mart`?')
    })
  })

  test('follows a column through the models, what is copied apart from what only decides rows', async () => {
    await onGraph('trace=marts.daily_by_origin&column=origin', async (page) => {
      expect(await boxes(page)).toContain('staging.flights')
      expect(await page.locator('.graph-line.role-copied').count()).toBeGreaterThan(0)
      expect(await page.locator('.graph-line.is-rows').count()).toBeGreaterThan(0)
      const madeOf = page.locator('.panel-section', { hasText: 'Made of' })
      expect(await madeOf.textContent()).toMatch(/copied.*staging\.flights\.origin/)
      expect(await violations(page)).toEqual([])
      await page.getByLabel('with what decides rows').uncheck()
      await page.waitForURL(/rows=no/)
      await page.waitForFunction(() => document.querySelectorAll('.graph-line.is-rows').length === 0)
      await page.keyboard.press('Escape')
      await page.waitForURL((url) => !url.hash.includes('trace'))
    })
  })

  test('shows columns in a box, and each leads along its way', async () => {
    await onGraph('focus=staging.flights', async (page) => {
      await link(page, 'staging.flights').focus()
      await page.keyboard.press('c')
      await page.locator('[data-box="staging.flights"] [data-column="delay"]').click()
      await page.waitForURL(/trace=staging\.flights&column=delay/)
      await page.locator('.box-row.is-traced').waitFor()
    })
  })

  test('is walked by keys alone', async () => {
    await onGraph('', async (page) => {
      await page.locator('section.graph-stage').focus()
      await page.keyboard.press('Tab')
      await hasFocus(page, 'raw.airports')
      await page.keyboard.press('ArrowDown')
      await hasFocus(page, 'raw.flights')
      await page.keyboard.press('ArrowRight')
      await hasFocus(page, 'staging.flights')
      expect(await page.locator(':focus').getAttribute('aria-label')).toMatch(
        /^staging\.flights, model, .*\d+ upstream, \d+ downstream$/,
      )
      await page.keyboard.press('ArrowLeft')
      await page.keyboard.press('ArrowRight')
      await hasFocus(page, 'staging.flights')
      await page.keyboard.press('Enter')
      await page.waitForURL(/focus=staging\.flights/)
      await hasFocus(page, 'staging.flights')
      await page.keyboard.press('?')
      await page.locator('dialog[open]').waitFor()
      await page.keyboard.press('Escape')
      await page.locator('dialog[open]').waitFor({ state: 'detached' })
      expect(page.url()).toContain('focus=')
      // What a page loads for its next view would be cut off when it is left.
      await drawn(page)
      await page.keyboard.press('o')
      await page.waitForURL(/model\/staging\.flights\.html/)
    })
  })

  test('closes folders to one box each, which open again', async () => {
    await onGraph('closed=marts&closed=staging', async (page) => {
      expect(await boxes(page)).not.toContain('marts.daily_by_origin')
      await page.locator('[data-box="folder:marts"] .box-link').click()
      await page.locator('[data-box="marts.daily_by_origin"]').waitFor()
      expect(await boxes(page)).toContain('folder:staging')
    })
  })

  test('is zoomed, moved and fitted', async () => {
    await onGraph('', async (page) => {
      const view = () => page.locator('svg.graph-canvas').getAttribute('viewBox')
      const start = await view()
      await page.locator('section.graph-stage').focus()
      await page.keyboard.press('+')
      const near = await view()
      expect(near).not.toBe(start)
      await page.keyboard.press('ArrowRight')
      expect(await view()).not.toBe(near)
      await page.keyboard.press('f')
      expect(await view()).toBe(start)
      const box = (await page.locator('svg.graph-canvas').boundingBox())!
      await page.mouse.move(box.x + 30, box.y + 30)
      await page.mouse.wheel(0, -300)
      await page.waitForFunction(
        (before) => document.querySelector('.graph-canvas')!.getAttribute('viewBox') !== before,
        start,
      )
      const zoomed = await view()
      await page.mouse.down()
      await page.mouse.move(box.x + 130, box.y + 90, { steps: 4 })
      await page.mouse.up()
      expect(await view()).not.toBe(zoomed)
    })
  })

  test('ignores what is hostile in the address, and says so', async () => {
    await onGraph(
      'focus=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&state=__proto__&kind=model',
      async (page) => {
        expect(await page.locator('#graph-notes').textContent()).toContain(
          'focus=<img src=x onerror=alert(1)>',
        )
        expect(await page.locator('#graph-notes img').count()).toBe(0)
        expect(await boxes(page)).not.toContain('states')
      },
    )
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`has a panel and a table that axe finds nothing in, ${colorScheme} and on 360 pixels`, async () => {
      for (const width of [1280, 360]) {
        await onGraph(
          'focus=marts.daily_by_origin&columns=marts.daily_by_origin&columns=staging.flights',
          async (page) => {
            await page.locator('.graph-panel').waitFor()
            await page.locator('.graph-table > summary').click()
            expect(await violations(page)).toEqual([])
            expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
            expect(await page.locator('.graph-table tbody tr').count()).toBe((await boxes(page)).length)
          },
          { colorScheme, viewport: { width, height: 800 } },
        )
      }
    })
  }

  test('is there without JavaScript, its boxes links to their pages', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(fileUrl(folder, 'graph.html'))
    expect(await link(page, 'staging.flights').getAttribute('href')).toBe('model/staging.flights.html')
    expect(await page.locator('.graph-table tbody tr').count()).toBe((await boxes(page)).length)
    await context.close()
  })
})

test('five thousand models are folders, opened one by one or by neighbourhood', {
  timeout: 120_000,
}, async () => {
  const site = await writeGraphSite(5000)
  await onGraph(
    '',
    async (page) => {
      expect(await boxes(page)).toHaveLength(10)
      await page.locator('[data-box="folder:layer_0"] .box-link').click()
      await page.locator('[data-box="layer_0.model_0"]').waitFor()
      expect(await page.locator('#graph-notes').textContent()).toContain('109 boxes are left out')
      await page.keyboard.press('/')
      await page.keyboard.type('model_2600')
      await page.keyboard.press('Enter')
      await page.locator('.is-focus[data-box="layer_5.model_2600"]').waitFor()
      expect((await boxes(page)).length).toBeLessThan(100)
    },
    { url: site },
  )
})

test('three hundred models are all laid out', { timeout: 60_000 }, async () => {
  await onGraph(
    '',
    async (page) => {
      await page.waitForFunction(() => document.querySelectorAll('[data-box]').length === 300)
    },
    { url: await writeGraphSite(300) },
  )
})

/** A site of one page, with the assets of the built one. */
async function writeGraphSite(count: number): Promise<string> {
  const root = join(scratch, String(count))
  await mkdir(root, { recursive: true })
  const { cp } = await import('node:fs/promises')
  await cp(join(folder, 'assets'), join(root, 'assets'), { recursive: true })
  await mkdir(join(root, 'api'))
  await writeFile(join(root, 'api/search.js'), `sluiceData('api/search','{"entries":[]}')`)
  const info = {
    project: 'large',
    target: 'dev',
    adapter: 'duckdb',
    generatedAt: '2001-01-01T00:00:00Z',
    version: '0.0.0',
    hasSamples: false,
  }
  const html = renderPage({
    info,
    ref: { kind: 'graph' },
    data: generatedGraph(count),
    transport: 'scripts',
  } as never)
  await writeFile(join(root, 'graph.html'), html)
  return fileUrl(root, 'graph.html')
}
