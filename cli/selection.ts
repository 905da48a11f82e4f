import { resolve } from 'node:path'
import { isRelation } from '../core/compile/compiled.ts'
import { selectionContext } from '../core/compile/selecting.ts'
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts'
import { outsideOf, select } from '../core/graph/select.ts'
import type { ChangeOf, StatusOf } from '../core/graph/selection-context.ts'
import { statuses } from '../core/graph/selector.ts'
import type { Invocation } from './command.ts'
import { rangeFrom } from './options/range.ts'
import type { Workspace } from './workspace.ts'

/** The names that `--select`, `--selector` and `--exclude` select, in the order of the graph. Reads a saved manifest, and asks the
 * ledger, only for selectors that need it. `status:` looks at the partitions that the command is about.
 * @throws SluiceError as `select` does, and SL425 for a saved manifest that cannot be used */
export async function selectionOf(
  workspace: Workspace,
  invocation: Invocation,
): Promise<ReadonlySet<string>> {
  const { select: texts = [], selector: names = [], exclude = [] } = invocation.options
  const include = [...texts, ...names.map((name) => `selector:"${name.replaceAll('"', '""')}"`)]
  const context = selectionContext(workspace.project)
  const outside = outsideOf(context.selectors, [...include, ...exclude])
  const changeOf = outside.has('state') ? await changes(workspace, invocation) : undefined
  const statusOf = outside.has('status') ? await states(workspace, invocation) : undefined
  return select(
    {
      ...context,
      ...(changeOf === undefined ? {} : { changeOf }),
      ...(statusOf === undefined ? {} : { statusOf }),
    },
    include,
    exclude,
  )
}

/** How the project differs from the manifest that `--state` names; undefined if it names none. */
async function changes(
  { project, factory }: Workspace,
  invocation: Invocation,
): Promise<ChangeOf | undefined> {
  const { options, workingDirectory } = invocation
  if (options.state === undefined) return undefined
  const { readSavedManifest } = await import('./artifacts/saved-manifest.ts')
  const { physicalNames } = await import('./artifacts/manifest.ts')
  const { changesFrom } = await import('../core/compile/changes.ts')
  const { definitionOf } = await import('../core/compile/definition.ts')
  const { version } = await import('./version.ts')
  const saved = await readSavedManifest(resolve(workingDirectory, options.state), project)
  const gone = [...saved.definitions.keys()].filter((name) => !project.nodes.has(name))
  await warn(invocation, [
    ...(saved.writtenBy === version
      ? []
      : [
          warning(
            'SL428',
            `${saved.path} was written by Sluice ${saved.writtenBy}, and this is ${version}`,
            'What the two compute differently counts as modified.',
          ),
        ]),
    ...(gone.length === 0
      ? []
      : [
          warning(
            'SL429',
            `${listed(gone)} ${gone.length === 1 ? 'is' : 'are'} in ${saved.path}, but no longer in the project`,
          ),
        ]),
  ])
  const physicalOf = physicalNames(project.nodes, factory.dialect)
  return changesFrom(saved.definitions, (name) => definitionOf(project.nodes.get(name)!, physicalOf))
}

/** The states that the ledger has relations in. */
async function states(workspace: Workspace, { options, now }: Invocation): Promise<StatusOf> {
  const { readSnapshot } = await import('./snapshot.ts')
  const { statusOf } = await import('./status.ts')
  const { wholeLedger } = await import('../core/plan/snapshot-request.ts')
  const { project } = workspace
  const relations = new Set(project.graph.order.filter((name) => isRelation(project.nodes.get(name))))
  const snapshot = await readSnapshot(workspace, now, wholeLedger(project))
  const found = statusOf(project, snapshot, relations, rangeFrom(options), now())
  const byName = new Map(
    found.map(({ name, partitions }) => [name, new Set(statuses.filter((state) => partitions[state] > 0))]),
  )
  return (name) => byName.get(name) ?? new Set()
}

/** Of a long list only the first. */
const LISTED = 5

function listed(names: readonly string[]): string {
  const rest = names.length - LISTED
  return `${names.slice(0, LISTED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}

function warning(code: 'SL428' | 'SL429', message: string, hint?: string): Diagnostic {
  return { code, severity: 'warning', message, ...(hint === undefined ? {} : { hint }) }
}

async function warn({ format, options, terminal }: Invocation, found: readonly Diagnostic[]): Promise<void> {
  if (found.length === 0 || options.quiet) return
  const { printDiagnostics } = await import('./diagnostics/print.ts')
  printDiagnostics(found, terminal.err, format === 'json' ? 'json' : 'text')
  if (format !== 'json') terminal.err.write('\n')
}
