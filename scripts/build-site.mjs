// Bundles the docs site: `dist/site.cjs` renders and serves pages in Node, `dist/assets/` is what a browser loads.
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'

const jsx = { jsx: 'automatic', jsxImportSource: 'preact' }
const common = {
  bundle: true,
  minify: true,
  sourcemap: false,
  legalComments: 'none',
  logLevel: 'warning',
  ...jsx,
}

/** Writes both below `dist`. */
export async function buildSite({ root, dist, version }) {
  const assets = join(dist, 'assets')
  await mkdir(assets, { recursive: true })
  await Promise.all([
    build({
      ...common,
      absWorkingDir: root,
      entryPoints: ['web/site/node.ts'],
      outfile: join(dist, 'site.cjs'),
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      mainFields: ['module', 'main'],
      external: ['elkjs', 'elkjs/*'],
      supported: { 'dynamic-import': false },
      define: { SLUICE_VERSION: JSON.stringify(version) },
    }),
    buildClient(root, assets),
    build({
      ...common,
      absWorkingDir: root,
      entryPoints: ['web/styles/site.css'],
      outfile: join(assets, 'site.css'),
      target: ['chrome109', 'firefox115', 'safari16'],
    }),
    copyFile(join(root, 'web/styles/icon.svg'), join(assets, 'icon.svg')),
    writeLayoutWorker(root, assets),
  ])
}

/** The layout engine runs in a worker made of a blob, as a page opened from a file can load no other: its code is text in a script, and
 * plain text for servers. */
async function writeLayoutWorker(root, assets) {
  const require = createRequire(join(root, 'package.json'))
  const code = await readFile(require.resolve('elkjs/lib/elk-worker.min.js'), 'utf8')
  await writeFile(join(assets, 'layout-worker.txt'), code)
  const text = JSON.stringify(code).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
  await writeFile(join(assets, 'layout-worker.js'), `sluiceData('assets/layout-worker',${text})\n`)
}

async function buildClient(root, assets) {
  const { metafile } = await build({
    ...common,
    absWorkingDir: root,
    entryPoints: { site: 'web/client/site.tsx', theme: 'web/client/theme.ts' },
    outdir: assets,
    platform: 'browser',
    target: ['chrome109', 'firefox115', 'safari16'],
    format: 'iife',
    metafile: true,
  })
  await writeLicenses(root, assets, Object.keys(metafile.inputs))
}

/** What browsers load holds code of others, whose licenses want their text beside it. */
async function writeLicenses(root, assets, inputs) {
  const inBundle = inputs.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [])
  const names = [...new Set([...inBundle, 'elkjs'])].sort()
  const texts = await Promise.all(
    names.map(async (name) => {
      const folder = join(root, 'node_modules', name)
      const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
      const file = (await readdir(folder)).find((each) => /^licen[cs]e(\.|$)/i.test(each))
      if (file === undefined) throw new Error(`${name} has no file with its license`)
      return `${name} ${version} (${license})\n\n${await readFile(join(folder, file), 'utf8')}`
    }),
  )
  await writeFile(join(assets, 'licenses.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`))
}
