import { exposureNodeName } from '../config/exposures.ts'
import type { ExposureConfig } from '../config/project.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { resolveName, unresolved } from '../graph/names.ts'
import type { AnalysisContext } from './analyse.ts'
import type { CompiledExposure } from './compiled.ts'

/** Finds what the exposures read. Appends to `problems`; an exposure that reads what is not there is left out. */
export async function compileExposures(
  context: AnalysisContext,
  problems: Diagnostic[],
): Promise<readonly CompiledExposure[]> {
  const compiled: CompiledExposure[] = []
  for (const exposure of context.project.exposures) {
    const upstream = await upstreamOf(context, exposure, problems)
    if (upstream === undefined) continue
    const { name, reads: _, at: _1, ...described } = exposure
    compiled.push({ kind: 'exposure', ...described, name: exposureNodeName(name), upstream })
  }
  return compiled
}

async function upstreamOf(
  { index, project }: AnalysisContext,
  { name, reads, at, place }: ExposureConfig,
  problems: Diagnostic[],
): Promise<readonly string[] | undefined> {
  const found = new Set<string>()
  let isComplete = true
  for (const [position, written] of reads.entries()) {
    const parts = written.split('.')
    const resolution = resolveName(
      parts,
      parts.map(() => false),
      index,
    )
    if (resolution.kind === 'found') {
      found.add(resolution.name)
      continue
    }
    isComplete = false
    // A file is read anew for the line of a mistake only.
    const { placeOfYaml } = await import('../validate/yaml-place.ts')
    const entry = { file: at.file, path: [...at.path, 'reads', position] }
    const where = (await placeOfYaml(project.root, entry)) ?? place
    problems.push(unresolved(resolution, parts, index, { model: exposureNodeName(name), place: where }))
  }
  return isComplete ? [...found].sort() : undefined
}
