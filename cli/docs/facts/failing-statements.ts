import type { CompiledProject } from '../../../core/compile/compiled.ts'
import type { Diagnostic } from '../../../core/diagnostics/diagnostic.ts'
import type { RunFacts } from '../../../core/docs/facts/stored-facts.ts'
import { WHOLE } from '../../../core/ledger/records.ts'
import type { StoredAttempt } from '../../../core/ledger/stored-attempts.ts'
import { partitionOf } from '../../../core/time/layout.ts'
import { windowOf } from '../../window.ts'
import type { Workspace } from '../../workspace.ts'

/** More texts than anybody reads. */
const mostStatements = 100

/** What the engine said of a statement: of others the place is enough. */
const ofStatements: ReadonlySet<Diagnostic['code']> = new Set([
  'SL601',
  'SL602',
  'SL603',
  'SL604',
  'SL605',
  'SL606',
  'SL608',
  'SL609',
])

/** The SQL of failed attempts by their id: that of the model as it is now, for the partition that failed. Of the newest runs only, and none for
 * an attempt of other code, if the ledger says so. */
export async function readStatements(
  { project, texts }: Pick<Workspace, 'project' | 'texts'>,
  modelOf: (name: string) => string | undefined,
  runs: readonly RunFacts[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  const known = new Map<string, string | undefined>()
  for (const { attempts } of runs)
    for (const attempt of attempts) {
      const { error } = attempt
      if (error === undefined || !ofStatements.has(error.code)) continue
      const name = modelOf(attempt.model)
      if (name === undefined) continue
      const key = attempt.keys.length === 1 ? attempt.keys[0]! : (error.partition ?? attempt.keys[0]!)
      const id = `${name}\0${key}`
      if (!known.has(id)) {
        if (known.size >= mostStatements) return found
        known.set(id, await statementOf(project, texts, name, key, attempt))
      }
      const text = known.get(id)
      if (text !== undefined) found.set(attempt.id, text)
    }
  return found
}

async function statementOf(
  project: CompiledProject,
  texts: Workspace['texts'],
  name: string,
  key: string,
  { fingerprint }: StoredAttempt,
): Promise<string | undefined> {
  const node = project.nodes.get(name)
  if (node === undefined || node.kind === 'exposure') return undefined
  if (fingerprint !== undefined && fingerprint !== node.fingerprint) return undefined
  try {
    if (node.kind === 'check') return (await texts.check(name, undefined)).text
    if (node.kind !== 'model') return undefined
    const partition = key === WHOLE || node.layout === undefined ? undefined : partitionOf(node.layout, key)
    if ((node.layout === undefined) !== (partition === undefined)) return undefined
    const window = partition === undefined ? undefined : windowOf(project, node, partition)
    return (await texts.model(node, window)).text
  } catch {
    // The model as it is now cannot be rendered; what the ledger recorded of the error stands.
    return undefined
  }
}
