import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { type Site, withInfo } from '../../core/docs/site.ts'
import type { Listening, ServedSite } from '../../web/site/node.ts'
import type { Invocation } from '../command.ts'
import { reasonOfFileError } from '../diagnostics/file.ts'
import { diagnosticsOf, printDiagnostics } from '../diagnostics/print.ts'
import { jsonLine } from '../text/json.ts'
import { counted } from '../text/quantity.ts'
import type { Workspace } from '../workspace.ts'
import { assetsFolder } from './assets.ts'
import { errorsOf, type LoadedSite, loadSite, withMistakes } from './load-site.ts'
import { openInBrowser } from './open-browser.ts'
import { markOf, watchProject } from './watch.ts'

const usualPort = 8080

/** Shows the site on this machine and follows changes of the project and its ledger, until `signal` aborts. */
export async function serveSite(invocation: Invocation): Promise<void> {
  const { options, terminal, signal } = invocation
  const isJson = invocation.format === 'json'
  const assets = assetsFolder()
  const { isLoopback, listen } = await import('../../web/site/node.ts')
  const first = await loadSite(invocation)
  const root = first.workspace.project.project.root
  const served = new NewestSite(first)
  printDiagnostics(errorsOf(first.workspace.problems), terminal.err, isJson ? 'json' : 'text')
  const withLedger = (options.ledgerState as boolean | undefined) !== false
  const watched = () => ({ root, workspace: served.workspace, withLedger })
  const mark = await markOf(watched())
  const host = options.host ?? '127.0.0.1'
  const server = await listenSomewhere(options.port, host, (port) =>
    listen({ served, assets, host, signal }, port),
  )
  try {
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${server.port}/`
    if (!isLoopback(host)) {
      terminal.err.write(`note: everybody who reaches this machine at ${host} can read the site\n`)
    }
    terminal.out.write(
      isJson ? jsonLine({ url, pages: served.site().pages.length }) : `Serving ${url}  (Ctrl-C ends)\n`,
    )
    if (options.open) openInBrowser(url)
    await watchProject(watched, mark, () => served.reload(invocation), signal)
  } finally {
    await server.close()
  }
}

/** The last site that was good, and what is wrong with the project since. */
class NewestSite implements ServedSite {
  #loaded: LoadedSite
  #shown: Site
  #number = 0
  readonly #boot = process.pid.toString(36) + process.hrtime.bigint().toString(36)
  readonly #listeners = new Set<() => void>()

  constructor(loaded: LoadedSite) {
    this.#loaded = loaded
    this.#shown = loaded.site
  }

  get workspace(): Workspace {
    return this.#loaded.workspace
  }

  site(): Site {
    return this.#shown
  }

  version(): string {
    return `${this.#boot}-${this.#number}`
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Takes the project as it is now. With mistakes the pages from before them stay, and tell of them. */
  async reload(invocation: Invocation): Promise<void> {
    const { terminal, format } = invocation
    const fresh = await loadSite(invocation).catch((error: unknown) => diagnosticsOf(error))
    const mistakes = 'site' in fresh ? errorsOf(fresh.workspace.problems) : fresh
    if (mistakes.length > 0) {
      printDiagnostics(mistakes, terminal.err, format === 'json' ? 'json' : 'text')
      this.#shown = withMistakes(withoutMistakes(this.#loaded.site), mistakes)
    } else if ('site' in fresh) {
      this.#loaded = fresh
      this.#shown = fresh.site
      const { pages } = fresh.site
      if (format !== 'json') terminal.err.write(`loaded again: ${counted(pages.length, 'page')}\n`)
    }
    this.#number++
    for (const listener of this.#listeners) listener()
  }
}

function withoutMistakes(site: Site): Site {
  const { mistakes, mistakesLeftOut, ...info } = site.info
  return withInfo(site, info)
}

/** The port that was asked for and no other; without one the usual, or any that is free. */
async function listenSomewhere(
  asked: number | undefined,
  host: string,
  listen: (port: number) => Promise<Listening>,
): Promise<Listening> {
  try {
    return await listen(asked ?? usualPort)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (asked === undefined && (code === 'EADDRINUSE' || code === 'EACCES')) return listen(0)
    const reason =
      code === 'EADDRINUSE'
        ? 'another program listens there'
        : code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND'
          ? 'it is no address of this machine'
          : reasonOfFileError(error)
    throw SluiceError.of('SL943', {
      message: `the site cannot be served at ${host}, port ${asked ?? usualPort}: ${reason}`,
      hint: 'Name another port, or none: then a free one is taken.',
    })
  }
}
