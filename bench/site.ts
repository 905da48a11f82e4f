import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser } from '../test/site/browser.ts'
import { generateProject } from './generate-project.ts'
import { median, report } from './report.ts'

// The docs site of generated projects: how long `sluice docs build` takes (cold: no cache; warm: nothing changed), how large it is, and in a
// real Chromium, from file://, how soon somebody sees the first page and a laid-out graph: the default one that came with the page, what is
// around one model, and, of 300 models, all of them, each laid out in the page's worker, its start included.
const root = process.cwd()
const bin = join(root, 'bin', 'sluice.cjs')
const sizes = (process.argv[2] ?? '30,300,1000,5000').split(',').map(Number)
const runs = Number(process.argv[3] ?? 3)
/** Of which every node is shown at once. */
const fullView = 300

const browser = await launchBrowser()
try {
  for (const models of sizes) await measure(models)
} finally {
  await browser.close()
}

async function measure(models: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  const say = (figure: string, value: number, unit: 'ms' | 'MB' | 'kB', details = {}): void =>
    report({ bench: 'site', figure, value, unit, runs, models, ...details })
  try {
    const [project, site] = [join(folder, 'project'), join(folder, 'site')]
    generateProject(project, models)
    spawnSync('sleep', ['0.2'])
    report({
      bench: 'site',
      figure: 'docs build, cold',
      value: docsBuild(project, site),
      unit: 'ms',
      runs: 1,
      models,
    })
    report({
      bench: 'site',
      figure: 'docs build, warm',
      value: docsBuild(project, site),
      unit: 'ms',
      runs: 1,
      models,
    })
    say('size of the site', sizeOf(site) / 1e6, 'MB')
    say('first view, compressed', firstView(site, 'index.html') / 1e3, 'kB', { aim: 300 })
    say('lineage page, compressed', firstView(site, 'graph.html') / 1e3, 'kB')
    say('first view painted', await painted(site, 'index.html'), 'ms')
    say('default graph painted', await painted(site, 'graph.html'), 'ms')
    const focus = `layer_3.model_${3 * perLayer(models)}`
    if (models > 3 * perLayer(models))
      say('neighborhood laid out', await laidOut(site, new URLSearchParams([['focus', focus]])), 'ms')
    if (models !== fullView) return
    const all = layers(models).map((layer) => ['open', layer])
    say('full view laid out', await laidOut(site, new URLSearchParams(all)), 'ms', { aim: 2000 })
    const { first, again, boxes, lines } = await inWorker(site)
    say('layout with the worker’s start', first, 'ms', { boxes, lines, aim: 2000 })
    say('layout again', again, 'ms', { boxes, lines, aim: 2000 })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** As the generated projects have them. */
function perLayer(models: number): number {
  return Math.max(10, Math.ceil(models / 20))
}

function layers(models: number): readonly string[] {
  return Array.from({ length: Math.ceil(models / perLayer(models)) }, (_, at) => `layer_${at}`)
}

function docsBuild(project: string, folder: string): number {
  const words = [bin, 'docs', 'build', '--project', project, '--folder', folder]
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`sluice docs build failed: ${stderr}`)
  return performance.now() - start
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0)
}

/** Bytes of a page and all that it loads before it is shown, each compressed by gzip. */
function firstView(site: string, page: string): number {
  const html = readFileSync(join(site, page), 'utf8')
  const named = [...html.matchAll(/<(?:link|script)\b[^>]*? (?:href|src)="(assets\/[^"]+)"/g)].map(
    (found) => found[1]!,
  )
  return [page, ...new Set(named)].reduce(
    (sum, name) => sum + gzipSync(readFileSync(join(site, name))).length,
    0,
  )
}

/** First contentful paint, since the navigation. */
function painted(site: string, page: string): Promise<number> {
  return opened(site, page, (opened) =>
    until(opened, () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime),
  )
}

/** Until the page has drawn the view that its address asks for, since the navigation; the page then says how much it shows. */
function laidOut(site: string, view: URLSearchParams): Promise<number> {
  return opened(site, `graph.html#${view}`, (opened) =>
    until(opened, () => {
      const said = [...document.querySelectorAll('[role=status]')].some(({ textContent }) =>
        / nodes? in \d+ box/.test(textContent ?? ''),
      )
      return said && document.querySelector('.graph-box') !== null ? performance.now() : undefined
    }),
  )
}

/** The median over fresh pages, each in a profile without a cache. */
async function opened(site: string, address: string, work: (page: Page) => Promise<number>): Promise<number> {
  const found: number[] = []
  for (let run = 0; run < runs; run++) {
    found.push(
      await withPage(browser, async (page) => {
        await page.goto(`${pathToFileURL(site).href}/${address}`, { waitUntil: 'commit' })
        return work(page)
      }),
    )
  }
  return median(found)
}

async function withPage<T>(on: Browser, work: (page: Page) => Promise<T>): Promise<T> {
  const context = await on.newContext({ viewport: { width: 1280, height: 800 }, bypassCSP: true })
  try {
    return await work(await context.newPage())
  } finally {
    await context.close()
  }
}

/** What the page answers as soon as it answers anything but undefined, asked at every frame. */
async function until(page: Page, ask: () => number | undefined): Promise<number> {
  const answer = await page.waitForFunction(ask, undefined, { polling: 'raf', timeout: 120_000 })
  return (await answer.jsonValue())!
}

interface WorkerFigures {
  readonly first: number
  readonly again: number
  readonly boxes: number
  readonly lines: number
}

/** All nodes of the site's graph, laid out twice by the page's own code, nothing drawn. */
async function inWorker(site: string): Promise<WorkerFigures> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['bench/site-layout.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  })
  const found: WorkerFigures[] = []
  for (let run = 0; run < runs; run++) {
    found.push(
      await withPage(browser, async (page) => {
        await page.goto(`${pathToFileURL(site).href}/graph.html`)
        await page.addScriptTag({ content: outputFiles[0]!.text })
        return page.evaluate<WorkerFigures>('layoutFigures()')
      }),
    )
  }
  return {
    ...found[0]!,
    first: median(found.map(({ first }) => first)),
    again: median(found.map(({ again }) => again)),
  }
}
