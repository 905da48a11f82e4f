import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { loadProject } from '../../core/config/load.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'

const settings = 'name: t\ntargets: { dev: { adapter: duckdb, path: ":memory:" } }\n'
const folders: string[] = []

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function load(files: Readonly<Record<string, string>>) {
  const root = await mkdtemp(join(tmpdir(), 'sluice-keys-'))
  folders.push(root)
  for (const [path, text] of Object.entries({ 'sluice.yml': settings, ...files })) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  return loadProject({ root, env: {} })
}

async function configOf(header: string, files: Readonly<Record<string, string>> = {}) {
  const { project } = await load({ 'models/m/a.sql': `/*---\n${header}\n---*/\nselect 1 as id\n`, ...files })
  return project.models[0]!.config
}

async function mistakes(header: string, files: Readonly<Record<string, string>> = {}) {
  try {
    await configOf(header, files)
    return []
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    return error.diagnostics.map(({ code, message, place, hint }) => ({
      code,
      message,
      hint,
      line: place?.line,
      file: place?.file,
    }))
  }
}

test('a model is excused by a word, by a list, or by reasons', async () => {
  const at = { file: 'models/m/a.sql' }
  expect((await configOf('allow: random')).allow).toEqual([
    { rule: 'random', at: { ...at, path: ['allow'] } },
  ])
  expect((await configOf('allow: [random, select_star]')).allow.map(({ rule }) => rule)).toEqual([
    'random',
    'select_star',
  ])
  expect((await configOf('allow: { random: a lottery }')).allow).toEqual([
    { rule: 'random', reason: 'a lottery', at: { ...at, path: ['allow', 'random'] } },
  ])
})

test('excuses of a folder and of its models add up, and the nearer reason counts', async () => {
  const folder = `${settings}folders: { m: { allow: { random: folder, select_star: folder } } }\n`
  expect((await configOf('allow: { random: own }', { 'sluice.yml': folder })).allow).toMatchObject([
    { rule: 'random', reason: 'own' },
    { rule: 'select_star', reason: 'folder', isShared: true },
  ])
})

test('rules that are not there are mistakes with a suggestion', async () => {
  expect(await mistakes('allow: { select_stra: why }')).toMatchObject([
    { code: 'SL106', hint: 'Did you mean `select_star`?' },
  ])
  expect(await mistakes('allow: [select_stra]')).toMatchObject([
    { code: 'SL106', hint: 'Did you mean `select_star`?' },
  ])
  expect(await mistakes('allow: { select_star: }')).toMatchObject([{ code: 'SL105' }])
  expect(await mistakes('allow: 3')).toMatchObject([{ code: 'SL105' }])
  const severities = { 'sluice.yml': `${settings}lint: { select_star: fatal }\n` }
  expect(await mistakes('', severities)).toMatchObject([{ code: 'SL106', file: 'sluice.yml' }])
  const rules = { 'sluice.yml': `${settings}lint: { selectstar: off }\n` }
  expect(await mistakes('', rules)).toMatchObject([
    { code: 'SL106', file: 'sluice.yml', hint: 'Did you mean `select_star`?' },
  ])
})

test('a contract is said in short and at length, and by the folder', async () => {
  const columns = 'columns: [{ name: id, type: int, nullable: false }, { name: note }]'
  const contract = {
    columns: [
      {
        name: 'id',
        type: 'int',
        nullable: false,
        at: { file: 'models/m/a.sql', path: ['columns', 0, 'type'] },
      },
      { name: 'note', nullable: true, at: { file: 'models/m/a.sql', path: ['columns', 1] } },
    ],
  }
  expect((await configOf(`contract: enforced\n${columns}`)).contract).toEqual(contract)
  expect((await configOf(`contract: { enforced: true }\n${columns}`)).contract).toEqual(contract)
  const folder = { 'sluice.yml': `${settings}folders: { m: { contract: enforced } }\n` }
  expect((await configOf(columns, folder)).contract).toEqual(contract)
  expect((await configOf(`contract: none\n${columns}`, folder)).contract).toBeUndefined()
  expect((await configOf(columns)).contract).toBeUndefined()
})

test('a contract that promises nothing is a mistake of the model', async () => {
  expect(await mistakes('contract: enforced')).toMatchObject([
    { code: 'SL165', file: 'models/m/a.sql', line: 2 },
  ])
  const folder = { 'sluice.yml': `${settings}folders: { m: { contract: enforced } }\n` }
  expect(await mistakes('', folder)).toMatchObject([{ code: 'SL165', file: 'models/m/a.sql', line: 1 }])
  expect(await mistakes('contract: enforce')).toMatchObject([
    { code: 'SL106', hint: 'Did you mean `enforced`?' },
  ])
  expect(await mistakes('contract: { enforced: true, strict: true }')).toMatchObject([{ code: 'SL104' }])
})

test('columns of a contract come from the header and from YAML, types from the nearest that has one', async () => {
  const yaml =
    'models:\n  - name: m.a\n    columns: [{ name: id, type: bigint, nullable: false }, { name: b, type: text }]\n'
  const { contract } = await configOf('contract: enforced\ncolumns: [{ name: id }]', {
    'models/m/m.yml': yaml,
  })
  expect(contract?.columns).toEqual([
    {
      name: 'id',
      type: 'bigint',
      nullable: false,
      at: { file: 'models/m/m.yml', path: ['models', 0, 'columns', 0, 'type'] },
    },
    {
      name: 'b',
      type: 'text',
      nullable: true,
      at: { file: 'models/m/m.yml', path: ['models', 0, 'columns', 1, 'type'] },
    },
  ])
})

test('what may not be null is a blocking check of the rows, unless a check says so already', async () => {
  const columns = 'columns: [{ name: id, type: int, nullable: false }]'
  const checks = async (more: string) => (await configOf(`contract: enforced\n${columns}\n${more}`)).checks
  expect(await checks('materialized: table')).toMatchObject([
    { kind: 'not_null', name: 'contract_id_not_null', severity: 'error', columns: ['id'] },
  ])
  expect((await checks('materialized: table\nchecks: [{ not_null: id }]')).map(({ name }) => name)).toEqual([
    'not_null_id',
  ])
  const warning = 'materialized: table\nchecks: [{ not_null: { columns: [id], severity: warn } }]'
  expect(await checks(warning)).toHaveLength(2)
  expect(await checks('materialized: view')).toEqual([])
})
