import type { CompiledNode, CompiledProject } from '../compile/compiled.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { NodeKind } from './api.ts'
import type { LedgerFacts } from './ledger-facts.ts'

/** What the pages are made of. */
export interface Documented {
  readonly project: CompiledProject
  /** Names of models, sources and seeds that are broken: in the project they are sources without a relation. */
  readonly broken: ReadonlySet<string>
  /** What is wrong with them. */
  readonly problems: readonly Diagnostic[]
  readonly facts: LedgerFacts
  /** How the engine takes names: `fold(name, isQuoted)`. */
  readonly fold: (name: string, isQuoted: boolean) => string
}

/** What a node is shown as: what is broken as what its file would make of it. */
export function kindOf(node: CompiledNode, broken: ReadonlySet<string>): NodeKind {
  if (node.kind !== 'source' || !broken.has(node.name)) return node.kind
  if (/^models\/.*\.sql$/i.test(node.path)) return 'model'
  return /\.(?:csv|tsv)$/i.test(node.path) ? 'seed' : 'source'
}

/** The first thing that is wrong with a node. */
export function problemOf({ problems, project }: Documented, name: string): Diagnostic | undefined {
  const path = project.nodes.get(name)?.path
  return (
    problems.find((problem) => problem.model === name) ??
    problems.find(({ model, place }) => model === undefined && place !== undefined && place.file === path)
  )
}

/** A check of the project's own by the name in its file: its node is `checks.NAME`. */
export function ownName(check: string): string {
  return check.replace(/^checks\./, '')
}
