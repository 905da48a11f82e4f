import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { reportPath, reportRoot } from '../../cli/reports/places.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-places-'))
const project = join(folder, 'clone/warehouse')
mkdirSync(project, { recursive: true })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('without a repository the CI says where files are named from, if the project is there', () => {
  expect(reportRoot(project, { GITHUB_WORKSPACE: join(folder, 'clone') })).toBe(join(folder, 'clone'))
  expect(reportRoot(project, { CI_PROJECT_DIR: join(folder, 'clone') })).toBe(join(folder, 'clone'))
  expect(reportRoot(project, { GITHUB_WORKSPACE: '/elsewhere', CI_PROJECT_DIR: '' })).toBe(project)
  expect(reportRoot(project, {})).toBe(project)
})

test('the repository comes first: it may be a folder of the job, or the folder of a work tree', () => {
  mkdirSync(join(folder, 'clone/.git'))
  expect(reportRoot(project, { GITHUB_WORKSPACE: folder })).toBe(join(folder, 'clone'))
})

test('files are named from there', () => {
  const root = join(folder, 'clone')
  expect(reportPath('models/a.sql', project, root)).toBe('warehouse/models/a.sql')
  expect(reportPath(join(folder, 'clone/x.csv'), project, root)).toBe('x.csv')
})
