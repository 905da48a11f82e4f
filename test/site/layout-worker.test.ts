import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { GraphDrawing } from '../../core/docs/drawing.ts'
import { sizedBox } from '../../web/graph/box-size.ts'
import { layOutInNode } from '../../web/layout/in-node.ts'
import type { LayoutRequest } from '../../web/layout/request.ts'
import { contentSecurityPolicy } from '../../web/site/policy.ts'
import { launchBrowser } from './browser.ts'

let browser: Browser
let folder: string

/** A page with the site's policy and the site's own layout code, nothing else. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-layout-'))
  await build({
    stdin: {
      contents: `import { layOut } from './web/layout/layout.ts'
        import { connect } from './web/client/data.ts'
        connect({ address: 'index', transport: 'scripts' })
        let started = 0
        const OriginalWorker = globalThis.Worker
        globalThis.Worker = class extends OriginalWorker { constructor(...all) { super(...all); started++ } }
        globalThis.lay = layOut
        globalThis.startedWorkers = () => started`,
      resolveDir: process.cwd(),
      loader: 'ts',
    },
    bundle: true,
    format: 'iife',
    outfile: join(folder, 'page.js'),
  })
  const policy = `<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}">`
  await writeFile(join(folder, 'index.html'), `<!doctype html>${policy}<script src="page.js"></script>`)
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true })
})

declare global {
  var lay: (request: LayoutRequest) => Promise<GraphDrawing>
  var startedWorkers: () => number
}

/** What lies where the site has the layout's code. */
async function withCode(code: string | undefined): Promise<void> {
  const file = join(folder, 'assets', 'layout-worker.js')
  await rm(join(folder, 'assets'), { recursive: true, force: true })
  if (code === undefined) return
  const { mkdir } = await import('node:fs/promises')
  await mkdir(join(folder, 'assets'))
  await writeFile(file, `sluiceData('assets/layout-worker',${JSON.stringify(code)})`)
}

async function elkCode(): Promise<string> {
  return readFile(createRequire(import.meta.url).resolve('elkjs/lib/elk-worker.min.js'), 'utf8')
}

async function onPage<T>(work: (page: Page) => Promise<T>): Promise<T> {
  const page = await browser.newPage()
  try {
    await page.goto(pathToFileURL(join(folder, 'index.html')).href)
    return await work(page)
  } finally {
    await page.close()
  }
}

function chain(count: number): LayoutRequest {
  const ids = Array.from({ length: count }, (_, at) => `n${at}`)
  return {
    boxes: ids.map((id) => sizedBox({ id, label: id, columns: ['x'] })),
    lines: ids
      .slice(1)
      .map((to, at) => ({ from: ids[at]!, to, ...(at % 2 === 0 ? { fromColumn: 'x', toColumn: 'x' } : {}) })),
  }
}

test('a page opened from a file lays out in a worker as Node does, under the policy of the site', async () => {
  await withCode(await elkCode())
  const drawing = await onPage((page) => page.evaluate((request) => lay(request), chain(12)))
  expect(drawing).toEqual(await layOutInNode(chain(12)))
})

test('of requests that come one after the other only the newest is answered, all by one worker', async () => {
  await withCode(await elkCode())
  const [answers, workers] = await onPage((page) =>
    page.evaluate(
      async (requests) => {
        const settled = await Promise.allSettled(requests.map((request) => lay(request)))
        const said = settled.map((each) =>
          each.status === 'fulfilled' ? each.value.boxes.length : (each.reason as Error).name,
        )
        const later = await lay(requests[0]!)
        return [[...said, later.boxes.length], startedWorkers()] as const
      },
      [chain(3), chain(4), chain(5)],
    ),
  )
  expect(answers).toEqual(['SupersededLayout', 'SupersededLayout', 5, 3])
  expect(workers).toBe(1)
})

test('code that is not there, or that does not run, is said; the next request tries again', async () => {
  const failure = (page: Page) =>
    page.evaluate(
      (request) =>
        lay(request).then(
          () => 'laid out',
          (error: Error) => error.message,
        ),
      chain(3),
    )
  await withCode(undefined)
  await onPage(async (page) => {
    expect(await failure(page)).toBe(
      'The graph could not be laid out: assets/layout-worker could not be loaded',
    )
    await withCode(await elkCode())
    expect(await failure(page)).toBe('laid out')
  })
  await withCode('this is no program')
  await onPage(async (page) => {
    expect(await failure(page)).toMatch(/^The graph could not be laid out: .*SyntaxError/)
  })
})

test('a graph that the engine cannot lay out is said, and the next one is laid out', async () => {
  await withCode(await elkCode())
  const broken = { boxes: [{ id: 'a', width: Number.NaN, height: 1, rows: null }], lines: [] }
  const said = await onPage((page) =>
    page.evaluate(
      async ([wrong, right]) => {
        const first = await lay(wrong as never).then(
          () => 'laid out',
          (error: Error) => error.message,
        )
        return [first, (await lay(right as never)).boxes.length]
      },
      [broken, chain(3)] as const,
    ),
  )
  expect(said).toEqual([expect.stringMatching(/^The graph could not be laid out: /), 3])
})
