import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOf, slugOf } from '../../core/docs/address.ts'
import { builtSite } from './built-site.ts'
import { copyExample, sluice } from './example-site.ts'
import { filesBelow } from './visit.ts'

const longMs = 120_000
let root: string
let project: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-build-'))
  project = await copyExample(root)
})
afterAll(() => rm(root, { recursive: true, force: true }))

const build = (folder: string, ...words: readonly string[]) =>
  sluice(['docs', 'build', '--project', project, '--folder', folder, ...words])

describe('a build', () => {
  test('says where it is, and how much of it', async () => {
    const { code, out } = await build(join(root, 'told'), '-o', 'json')
    expect(code).toBe(0)
    const told = JSON.parse(out) as Record<string, unknown>
    expect(told).toMatchObject({ folder: join(root, 'told'), mistakes: 0 })
    const pages = (await filesBelow(join(root, 'told'))).filter((file) => file.endsWith('.html'))
    expect(told.pages).toBe(pages.length - 1)
  })

  test('leaves no page of what is gone', async () => {
    const folder = join(root, 'shrinks')
    const file = join(project, 'models/reports/short_lived.sql')
    await writeFile(file, '/*---\nmaterialized: view\n---*/\nselect 1 as one\n')
    expect((await build(folder)).code).toBe(0)
    expect(await readdir(join(folder, 'model'))).toContain('reports.short_lived.html')
    await rm(file)
    expect((await build(folder)).code).toBe(0)
    expect(await readdir(join(folder, 'model'))).not.toContain('reports.short_lived.html')
    expect((await readdir(root)).filter((name) => name.includes('shrinks'))).toEqual(['shrinks'])
  })

  test('does not replace a folder that is not a site', async () => {
    const folder = join(root, 'precious')
    await mkdir(folder)
    await writeFile(join(folder, 'thesis.txt'), 'years of work')
    expect(await build(folder)).toMatchObject({ code: 2, err: expect.stringContaining('SL941') })
    expect(await readdir(folder)).toEqual(['thesis.txt'])
  })

  test('does not replace a site in which somebody keeps something', async () => {
    const folder = join(root, 'shared')
    expect((await build(folder)).code).toBe(0)
    await mkdir(join(folder, '.git'))
    expect(await build(folder)).toMatchObject({ code: 2, err: expect.stringContaining('`.git`') })
    expect(await readdir(folder)).toContain('.git')
  })

  test('that cannot write says so, and why', async () => {
    const file = join(root, 'a-file')
    await writeFile(file, '')
    expect(await build(join(file, 'site'))).toMatchObject({ code: 2, err: expect.stringContaining('SL942') })
    const locked = join(root, 'locked')
    await mkdir(locked)
    await chmod(locked, 0o555)
    // Whoever may do all may write there, too.
    if (process.getuid?.() !== 0) {
      expect(await build(join(locked, 'site'))).toMatchObject({
        code: 2,
        err: expect.stringContaining('SL942'),
      })
    }
    await chmod(locked, 0o755)
  })

  test('of a broken project has the rest of it, and says what is missing', async () => {
    const folder = join(root, 'broken')
    const file = join(project, 'models/reports/broken.sql')
    await writeFile(file, '/*---\nmaterialized: view\n---*/\nselect * from nowhere.at_all\n')
    const { code, err } = await build(folder)
    await rm(file)
    expect(code).toBe(1)
    expect(err).toContain('nowhere.at_all')
    expect(await readFile(join(folder, 'index.html'), 'utf8')).toContain('nowhere.at_all')
    expect(await readdir(join(folder, 'model'))).toContain('marts.daily_by_origin.html')
  })
})

test('a build that is killed leaves the old site whole, and the next one takes its draft away', {
  timeout: longMs,
}, async () => {
  const folder = join(root, 'killed')
  expect((await build(folder)).code).toBe(0)
  const before = await stat(join(folder, 'index.html'))
  const words = ['docs', 'build', '--project', project, '--folder', folder]
  const child = spawn(process.execPath, [join(process.cwd(), 'bin/sluice.cjs'), ...words], {
    stdio: 'ignore',
  })
  await draftOf(root, 'killed', child)
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('close', resolve))
  expect((await stat(join(folder, 'index.html'))).mtimeMs).toBe(before.mtimeMs)
  expect((await build(folder)).code).toBe(0)
  expect((await readdir(root)).filter((name) => name.includes('killed'))).toEqual(['killed'])
})

