import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** The name of the file that makes a folder a project. */
export const projectFile = 'sluice.yml'

/** The nearest folder with a `sluice.yml`, from `startDir` upwards; undefined if there is none. */
export function findProject(startDir: string): string | undefined {
  let folder = resolve(startDir)
  for (;;) {
    if (existsSync(join(folder, projectFile))) return folder
    const parent = dirname(folder)
    if (parent === folder) return undefined
    folder = parent
  }
}
