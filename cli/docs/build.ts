import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { addressOf, slugOf } from '../../core/docs/address.ts'
import type { Site } from '../../core/docs/site.ts'
import type { RenderRequest } from '../../web/site/node.ts'
import { replaceFolder } from './replace-folder.ts'

export interface BuildRequest {
  readonly site: Site
  /** Absolute. */
  readonly folder: string
  /** Absolute: what `scripts/build-site.mjs` made. */
  readonly assets: string
  readonly renderPage: (request: RenderRequest) => string
  readonly renderNotFound: (root: string | undefined) => string
  readonly signal: AbortSignal
}

export interface BuiltSite {
  /** Where it is, links resolved. */
  readonly folder: string
  readonly pages: number
  readonly bytes: number
}

/** Pages that are made and written at once: disks like some company, memory does not. */
const atOnce = 8

/**
 * Writes the site as files that need no server, in place of the one that is there.
 * @throws SluiceError SL941, SL942; what `signal` aborts with
 */
export async function buildSite(request: BuildRequest): Promise<BuiltSite> {
  const { folder, result } = await replaceFolder(request.folder, (draft) => writeSite(request, draft))
  return { folder, pages: request.site.pages.length, bytes: result }
}

async function writeSite(request: BuildRequest, folder: string): Promise<number> {
  const { site, assets, renderPage, renderNotFound, signal } = request
  const made = new Map<string, Promise<unknown>>()
  let bytes = 0
  const write = async (path: string, text: string): Promise<void> => {
    const file = join(folder, path)
    const place = dirname(file)
    if (!made.has(place)) made.set(place, mkdir(place, { recursive: true }))
    await made.get(place)
    await writeFile(file, text)
    bytes += Buffer.byteLength(text)
  }
  const data = (address: string, value: unknown): Promise<void> =>
    write(`${address}.js`, `sluiceData(${asScript(address)},${asScript(JSON.stringify(value))})\n`)
  await copyAssets(assets, join(folder, 'assets'))
  await inParallel(site.pages, signal, async (ref) => {
    const page = await site.page(ref)
    if (page === undefined) throw new Error(`no page ${addressOf(ref)}`)
    const text = renderPage({ info: site.info, ref, data: page, transport: 'scripts' })
    await write(`${addressOf(ref)}.html`, text)
  })
  await inParallel(site.relations, signal, async (relation) => {
    await data(`api/lineage/${slugOf(relation)}`, await site.lineage(relation))
  })
  await data('api/site', site.info)
  await data('api/search', await site.search())
  await write('404.html', renderNotFound(undefined))
  // Hosts that run Jekyll would leave out what begins with an underscore.
  await write('.nojekyll', '')
  return bytes
}

/** The layout's code is there twice: as text it is for servers. */
async function copyAssets(from: string, to: string): Promise<void> {
  await mkdir(to)
  const names = (await readdir(from)).filter((name) => name !== 'layout-worker.txt')
  await Promise.all(names.map((name) => copyFile(join(from, name), join(to, name))))
}

/** Does the work for every item, a few at once; after a failure no more is begun, and nothing is at work any more when it throws. */
async function inParallel<T>(
  items: readonly T[],
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  let isStopped = false
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (isStopped) return
      signal.throwIfAborted()
      await work(item).catch((error: unknown) => {
        isStopped = true
        throw error
      })
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, worker))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

/** A JavaScript string. The value goes as text, so that a key `__proto__` stays a key. */
function asScript(text: string): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}
