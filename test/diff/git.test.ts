import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { changedSince, mergeBase, openRepository, revisionOf } from '../../cli/git/git.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { repositoryIn } from './repository.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function temporary(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-git-')))
  folders.push(folder)
  return folder
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    if (error instanceof SluiceError) return error.diagnostics.map((each) => each.code).join()
    throw error
  }
  return 'none'
}

const world = { environment: process.env }

describe('what changed since a ref', () => {
  test('is counted from where the histories parted, with the work tree and new files, below the project only', async () => {
    const root = temporary()
    const git = repositoryIn(root)
    git.write({ 'p/a.sql': 'a', 'p/b.sql': 'b', 'p/c d.sql': 'c', 'other.txt': 'x', '.gitignore': '*.log\n' })
    git.commit('base')
    git.run('branch', 'feature')
    git.write({ 'p/main-only.sql': 'm' })
    git.commit('on main')
    git.run('checkout', '-q', 'feature')
    git.write({ 'p/b.sql': 'b2', 'other.txt': 'y' })
    git.commit('on feature')
    git.write({ 'p/c d.sql': 'c2', 'p/new ü.sql': 'n', 'p/noise.log': '' })
    rmSync(join(root, 'p/a.sql'))
    const { since, paths } = await changedSince(join(root, 'p'), 'main', world)
    expect(paths).toEqual(['a.sql', 'b.sql', 'c d.sql', 'new ü.sql'])
    expect(since.commit).toBe(git.run('rev-parse', 'main~1').trim())
  })

  test('does not run what the repository would have run, nor heeds the variables of a hook', async () => {
    const root = temporary()
    const git = repositoryIn(root)
    git.write({ 'a.sql': 'a' })
    git.commit('base')
    const trap = join(root, 'trap.sh')
    const trace = join(root, 'trace')
    writeFileSync(trap, `#!/bin/sh\ntouch ${trace}\n`, { mode: 0o755 })
    for (const key of ['core.fsmonitor', 'core.pager', 'diff.external', 'core.editor'])
      git.run('config', key, trap)
    git.run('config', 'core.hooksPath', root)
    git.write({ 'a.sql': 'b' })
    const environment = { ...process.env, GIT_DIR: '/nowhere', GIT_EXTERNAL_DIFF: trap, GIT_PAGER: trap }
    const { paths } = await changedSince(root, 'main', { environment })
    expect(paths).toEqual(['a.sql', 'trap.sh'])
  })
})

describe('errors of Git', () => {
  test('a folder in no repository', async () => {
    const environment = { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() }
    expect(await codeOf(openRepository(temporary(), { environment }))).toBe('SL921')
  })

  test('no Git', async () => {
    expect(await codeOf(openRepository(temporary(), { environment: { PATH: '/nowhere' } }))).toBe('SL920')
  })

  test('unknown refs, ranges and options', async () => {
    const root = temporary()
    const git = repositoryIn(root)
    git.write({ a: '1' })
    git.commit('one')
    const repository = await openRepository(root, world)
    for (const ref of ['nope', '', '--all', 'main..HEAD', 'main\0x', 'HEAD:a'])
      expect(await codeOf(revisionOf(repository, ref)), JSON.stringify(ref)).toBe('SL922')
    expect((await revisionOf(repository, 'HEAD')).commit).toMatch(/^[0-9a-f]{40}$/)
  })

  test('a shallow clone without the commit where both parted, and histories without one', async () => {
    const root = temporary()
    mkdirSync(join(root, 'origin'))
    const git = repositoryIn(join(root, 'origin'))
    git.write({ a: '1' })
    git.commit('one')
    git.run('branch', 'feature')
    git.write({ a: '2' })
    git.commit('two')
    git.run('checkout', '-q', 'feature')
    git.write({ b: '1' })
    git.commit('three')
    execFileSync('git', [
      'clone',
      '-q',
      '--depth=1',
      '--no-single-branch',
      `file://${root}/origin`,
      join(root, 'clone'),
    ])
    const clone = await openRepository(join(root, 'clone'), world)
    expect(await codeOf(mergeBase(clone, 'origin/main'))).toBe('SL923')
    git.run('checkout', '-q', '--orphan', 'alone')
    git.commit('alone')
    expect(await codeOf(mergeBase(await openRepository(join(root, 'origin'), world), 'main'))).toBe('SL924')
  })
})
