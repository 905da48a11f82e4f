// Runs a TypeScript file of this repository on any Node that we support: bundled on the fly, packages left where they are.
import { mkdtemp, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const [file, ...rest] = process.argv.slice(2)
// Below the repository, so that its packages are found.
const folder = await mkdtemp(join(root, 'node_modules', '.run-ts-'))
try {
  const outfile = join(folder, 'script.mjs')
  await build({
    entryPoints: [resolve(file)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
  })
  process.argv = [process.argv[0], resolve(file), ...rest]
  await import(pathToFileURL(outfile).href)
} finally {
  await rm(folder, { recursive: true, force: true })
}
