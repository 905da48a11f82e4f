import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { projectFile } from './find.ts'
import { type LoadOptions, loadProject } from './load.ts'
import type { Finding } from './problem.ts'
import type { TargetConfig } from './project.ts'
import { readProjectFile } from './project-file.ts'

/** The target of a project whose other files are known already: reads `sluice.yml` alone.
 * @throws SluiceError with every mistake of the project if there is one here */
export async function loadTarget(options: LoadOptions): Promise<TargetConfig> {
  const findings: Finding[] = []
  const found: Diagnostic[] = []
  const text = readFileSync(join(options.root, projectFile), 'utf8')
  const { target } = readProjectFile(text, options, findings, found)
  if (target === undefined || findings.length + found.length > 0)
    return (await loadProject(options)).project.target
  return target
}
