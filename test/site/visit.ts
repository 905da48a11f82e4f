import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BrowserContext, Page } from 'playwright-core'

/** A page in the browser, with all that went wrong on it. */
export interface Visit {
  readonly page: Page
  /** Errors in the console or thrown, refusals of the content security policy, files that did not load. */
  readonly wrong: string[]
  /** Every address that was asked for. */
  readonly requests: string[]
}

/** Opens a page and listens from its first moment on. */
export async function visit(context: BrowserContext, url: string): Promise<Visit> {
  const page = await context.newPage()
  const wrong: string[] = []
  const requests: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content.Security.Policy/i.test(message.text()))
      wrong.push(message.text())
  })
  page.on('pageerror', (error) => wrong.push(error.message))
  page.on('requestfailed', (request) => {
    // A stream of events has no end of its own.
    if (!request.url().endsWith('/api/events')) wrong.push(`${request.url()} ${request.failure()?.errorText}`)
  })
  page.on('request', (request) => requests.push(request.url()))
  page.on('response', (response) => {
    if (response.status() >= 400) wrong.push(`${response.url()} ${response.status()}`)
  })
  await page.goto(url, { waitUntil: 'load' })
  return { page, wrong, requests }
}

/** Addresses of all HTML files of a site, without the one for what is not there. */
export async function pagesIn(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder, { recursive: true })
  return files
    .filter((file) => file.endsWith('.html') && file !== '404.html')
    .map((file) => file.split(sep).join('/'))
    .sort()
}

export function fileUrl(folder: string, page: string): string {
  return pathToFileURL(join(folder, page)).href
}

/** All files below a folder, relative to it. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
}
