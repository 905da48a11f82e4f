import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A Git repository of tests: fixed names and dates, nothing of the machine's configuration. */
export interface TestRepository {
  run(...words: string[]): string
  write(files: Readonly<Record<string, string>>): void
  commit(message: string): void
}

export function repositoryIn(root: string): TestRepository {
  const date = '2026-01-01T00:00:00Z'
  const run = (...words: string[]): string =>
    execFileSync('git', words, {
      cwd: root,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: 'a',
        GIT_AUTHOR_EMAIL: 'a@example.com',
        GIT_COMMITTER_NAME: 'a',
        GIT_COMMITTER_EMAIL: 'a@example.com',
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_DATE: date,
      },
    })
  run('init', '-q', '-b', 'main')
  return {
    run,
    write: (files) => {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(root, path)), { recursive: true })
        writeFileSync(join(root, path), text)
      }
    },
    commit: (message) => {
      run('add', '-A')
      run('commit', '-q', '-m', message)
    },
  }
}
