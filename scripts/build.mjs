// Bundles the command line into one CommonJS file: loading one file is what keeps start-up near bare Node.
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))

/** Packages with native code or WebAssembly, or so big that reading them would slow every command. */
const external = [
  '@duckdb/node-api',
  'pg',
  'pg-native',
  'pg-copy-streams',
  'knex',
  'libpg-query',
  'node-sql-parser',
]

await build({
  absWorkingDir: root,
  entryPoints: ['cli/main.ts'],
  outfile: 'dist/sluice.cjs',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  mainFields: ['module', 'main'],
  external: external.flatMap((name) => [name, `${name}/*`]),
  // Turns `import()` of the external packages into a lazy `require`.
  supported: { 'dynamic-import': false },
  define: { SLUICE_VERSION: JSON.stringify(version) },
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
})
