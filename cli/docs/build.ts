import { cp, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { addressOf, slugOf } from '../../core/docs/address.ts'
import type { Site } from '../../core/docs/site.ts'
import type { RenderRequest } from '../../web/site/node.ts'

type Render = (request: RenderRequest) => string

export interface BuildRequest {
  readonly site: Site
  /** Absolute. */
  readonly folder: string
  /** Absolute: what `scripts/build-site.mjs` made. */
  readonly assets: string
  readonly renderPage: Render
}

/** Writes the site as files that need no server. Returns how many pages there are. */
export async function buildSite({ site, folder, assets, renderPage }: BuildRequest): Promise<number> {
  const write = async (path: string, text: string): Promise<void> => {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
  await cp(assets, join(folder, 'assets'), {
    recursive: true,
    filter: (source) => !source.endsWith('.txt'),
  })
  for (const ref of site.pages) {
    const data = await site.page(ref)
    if (data === undefined) throw new Error(`no page ${addressOf(ref)}`)
    await write(`${addressOf(ref)}.html`, renderPage({ info: site.info, ref, data, transport: 'scripts' }))
  }
  const data = (address: string, value: unknown): Promise<void> =>
    write(`${address}.js`, `sluiceData(${asScript(address)},${asScript(JSON.stringify(value))})\n`)
  await data('api/search', await site.search())
  for (const relation of site.relations) {
    await data(`api/lineage/${slugOf(relation)}`, await site.lineage(relation))
  }
  return site.pages.length
}

/** A JavaScript string. The value goes as text, so that a key `__proto__` stays a key. */
function asScript(text: string): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}
