import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'
import type { SiteInfo } from '../../core/docs/api.ts'
import { noFacts } from '../../core/docs/ledger-facts.ts'
import { type Site, withInfo } from '../../core/docs/site.ts'
import type { Invocation } from '../command.ts'
import { openWorkspace, type Workspace } from '../workspace.ts'
import { openSite } from './open-site.ts'
import { readFacts } from './read-facts.ts'

export interface LoadedSite {
  readonly workspace: Workspace
  readonly site: Site
}

/** The site of the project as it is now, with what is wrong with it. @throws SluiceError if nothing of the project can be compiled */
export async function loadSite(invocation: Invocation): Promise<LoadedSite> {
  const { samples = false, ledgerState } = invocation.options
  const workspace = await openWorkspace(invocation, { isTolerant: true })
  const facts =
    (ledgerState as boolean | undefined) === false
      ? noFacts('the site was made without it (`--no-state`)')
      : await readFacts(workspace, invocation, { withSamples: samples })
  const site = await openSite(workspace, invocation, facts, { hasSamples: samples })
  return { workspace, site: withMistakes(site, errorsOf(workspace.problems)) }
}

/** Mistakes, without mere warnings. */
export function errorsOf(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ severity }) => severity === 'error')
}

/** Every page carries them. */
const mostMistakes = 20

/** The same site, telling what is wrong with its project. */
export function withMistakes(site: Site, mistakes: readonly Diagnostic[]): Site {
  if (mistakes.length === 0) return site
  const info: SiteInfo = {
    ...site.info,
    mistakes: mistakes.slice(0, mostMistakes).map(({ code, message, place }) => ({
      code,
      message,
      ...(place === undefined ? {} : { place: `${place.file}:${place.line}:${place.column}` }),
    })),
    ...(mistakes.length > mostMistakes ? { mistakesLeftOut: mistakes.length - mostMistakes } : {}),
  }
  return withInfo(site, info)
}
