import { CompiledTexts } from '../../core/compile/sql-texts.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { readSavedManifest } from '../artifacts/saved-manifest.ts'
import type { Invocation } from '../command.ts'
import type { Workspace } from '../workspace.ts'
import type { Base } from './base.ts'
import { sideOf } from './sides.ts'
import { savedTemplates } from './templates.ts'

/** The project as a manifest keeps it. One of an older Sluice has definitions alone. */
export async function manifestBase(
  { path, given }: { readonly path: string; readonly given: string },
  head: Workspace,
  invocation: Invocation,
): Promise<Base> {
  const saved = await readSavedManifest(path, head.project)
  const { writtenBy, code } = saved
  const origin = { kind: 'manifest', path: saved.path, writtenBy } as const
  const label = `${given} (Sluice ${writtenBy})`
  if (code === undefined) {
    const templates = savedTemplates({ macros: {}, vars: {} })
    return { side: { definitions: saved.nodes, templates }, label, origin }
  }
  const compiled = { ...head.project, nodes: code.nodes, graph: code.graph, warnings: [] }
  const workspace: Workspace = {
    ...head,
    project: compiled,
    texts: new CompiledTexts(compiled, head.factory.dialect, async () => {
      throw SluiceError.of('SL433', {
        message: `${saved.path} does not hold the template of a model whose text depends on the partition`,
        hint: 'compare with a Git ref',
      })
    }),
  }
  const side = await sideOf(workspace, invocation, savedTemplates(code), head.project.project.root)
  // What was saved counts: definitions may be computed otherwise today.
  return { side: { ...side, definitions: saved.nodes }, label, workspace, origin }
}
