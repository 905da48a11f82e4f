// Makes the pictures of README.md: the example over sixty days of 2001, as Chromium shows its site. The clock is fixed; what is not is
// how long the machine took. `node scripts/run-ts.mjs scripts/screenshots.ts [FOLDER]`
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { launchBrowser } from '../test/site/browser.ts'
import { copyExample, type Finished, sluice } from '../test/site/example-site.ts'

const images = process.argv[2] ?? 'docs/images'
const mostBytes = 200_000

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-screenshots-'))
  try {
    await mkdir(images, { recursive: true })
    await takeAll(await siteOf(folder), await timedRun(join(folder, 'timed')))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Sixty days, of which some are stale, some missing and one failed. */
async function siteOf(folder: string): Promise<string> {
  const project = await copyExample(folder)
  const at = (time: string): string[] => ['--project', project, '--now', `2001-03-02T${time}:00Z`]
  const days = (from: string, to: string): string[] => ['--from', from, '--to', to]
  const staging = ['--select', 'staging.flights', '--force']
  await expectGood(['backfill', ...at('05:00'), ...days('2001-01-01', '2001-02-24')])
  await expectGood(['run', ...at('06:00'), ...days('2001-02-25', '2001-02-27')])
  await expectGood(['run', ...at('06:30'), ...staging, ...days('2001-02-12', '2001-02-14')])
  await expectGood([
    'run',
    ...at('07:00'),
    '--select',
    'staging.flights',
    ...days('2001-02-28', '2001-03-01'),
  ])
  const site = join(folder, 'site')
  await expectGood(['docs', 'build', ...at('08:00'), '--folder', site])
  return site
}

/** One run by the real clock: with `--now` time stands still, and no task takes any. */
async function timedRun(folder: string): Promise<string> {
  await mkdir(folder)
  const project = await copyExample(folder)
  await expectGood(['run', '--project', project, '--from', '2001-02-25', '--to', '2001-02-27'])
  const site = join(folder, 'site')
  await expectGood(['docs', 'build', '--project', project, '--folder', site])
  return site
}

async function takeAll(site: string, timed: string): Promise<void> {
  const browser = await launchBrowser()
  try {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      colorScheme: 'light',
      reducedMotion: 'reduce',
      timezoneId: 'UTC',
      locale: 'en-US',
    })
    const take = async (name: string, address: string, focus?: string, from = site): Promise<void> => {
      const page = await context.newPage()
      await page.goto(pathToFileURL(join(from, address)).href)
      await page.evaluate(() => document.fonts.ready)
      await page.locator('main').waitFor()
      if (focus !== undefined) {
        const place = page.locator(focus).first()
        await place.evaluate((element) => element.scrollIntoView({ block: 'start' }))
      }
      const path = join(images, `${name}.png`)
      await page.screenshot({ path, animations: 'disabled', caret: 'hide' })
      const { size } = await stat(path)
      if (size > mostBytes) throw new Error(`${path} has ${size} bytes`)
      process.stdout.write(`${path}  ${size} bytes\n`)
      await page.close()
    }
    await take('overview', 'index.html')
    await take('lineage', 'graph.html')
    await take('partitions', 'model/marts.daily_by_origin.html', '#partitions')
    const [run] = await readdir(join(timed, 'run'))
    await take('run', `run/${run}`, undefined, timed)
  } finally {
    await browser.close()
  }
}

async function expectGood(words: readonly string[]): Promise<void> {
  const { code, out, err }: Finished = await sluice(words)
  if (code !== 0) throw new Error(`sluice ${words.join(' ')} ended with ${code}\n${out}\n${err}`)
}

await main()
