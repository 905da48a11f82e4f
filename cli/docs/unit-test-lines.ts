import type { CompiledProject } from '../../core/compile/compiled.ts'
import type { ModelPage } from '../../core/docs/api.ts'

type Line = ModelPage['unitTests'][number]

/** The unit tests of each model. What is wrong with their files is said by `sluice test` and `sluice validate`. */
export async function unitTestLines({
  project,
  nodes,
}: CompiledProject): Promise<ReadonlyMap<string, readonly Line[]>> {
  const { loadUnitTests } = await import('../../core/unit-tests/load.ts')
  const { isMeant } = await import('../../core/unit-tests/resolve.ts')
  const models = [...nodes.values()].filter(({ kind }) => kind === 'model').map(({ name }) => name)
  const meant = (written: string): string | undefined => {
    if (nodes.get(written)?.kind === 'model') return written
    const found = models.filter((name) => isMeant(written, name))
    return found.length === 1 ? found[0] : undefined
  }
  const lines = new Map<string, Line[]>()
  for (const { name, model: written, description, place } of loadUnitTests(project.root).tests) {
    const model = meant(written)
    if (model === undefined) continue
    const line = { name, path: place.file, ...(description === undefined ? {} : { description }) }
    lines.set(model, [...(lines.get(model) ?? []), line])
  }
  return lines
}
