import { rootFrom, slugOf } from '../../core/docs/address.ts'
import type { RelationLineage, SearchIndex } from '../../core/docs/api.ts'

/** Where a page gets what is not embedded in it. */
export interface DataSource {
  search(): Promise<SearchIndex>
  /** Rejects if the relation has none. */
  lineage(relation: string): Promise<RelationLineage>
  /** A script of the site as text, for a worker. */
  workerCode(): Promise<string>
}

declare global {
  /** Called by the files of a static site: `sluiceData('api/search', '{…}')`. The text is JSON, or a worker's code. */
  var sluiceData: ((address: string, text: string) => void) | undefined
}

let current: DataSource | undefined

export function connect({
  address,
  transport,
}: {
  readonly address: string
  readonly transport: 'scripts' | 'server'
}): void {
  const texts = transport === 'scripts' ? scriptTexts(rootFrom(address)) : serverTexts(rootFrom(address))
  const json = async <T>(name: string): Promise<T> => JSON.parse(await texts(name)) as T
  current = {
    search: () => json('api/search'),
    lineage: (relation) => json(`api/lineage/${slugOf(relation)}`),
    workerCode: () => texts('assets/layout-worker'),
  }
}

/** The page's data source; only in a browser. */
export function dataSource(): DataSource {
  if (current === undefined) throw new Error('there is no data source before the page has started')
  return current
}

/** From a file nothing can be fetched, but classic scripts run: each calls `sluiceData` with its address and text. */
function scriptTexts(root: string): (address: string) => Promise<string> {
  const waiting = new Map<string, (text: string) => void>()
  const asked = new Map<string, Promise<string>>()
  globalThis.sluiceData = (address, text) => waiting.get(address)?.(text)
  return (address) => {
    const known = asked.get(address)
    if (known !== undefined) return known
    const answer = new Promise<string>((resolve, reject) => {
      waiting.set(address, resolve)
      const script = document.createElement('script')
      script.src = `${root}${address}.js`
      script.onerror = () => {
        asked.delete(address)
        reject(new Error(`${address} could not be loaded`))
      }
      script.onload = () => script.remove()
      document.head.append(script)
    })
    asked.set(address, answer)
    return answer
  }
}

function serverTexts(root: string): (address: string) => Promise<string> {
  return async (address) => {
    const response = await fetch(`${root}${address}.${address.startsWith('api/') ? 'json' : 'txt'}`)
    if (!response.ok) throw new Error(`${address} could not be loaded: ${response.status}`)
    return response.text()
  }
}