/** Waits until the process has begun to write; fails if it ends before. */
async function draftOf(parent: string, name: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    if ((await readdir(parent)).some((each) => each.startsWith(`.${name}.sluice-`))) return
  }
  throw new Error('the build ended before it was seen')
}

describe('what is secret', () => {
  test('stands in no file: variables of the environment, connections, rows', {
    timeout: longMs,
  }, async () => {
    const secrets = ['hunter2-in-the-url', 'warehouse.internal.example', 'only-in-the-environment']
    const folder = join(root, 'secrets')
    const environment = {
      DATABASE_URL: `postgres://reader:${secrets[0]}@${secrets[1]}:1/flights?connect_timeout=1`,
      SOME_TOKEN: secrets[2]!,
    }
    const words = ['docs', 'build', '--project', project, '--folder', folder]
    for (const target of [
      ['--target', 'dev'],
      ['--target', 'prod'],
    ]) {
      const built = await sluice([...words, ...target], environment)
      expect(built.code, built.err).toBe(0)
      expect(await filesWith(folder, secrets)).toEqual([])
    }
  })

  test('of failing rows none is shown, unless it is asked for', { timeout: longMs }, async () => {
    const { project: example, folder } = await builtSite()
    // Rows that the failing check of the example finds: flights from Newark to Honolulu of 4,962 miles.
    expect(await filesWith(folder, ['4962'])).toEqual([])
    const open = join(root, 'with-samples')
    const words = ['docs', 'build', '--project', example, '--folder', open, '--samples']
    expect((await sluice(words)).code).toBe(0)
    expect(await filesWith(open, ['4962'])).not.toEqual([])
  })

  test('--no-state leaves out all of the ledger', { timeout: longMs }, async () => {
    const { project: example } = await builtSite()
    const folder = join(root, 'without-state')
    const words = ['docs', 'build', '--project', example, '--folder', folder, '--no-state']
    expect((await sluice(words)).code).toBe(0)
    expect(await readdir(folder)).not.toContain('run')
    expect(await readFile(join(folder, 'index.html'), 'utf8')).toContain('--no-state')
  })
})

async function filesWith(folder: string, texts: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const file of await filesBelow(folder)) {
    if (file.startsWith('assets')) continue
    const content = await readFile(join(folder, file), 'utf8')
    if (texts.some((text) => content.includes(text))) found.push(file)
  }
  return found
}

describe('a page of any name', () => {
  const names = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
    fc.string({
      unit: fc.constantFrom('a', 'A', '.', '~', '4', '1', '/', '\\', 'é', 'e\u0301', 'ß', 'İ'),
      minLength: 1,
    }),
    fc.constantFrom('con', 'CON', 'nul.x', 'lpt1', '..', '.', 'a.', 'a ', 'com9.sql'),
  )

  test('has a file of its own on every file system', () => {
    fc.assert(
      fc.property(names, names, (one, other) => {
        const [a, b] = [slugOf(one), slugOf(other)]
        for (const slug of [a, b]) {
          expect(slug).toMatch(/^[a-z0-9._~-]{1,120}$/)
          expect(slug).not.toMatch(/^\.|\.$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/)
        }
        expect(a === b).toBe(one === other)
      }),
      { numRuns: 2_000, seed: 5 },
    )
  })

  test('is told apart from long names that begin alike', () => {
    const long = 'x'.repeat(200)
    const slugs = Array.from({ length: 500 }, (_, at) => slugOf(`${long}${at}`))
    expect(new Set(slugs).size).toBe(500)
    expect(addressOf({ kind: 'model', name: '../../etc' })).toBe('model/~2e~.~2f~..~2f~etc')
  })
})
