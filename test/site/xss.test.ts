import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { launchBrowser } from './browser.ts'
import { sluice } from './example-site.ts'
import { serve } from './server.ts'
import { fileUrl, pagesIn } from './visit.ts'
import { allHostile, hostileTexts } from './xss-corpus.ts'

const longMs = 180_000
let browser: Browser
let root: string
let project: string
let folder: string

/** A column for each text, and one row that holds all of them. */
const quoted = hostileTexts.map((text) => `"${text.replaceAll('"', '""')}"`)
const literal = `'${allHostile.replaceAll("'", "''").replaceAll('{{', '{ {')}'`

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-xss-'))
  project = join(root, 'hostile')
  for (const place of ['models/marts', 'checks', 'seeds'])
    await mkdir(join(project, place), { recursive: true })
  const file = (path: string, text: string): Promise<void> => writeFile(join(project, path), text)
  const described = { description: allHostile, tags: ['<img src=x onerror=pwned(20)>'], owner: allHostile }
  await file(
    'sluice.yml',
    stringify({
      name: 'hostile',
      default_target: 'dev',
      targets: { dev: { adapter: 'duckdb', path: 'hostile.duckdb' } },
      vars: { text: allHostile },
    }),
  )
  const columns = quoted.map((name) => `${literal} as ${name.replaceAll('{{', '\\{{')}`)
  await file(
    'models/marts/hostile.sql',
    `/*---\nmaterialized: table\n---*/\n-- ${allHostile.replaceAll('{{', '\\{{').replace(/[\u2028\u2029]/g, ' ')}\nselect ${columns.join(',\n  ')}, {{vars.text}} as from_variable\n`,
  )
  await file(
    'models/marts/reader.sql',
    '/*---\nmaterialized: table\nchecks:\n  - { not_null: said, severity: warn }\n---*/\nselect from_variable as said, null as nothing from marts.hostile\n',
  )
  await file(
    'models/marts/fails.sql',
    `/*---\nmaterialized: table\n---*/\nselect error(said) as never from marts.reader\n`,
  )
  await file(
    'checks/finds_rows.sql',
    `/*---\ndescription: ${JSON.stringify(allHostile)}\nseverity: warn\n---*/\nselect said from marts.reader\n`,
  )
  await file(
    'models/all.yml',
    stringify({
      models: [
        { name: 'marts.hostile', ...described },
        { name: 'marts.reader', ...described, columns: [{ name: 'said', description: allHostile }] },
      ],
      sources: [
        { name: 'raw.things', ...described, columns: [{ name: allHostile, description: allHostile }] },
      ],
      exposures: [
        {
          name: 'board',
          type: 'dashboard',
          label: allHostile,
          description: allHostile,
          owner: { name: allHostile, email: 'a@b.example' },
          url: 'https://x.example/?q=%22%3E%3Cscript%3E',
          reads: ['marts.reader'],
        },
      ],
    }),
  )
  browser = await launchBrowser()
}, longMs)

afterAll(async () => {
  await browser?.close()
  await rm(root, { recursive: true, force: true })
})

test('no text of a project runs as code, on any page, with samples of rows too', {
  timeout: longMs,
}, async () => {
  const compiled = await sluice(['validate', '--project', project])
  expect(compiled.err + compiled.out, 'the project is one').not.toMatch(/error\[/)
  await sluice(['run', '--project', project])
  folder = join(root, 'site')
  const built = await sluice(['docs', 'build', '--project', project, '--folder', folder, '--samples'])
  expect(built).toMatchObject({ code: 0 })
  const pages = await pagesIn(folder)
  expect(pages.filter((page) => page.startsWith('run/'))).toHaveLength(1)
  const server = await serve(project, '--samples')
  const context = await browser.newContext()
  const executed: string[] = []
  await context.exposeFunction('pwned', (number: unknown) => executed.push(`code ${number}`))
  const wrong: string[] = []
  for (const url of [
    ...pages.map((page) => fileUrl(folder, page)),
    ...pages.map((page) => server.url + page),
  ]) {
    const page = await context.newPage()
    page.on('dialog', (dialog) => {
      executed.push('dialog')
      void dialog.dismiss()
    })
    page.on('console', (message) => message.type() === 'error' && wrong.push(`${url}: ${message.text()}`))
    page.on('pageerror', (error) => wrong.push(`${url}: ${error.message}`))
    await page.goto(url)
    const injected = await page.evaluate(() => {
      const found: string[] = []
      for (const element of document.querySelectorAll('*')) {
        if (/^(x-injected|iframe|object|embed|base|form|math)$/i.test(element.tagName))
          found.push(element.tagName)
        if (element.tagName === 'SCRIPT' && !element.hasAttribute('src') && element.id !== 'sluice-page') {
          found.push('script')
        }
        for (const { name, value } of element.attributes) {
          if (name.startsWith('on')) found.push(name)
          const isAddress = name === 'href' || name === 'src' || name === 'action'
          if (isAddress && /^\s*(javascript|data|vbscript):/i.test(value)) found.push(value)
        }
      }
      return found
    })
    wrong.push(...injected.map((each) => `${url}: ${each}`))
    await page.close()
  }
  await context.close()
  await server.end()
  expect(executed).toEqual([])
  expect(wrong).toEqual([])
})
