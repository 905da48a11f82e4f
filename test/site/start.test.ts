import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from './browser.ts'
import { builtSite } from './built-site.ts'

let browser: Browser
let folder: string

beforeAll(async () => {
  folder = (await builtSite()).folder
  browser = await launchBrowser()
})

afterAll(() => browser?.close())

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
