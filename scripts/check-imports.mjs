// Holds the import directions of .dependency-cruiser.cjs. Takes the folder to look at; the repository if not given.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = join(dirname(fileURLToPath(import.meta.url)), '..')
const root = resolve(process.argv[2] ?? repository)
const folders = ['core', 'adapters', 'web', 'cli'].filter((folder) => existsSync(join(root, folder)))

const { status } = spawnSync(
  process.execPath,
  [
    join(repository, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
    '--config',
    join(root, '.dependency-cruiser.cjs'),
    ...folders,
  ],
  { cwd: root, stdio: 'inherit' },
)
process.exitCode = status === 0 ? 0 : 1
