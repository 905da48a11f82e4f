import { rootFrom } from '../../core/docs/address.ts'
import type { PageData, SiteInfo } from '../../core/docs/api.ts'
import type { AppProps } from '../pages/app.tsx'

export interface LivePage {
  readonly address: string
  /** Of what the page shows now. */
  readonly version: string
  readonly show: (page: AppProps) => void
}

/** Follows a server: after each change the page is shown anew from fresh data, where the reader is on it. */
export function followChanges({ address, version, show }: LivePage): void {
  const root = rootFrom(address)
  let shown = version
  let wanted = version
  let isAtWork = false
  const refresh = async (): Promise<void> => {
    if (isAtWork) return
    isAtWork = true
    try {
      while (shown !== wanted) {
        const next = wanted
        const answers = await Promise.all([
          fetch(`${root}api/site.json`),
          fetch(`${root}api/pages/${address}.json`),
        ])
        // What the page is about is gone: the server has a page that says so.
        if (answers[1].status === 404) {
          location.reload()
          return
        }
        if (!answers[0].ok || !answers[1].ok) return
        show({
          address,
          info: (await answers[0].json()) as SiteInfo,
          data: (await answers[1].json()) as PageData,
        })
        shown = next
      }
    } catch {
      // The server has gone away meanwhile; when it is back, it tells its version.
    } finally {
      isAtWork = false
    }
  }
  const events = new EventSource(`${root}api/events`)
  events.addEventListener('version', (event) => {
    wanted = (event as MessageEvent<string>).data
    setGone(false)
    void refresh()
  })
  events.addEventListener('error', () => setGone(true))
  addEventListener('pagehide', () => events.close())
  // A page that comes back from the browser's memory has no stream any more.
  addEventListener('pageshow', (event) => event.persisted && location.reload())
}

/** Tells that nothing new comes, at the edge of the page. */
function setGone(isGone: boolean): void {
  const there = document.querySelector('.server-gone')
  if (!isGone) {
    there?.remove()
    return
  }
  if (there !== null) return
  const note = document.createElement('div')
  note.className = 'server-gone'
  note.setAttribute('role', 'status')
  note.textContent = 'The server has ended, so this page is not up to date any more.'
  document.body.append(note)
}
