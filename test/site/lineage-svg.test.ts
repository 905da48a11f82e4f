import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SvgRequest, standaloneSvg } from '../../web/graph/standalone.tsx'
import { launchBrowser } from './browser.ts'

let browser: Browser
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-svg-'))
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true })
})

/** Opens the text as a file of its own; Chromium refuses SVG files that are not well-formed. */
async function opened(
  svg: string,
  work: (page: Page) => Promise<void>,
  { scheme = 'light' as 'light' | 'dark', name = 'picture.svg' } = {},
): Promise<void> {
  const file = join(folder, name)
  await writeFile(file, svg)
  const page = await browser.newPage({ colorScheme: scheme })
  const wrong: string[] = []
  page.on('console', (message) => wrong.push(message.text()))
  page.on('pageerror', (error) => wrong.push(error.message))
  page.on('dialog', (dialog) => {
    wrong.push(dialog.message())
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(file).href) wrong.push(request.url())
  })
  try {
    await page.goto(pathToFileURL(file).href)
    expect(await page.locator('parsererror').count()).toBe(0)
    await work(page)
    expect(wrong).toEqual([])
  } finally {
    await page.close()
  }
}

const hostile = [
  '</text><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  ']]>&lt;&#0;',
  '<!--',
  '</style><style>*{display:none}',
  'javascript:alert(1)',
  'a\u0000b\u001bc\u000bd\ufffe',
  'lone \ud800 surrogate',
  'weiß & "quoted" \'too\'',
  '\u202eright to left',
  '',
  '__proto__',
]

test('names of any characters are shown as text, in a file that is well-formed', async () => {
  const request: SvgRequest = {
    title: hostile.join(' '),
    description: hostile.join(' '),
    boxes: hostile.map((id) => ({ id, kind: 'model', columns: hostile })),
    lines: hostile.slice(1).map((to, at) => ({
      from: hostile[at]!,
      to,
      fromColumn: to,
      toColumn: hostile[at]!,
      roles: ['copied'],
    })),
  }
  await opened(await standaloneSvg(request), async (page) => {
    expect(await page.locator('script, img, style:nth-of-type(2)').count()).toBe(0)
    expect(await page.locator('.graph-box').count()).toBe(hostile.length)
    const shown = await page.locator('.graph-box > title').allTextContents()
    expect(shown[0]).toBe('</text><script>alert(1)</script>, model')
    expect(shown[6]).toBe('a\ufffdb\ufffdc\ufffdd\ufffd, model')
    expect(await page.evaluate(() => document.documentElement.tagName)).toBe('svg')
  })
})

test('an empty graph is a picture, too', async () => {
  await opened(
    await standaloneSvg({ title: 'Nothing', description: 'nothing', boxes: [], lines: [] }),
    async (page) => {
      expect(await page.locator('title').first().textContent()).toBe('Nothing')
    },
  )
})

test('what is drawn can be told from the ground, in light and in dark', async () => {
  const svg = await standaloneSvg({
    title: 'Two',
    description: 'a and b',
    boxes: [
      { id: 'a', kind: 'source', columns: ['x'] },
      { id: 'b', kind: 'model', columns: ['x', 'y'] },
    ],
    lines: [
      { from: 'a', to: 'b', fromColumn: 'x', toColumn: 'x', roles: ['copied'] },
      { from: 'a', to: 'b', fromColumn: 'x', toColumn: 'y', roles: ['aggregated'] },
      { from: 'a', to: 'b', fromColumn: 'x', roles: ['filter', 'join'], isOfRows: true },
    ],
  })
  for (const scheme of ['light', 'dark'] as const) {
    await opened(
      svg,
      async (page) => {
        const color = (selector: string, property: string) =>
          page
            .locator(selector)
            .first()
            .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property)
        const ground = await color('.picture-ground', 'fill')
        const text = await color('.box-title', 'fill')
        expect(contrast(text, ground)).toBeGreaterThan(7)
        expect(contrast(await color('.row-name', 'fill'), ground)).toBeGreaterThan(4.5)
        for (const way of ['copied', 'computed', 'rows'])
          expect(contrast(await color(`.way-${way} .line-path`, 'stroke'), ground)).toBeGreaterThan(3)
        expect(await color('.way-rows .line-path', 'stroke-dasharray')).not.toBe('none')
        expect(await page.locator('.graph-line > title').allTextContents()).toEqual([
          'a.x → b.x: copied',
          'a.x → b.y: aggregated',
          'a.x → b: filter, join',
        ])
        expect(await page.locator('.picture-legend text').allTextContents()).toEqual([
          'copied',
          'transformed or aggregated',
          'only decides rows',
        ])
      },
      { scheme },
    )
  }
})

test('`sluice lineage --output svg` draws columns of a relation, readers of a column and a whole project', async () => {
  const svgOf = async (...words: readonly string[]): Promise<string> => {
    const bin = [join(process.cwd(), 'bin/sluice.cjs'), 'lineage', ...words, '--output', 'svg']
    const options = { cwd: join(process.cwd(), 'models.example'), maxBuffer: 1 << 26 }
    return (await promisify(execFile)(process.execPath, bin, options)).stdout
  }
  const titles = (page: Page) => page.locator('.box-title').allTextContents()
  const columns = await svgOf('reports.days.mean_delay', '--role', 'values')
  await opened(columns, async (page) => {
    expect(await titles(page)).toEqual([
      'raw.flights',
      'staging.flights',
      'marts.daily_by_origin',
      'reports.days',
    ])
    expect(await page.locator('.row-name').allTextContents()).toContain('total_delay')
    expect(await page.locator('title').first().textContent()).toBe(
      'Column lineage of reports.days.mean_delay',
    )
  })
  expect(await svgOf('reports.days.mean_delay', '--role', 'values'), 'the same file every time').toBe(columns)
  await opened(await svgOf('raw.flights.delay', '--downstream', '--depth', '1'), async (page) => {
    expect(await titles(page)).toEqual(['raw.flights', 'staging.flights'])
  })
  await opened(await svgOf('raw.flights.delay'), async (page) => {
    expect(await titles(page)).toEqual(['raw.flights'])
  })
  await opened(await svgOf(), async (page) => {
    expect(await titles(page)).toEqual(expect.arrayContaining(['raw.flights', 'states', 'reports.airports']))
    expect(await page.locator('.graph-boxes .kind-check').count()).toBe(0)
  })
  await opened(await svgOf('--select', 'staging.flights+1'), async (page) => {
    const shown = await titles(page)
    expect(shown).toContain('staging.flights')
    expect(await page.locator('.graph-line').count()).toBe(shown.length - 1)
  })
})

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light! + 0.05) / (dark! + 0.05)
}

function luminance(color: string): number {
  const [r, g, b] = /(\d+), (\d+), (\d+)/
    .exec(color)!
    .slice(1)
    .map((part) => Number(part) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}
