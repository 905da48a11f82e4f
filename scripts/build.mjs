// Bundles the command line into one CommonJS file, and compiles that ahead: together they keep start-up near bare Node.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { buildSite } from './build-site.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const dist = join(root, 'dist')
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
  'cron-parser',
]

/** Zod brings its messages in fifty languages, a fifth of the bundle; Sluice says its own. */
const onlyEnglish = {
  name: 'only-english',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
    }))
  },
}

// Replaced by a hash of the bundle, by which the code compiled ahead is known to belong to it.
const placeholder = '0'.repeat(40)

/** Pages and the server are a bundle of their own, loaded by the commands that show them. */
const siteApart = {
  name: 'site-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/web\/site\/node\.ts$/ }, () => ({ path: './site.cjs', external: true }))
  },
}

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: { sluice: 'cli/main.ts', 'parse-worker': 'cli/parse-worker.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  write: false,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  mainFields: ['module', 'main'],
  external: external.flatMap((name) => [name, `${name}/*`]),
  plugins: [onlyEnglish, siteApart],
  // Turns `import()` of the external packages into a lazy `require`.
  supported: { 'dynamic-import': false },
  define: { SLUICE_VERSION: JSON.stringify(version), SLUICE_BUILD: JSON.stringify(placeholder) },
  banner: { js: `/*${placeholder}*/` },
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
})

await mkdir(dist, { recursive: true })
await rm(join(dist, 'sluice.code-cache'), { force: true })
for (const { path, text } of outputFiles) {
  const hash = createHash('sha1').update(text).digest('hex')
  await replaceFile(path, path.endsWith('.cjs') ? text.replaceAll(placeholder, hash) : text)
}
await buildSite({ root, dist, version })
execFileSync(process.execPath, [join(root, 'scripts/code-cache.cjs')], {
  stdio: ['ignore', 'ignore', 'inherit'],
})

/** Whoever reads the file meanwhile sees the old one or the new one. */
async function replaceFile(path, text) {
  const draft = `${path}.${process.pid}.tmp`
  await writeFile(draft, text)
  await rename(draft, path)
}
