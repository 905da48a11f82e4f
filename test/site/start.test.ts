import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from './browser.ts'

let browser: Browser
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-site-'))
  const root = process.cwd()
  await promisify(execFile)(process.execPath, [
    join(root, 'bin/sluice.cjs'),
    'docs',
    'build',
    '--project',
    join(root, 'models.example'),
    '--folder',
    folder,
  ])
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true })
})

test('the first page opens from a file, without an error in the console', async () => {
  const page = await browser.newPage()
  const wrong: string[] = []
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()))
  page.on('pageerror', (error) => wrong.push(error.message))
  await page.goto(pathToFileURL(join(folder, 'index.html')).href)
  expect(await page.textContent('header a')).toBe('flights')
  expect(wrong).toEqual([])
  await page.close()
})
