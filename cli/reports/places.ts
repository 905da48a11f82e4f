import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'

/**
 * The folder from which whoever shows a report names files: the repository around the project, which need not be the whole folder of a CI's job;
 * else what the CI says, else the project.
 */
export function reportRoot(
  projectRoot: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  for (let folder = projectRoot; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder
    if (dirname(folder) === folder) break
  }
  const said = [environment.GITHUB_WORKSPACE, environment.CI_PROJECT_DIR]
  return said.find((folder) => folder && isWithin(projectRoot, folder)) || projectRoot
}

function isWithin(path: string, folder: string): boolean {
  const steps = relative(folder, path)
  return !steps.startsWith('..') && !isAbsolute(steps)
}

/** A file of the project as a report names it, with `/`. */
export function reportPath(file: string, projectRoot: string, root: string): string {
  const path = isAbsolute(file) ? file : join(projectRoot, file)
  return relative(root, path).split(sep).join('/')
}
