import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pico from 'picocolors'
import { afterEach } from 'vitest'
import type { Invocation } from '../../cli/command.ts'
import { openSite } from '../../cli/docs/open-site.ts'
import type { Options } from '../../cli/options/definitions.ts'
import type { Output } from '../../cli/terminal/terminal.ts'
import { openWorkspace } from '../../cli/workspace.ts'
import type { PagedKind } from '../../core/docs/address.ts'
import type { PageData } from '../../core/docs/api.ts'
import { type LedgerFacts, noFacts } from '../../core/docs/ledger-facts.ts'
import type { Site } from '../../core/docs/site.ts'

export interface SiteProject {
  readonly root: string
  write(files: Readonly<Record<string, string>>): void
  open(how?: SiteOptions): Promise<Site>
}

export interface SiteOptions {
  readonly facts?: Partial<LedgerFacts>
  readonly environment?: Readonly<Record<string, string>>
  readonly options?: Options
  readonly now?: string
}

/** Projects in folders of their own, whose sites are opened as the command line does it. */
export function siteProjects(): (files: Readonly<Record<string, string>>, under?: string) => SiteProject {
  const folders: string[] = []
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })
  return (files, under = tmpdir()) => {
    const root = realpathSync(mkdtempSync(join(under, 'sluice-docs-')))
    folders.push(root)
    const project: SiteProject = {
      root,
      write: (written) => {
        for (const [path, text] of Object.entries(written)) {
          mkdirSync(dirname(join(root, path)), { recursive: true })
          writeFileSync(join(root, path), text)
        }
      },
      open: (how = {}) => opened(root, how),
    }
    project.write({
      'sluice.yml': 'name: shop\ntargets:\n  dev: { adapter: duckdb, path: shop.duckdb }\n',
      ...files,
    })
    return project
  }
}

async function opened(
  root: string,
  { facts = {}, environment = {}, options = {}, now = '2024-03-10T12:00:00Z' }: SiteOptions,
): Promise<Site> {
  const invocation = invocationIn(root, environment, options, Date.parse(now))
  const workspace = await openWorkspace(invocation, { isTolerant: true })
  const all: LedgerFacts = { ...noFacts('nothing has been run on this target yet'), ...facts }
  return openSite(workspace, invocation, all, { hasSamples: false })
}

function invocationIn(
  root: string,
  environment: Readonly<Record<string, string>>,
  options: Options,
  now: number,
): Invocation {
  const silent: Output = {
    style: pico.createColors(false),
    isTerminal: false,
    width: 80,
    write: () => {},
  } as never
  return {
    command: 'docs',
    arguments: ['build'],
    options: { ...options, project: root },
    format: 'text',
    terminal: { out: silent, err: silent },
    signal: new AbortController().signal,
    workingDirectory: root,
    environment,
    standardInput: async () => '',
    now: () => now,
  }
}

/** A page of a kind that must be there. */
export async function pageOf<Kind extends PageData['kind']>(
  site: Site,
  kind: Kind,
  name?: string,
): Promise<Extract<PageData, { kind: Kind }>> {
  const ref = name === undefined ? { kind: kind as 'home' } : { kind: kind as PagedKind, name }
  const page = await site.page(ref)
  if (page?.kind !== kind) throw new Error(`no page ${kind} ${name ?? ''}`)
  return page as Extract<PageData, { kind: Kind }>
}
