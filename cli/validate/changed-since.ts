import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { CompiledNode } from '../../core/compile/compiled.ts'
import { type MacroFiles, macrosCalled, readText } from '../../core/validate/macro-files.ts'
import type { Invocation } from '../command.ts'
import { changedSince } from '../git/git.ts'
import { runGit } from '../git/run-git.ts'
import type { Workspace } from '../workspace.ts'

export interface ChangedNodes {
  /** Those that changed, and all that is downstream of them. */
  readonly names: ReadonlySet<string>
  /** Files below `tests/` that changed; if rows of one changed that are no YAML, all of them. */
  readonly testFiles: Pick<ReadonlySet<string>, 'has'>
  /** The ref as it was written. */
  readonly since: string
}

/** What files the branch and the work tree changed since the history of `ref` parted from HEAD's, as nodes of the graph.
 * @throws SluiceError SL920–SL926 */
export async function changedNodes(
  workspace: Workspace,
  { environment, signal }: Invocation,
  ref: string,
  macros: MacroFiles,
): Promise<ChangedNodes> {
  const { project, broken } = workspace
  const { root } = project.project
  const { since, paths } = await changedSince(root, ref, { environment, signal })
  if (paths.includes('sluice.yml')) {
    return { names: new Set(project.nodes.keys()), testFiles: everything, since: ref }
  }
  const changed = new Set<string>()
  const sqlFiles = new Map<string, string[]>()
  for (const node of project.nodes.values()) {
    if (node.kind === 'exposure' || (node.kind === 'source' && !broken.has(node.name))) continue
    sqlFiles.set(node.path, [...(sqlFiles.get(node.path) ?? []), node.name])
  }
  const macroNames = new Set<string>()
  const yamlFiles: string[] = []
  for (const path of paths) {
    for (const name of sqlFiles.get(path) ?? []) changed.add(name)
    if (/^macros\/.*\.sql$/i.test(path)) macroNames.add(path.slice('macros/'.length, -'.sql'.length))
    if (/^(models|seeds)\/.*\.ya?ml$/i.test(path) || path === 'sources.columns.yml') yamlFiles.push(path)
    // Whoever reads what is gone is broken now.
    if (/^(models|seeds|macros)\//.test(path) && !existsSync(join(root, path))) {
      for (const name of broken) changed.add(name)
    }
  }
  if (macroNames.size > 0) {
    for (const name of usersOf(macroNames, workspace, macros)) changed.add(name)
    for (const name of broken) changed.add(name)
  }
  if (yamlFiles.length > 0) {
    const { changedEntries } = await import('./changed-entries.ts')
    for (const path of yamlFiles) {
      const now = readText(join(root, path))
      const before = await textAt(root, since.commit, path, { environment, signal })
      for (const name of changedEntries(path, before, now)) addEntry(name, project.nodes, changed)
    }
    for (const name of broken) changed.add(name)
  }
  const names = new Set(changed)
  for (const name of changed) for (const each of project.graph.descendants(name)) names.add(each)
  return { names, testFiles: changedTests(paths), since: ref }
}

const everything = { has: () => true }

function changedTests(paths: readonly string[]): ChangedNodes['testFiles'] {
  const files = paths.filter((path) => path.startsWith('tests/'))
  return files.every((path) => /\.ya?ml$/.test(path)) ? new Set(files) : everything
}

/** An entry may leave out the schema of what it describes. */
function addEntry(entry: string, nodes: ReadonlyMap<string, CompiledNode>, changed: Set<string>): void {
  if (nodes.has(entry)) changed.add(entry)
  else for (const name of nodes.keys()) if (name.endsWith(`.${entry}`)) changed.add(name)
}

/** Nodes whose templates call one of the macros, through others too. */
function usersOf(
  changed: ReadonlySet<string>,
  { project }: Workspace,
  macros: MacroFiles,
): ReadonlySet<string> {
  const reached = new Set(changed)
  const calls = (text: string) => {
    const called = macrosCalled(text)
    return called === undefined || called.some((name) => reached.has(name))
  }
  for (let isGrowing = true; isGrowing; ) {
    isGrowing = false
    for (const { name, text } of macros.all()) {
      if (reached.has(name) || !calls(text)) continue
      reached.add(name)
      isGrowing = true
    }
  }
  const users = new Set<string>()
  const known = new Map<string, boolean>()
  for (const node of project.nodes.values()) {
    if (node.kind === 'seed' || node.kind === 'exposure') continue
    let isUser = known.get(node.path)
    if (isUser === undefined) {
      isUser = calls(readText(join(project.project.root, node.path)) ?? '')
      known.set(node.path, isUser)
    }
    const isChecked =
      'checks' in node &&
      node.checks.some((check) => check.kind === 'macro' && reached.has(`checks/${check.macro}`))
    if (isUser || isChecked) users.add(node.name)
  }
  return users
}

/** A file as it was in a commit; undefined if it was not there. */
async function textAt(
  root: string,
  commit: string,
  path: string,
  world: { readonly environment: Invocation['environment']; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const { exitCode, output } = await runGit(root, ['show', `${commit}:./${path}`], world)
  return exitCode === 0 ? output.toString('utf8') : undefined
}
