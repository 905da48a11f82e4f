import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'
import { wrongIn } from '../reports/sarif.ts'
import { elementsOf } from '../reports/xml.ts'
import { blocksOf } from './blocks.ts'

const repository = resolve(import.meta.dirname, '../..')
const page = readFileSync(join(repository, 'docs/ci.md'), 'utf8')
const blocks = blocksOf(page)

interface Step {
  readonly name?: string
  readonly uses?: string
  readonly run?: string
  readonly if?: string
  readonly env?: Readonly<Record<string, string>>
  readonly with?: Readonly<Record<string, unknown>>
}
interface Job {
  readonly 'runs-on': string
  readonly env?: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
}
interface Workflow {
  readonly on: unknown
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, Job>>
}
interface GitLabJob {
  readonly variables: Readonly<Record<string, unknown>>
  readonly before_script: readonly string[]
  readonly script: readonly string[]
  readonly artifacts: {
    readonly paths: readonly string[]
    readonly reports: { readonly junit: readonly string[] }
  }
}

const yaml = <T>(has: string): T => {
  const found = blocks.filter(({ language, text }) => language === 'yaml' && text.includes(has))
  if (found.length !== 1) throw new Error(`${found.length} blocks have ${has}`)
  return parse(found[0]!.text) as T
}
const review = yaml<Workflow>('name: Unit tests')
const postgres = yaml<{ readonly services: object; readonly env: Readonly<Record<string, string>> }>(
  'image: postgres:17',
)
const nightly = yaml<Workflow>('name: nightly')
const gitlab = yaml<{ readonly sluice: GitLabJob }>('CI_PIPELINE_SOURCE').sluice
const preCommit = yaml<{
  readonly repos: readonly { readonly hooks: readonly Readonly<Record<string, unknown>>[] }[]
}>('pass_filenames')
const hook = blocks.find(({ text }) => text.startsWith('#!/bin/sh'))!.text
const scripts = JSON.parse(blocks.find(({ language }) => language === 'json')!.text) as {
  readonly scripts: Readonly<Record<string, string>>
}

let root: string
let database: TestDatabase
let environment: Readonly<Record<string, string>>

beforeAll(async () => {
  if (!existsSync(join(repository, 'dist/sluice.cjs'))) {
    execFileSync(process.execPath, [join(repository, 'scripts/build.mjs')])
  }
  database = await createDatabase()
  root = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-ci-')))
  program('sluice', `exec "${process.execPath}" "${repository}/bin/sluice.cjs" "$@"`)
  program('npx', 'npm_command=exec exec "$@"')
  program('npm', '[ "$1" = ci ]')
  // Tells which comments there are, and keeps what it is given.
  program(
    'gh',
    `case " $* " in
  *' --jq '*) [ ! -f "$HOME/comment.md" ] || echo 7 ;;
  *) echo "$*" >> "$HOME/gh.log"
     for word; do case $word in body=@*) cp "\${word#body=@}" "$HOME/comment.md" ;; esac; done ;;
esac`,
  )
  environment = {
    PATH: `${join(root, 'bin')}:${process.env.PATH}`,
    HOME: root,
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  }
  makeRepository()
}, 60_000)

afterAll(async () => {
  await database?.drop()
  rmSync(root, { recursive: true, force: true })
})

function program(name: string, text: string): void {
  const path = join(root, 'bin', name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `#!/bin/sh\n${text}\n`)
  chmodSync(path, 0o755)
}

/** The project of `sluice init` with a unit test, on `main` of a repository that others clone. */
function makeRepository(): void {
  const folder = join(root, 'main')
  shell(root, 'sluice init main --quiet')
  edit(folder, 'sluice.yml', '# prod:', 'prod:')
  mkdirSync(join(folder, 'tests'))
  writeFileSync(
    join(folder, 'tests/sales.yml'),
    [
      'unit_tests:',
      '  - name: orders of a day are added up',
      '    model: marts.daily_sales',
      '    partition: 2024-01-01',
      '    given:',
      '      staging.orders:',
      '        - { ordered_on: 2024-01-01, amount: 10.5, is_large: false }',
      '        - { ordered_on: 2024-01-01, amount: 4.5, is_large: true }',
      '    expect:',
      '      - { orders: 2, large_orders: 1, revenue: 15 }',
      '',
    ].join('\n'),
  )
  shell(folder, 'git init --quiet --initial-branch main && git add . && git commit --quiet -m Shop')
}

/** A clone on a branch with these edits, committed. */
function clone(name: string, edits: readonly (readonly [file: string, from: string, to: string])[]): string {
  const folder = join(root, name)
  shell(root, `git clone --quiet main ${name} && cd ${name} && git checkout --quiet -b head`)
  for (const each of edits) edit(folder, ...each)
  shell(folder, 'git commit --quiet --all --allow-empty -m Change')
  return folder
}

function edit(folder: string, file: string, from: string, to: string): void {
  const text = readFileSync(join(folder, file), 'utf8')
  expect(text.split(from)).toHaveLength(2)
  writeFileSync(join(folder, file), text.replace(from, to))
}

interface Ended {
  readonly status: number | null
  readonly output: string
}

function attempt(folder: string, command: string, more: Readonly<Record<string, string>> = {}): Ended {
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', command], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 120_000,
    input: '',
    env: { ...environment, ...more },
  })
  return { status, output: `${stdout}${stderr}` }
}

function shell(folder: string, command: string): void {
  const { status, output } = attempt(folder, command)
  expect(status, `${command}\n${output}`).toBe(0)
}

/** What GitHub puts in for its expressions. */
const contexts: Readonly<Record<string, string>> = {
  'github.base_ref': 'main',
  'github.repository': 'ada/shop',
  'github.event.pull_request.number': '12',
  'github.token': 'token',
  'secrets.DATABASE_URL': 'from the test',
}

function filled(variables: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      String(value).replace(/\$\{\{ ([^}]*) \}\}/g, (_, expression: string) => {
        const known = contexts[expression]
        if (known === undefined) throw new Error(`no such expression: ${expression}`)
        return known
      }),
    ]),
  )
}

/** Runs all steps of a job as GitHub does, and tells how each ended. */
function runJob({ env, steps }: Job, folder: string, more: Readonly<Record<string, string>> = {}) {
  const ended = new Map<string, Ended>()
  for (const step of steps) {
    if (step.run === undefined) continue
    const summary = { GITHUB_STEP_SUMMARY: join(folder, 'summary.md'), GITHUB_WORKSPACE: folder, CI: 'true' }
    const variables = { ...filled(env), ...filled(step.env), ...summary, ...more }
    ended.set(step.name ?? step.run, attempt(folder, step.run, variables))
  }
  return ended
}

const casesOf = (folder: string, file: string) =>
  elementsOf(readFileSync(join(folder, 'target', file), 'utf8')).filter(({ name }) => name === 'testcase')

const harmless = [['models/staging/orders.sql', 'lower(customer)', 'lower(trim(customer))']] as const
const breaking = [
  ['models/marts/daily_sales.sql', 'sum(amount) as revenue', 'sum(amount) as turnover'],
] as const

describe('the workflow of pull requests', () => {
  const job = review.jobs.review!

  test('asks for no more rights than it needs, and for the whole history', () => {
    expect(review.on).toBe('pull_request')
    expect(review.permissions).toEqual({
      contents: 'read',
      'pull-requests': 'write',
      'security-events': 'write',
    })
    const checkout = job.steps.find(({ uses }) => uses?.startsWith('actions/checkout@'))!
    expect(checkout.with).toMatchObject({ 'fetch-depth': 0, 'persist-credentials': false })
    for (const { uses, run } of job.steps) {
      expect([uses, run].filter((each) => each !== undefined)).toHaveLength(1)
      if (uses !== undefined) expect(uses).toMatch(/^[a-z-]+\/[a-z-]+(\/[a-z-]+)?@v\d+$/)
      // What outsiders name, a branch for example, must not become a part of a script.
      expect(run ?? '').not.toContain('${{')
    }
  })

  test('is green for a harmless change, comments, and writes the comment anew', { timeout: 120_000 }, () => {
    const folder = clone('harmless', harmless)
    for (const [name, { status, output }] of runJob(job, folder)) expect(status, `${name}\n${output}`).toBe(0)
    expect(wrongIn(JSON.parse(readFileSync(join(folder, 'target/validate.sarif'), 'utf8')))).toEqual([])
    expect(casesOf(folder, 'unit-tests.xml')).toHaveLength(1)
    const comment = readFileSync(join(root, 'comment.md'), 'utf8')
    expect(comment).toMatch(/^<!-- sluice diff -->\n\n## ✅/)
    expect(comment).toContain('staging.orders')
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toBe(comment)
    expect(existsSync(join(folder, '.sluice/cache'))).toBe(true)
    const again = runJob(job, folder)
    expect(again.get('Comment')!.status).toBe(0)
    const calls = readFileSync(join(root, 'gh.log'), 'utf8').trim().split('\n')
    expect(calls).toEqual([
      expect.stringContaining('--method POST repos/ada/shop/issues/12/comments '),
      expect.stringContaining('--method PATCH repos/ada/shop/issues/comments/7 '),
    ])
  })

  test('is red for a breaking change, and its reports say why', { timeout: 120_000 }, () => {
    const folder = clone('breaking', breaking)
    const ended = runJob(job, folder)
    expect([...ended].map(([name, { status }]) => [name, status])).toEqual([
      ['npm ci', 0],
      ['Validate', 1],
      ['Unit tests', 1],
      ['Diff', 1],
      ['Summary', 0],
      ['Comment', 0],
    ])
    expect(ended.get('Validate')!.output).toMatch(
      /^::error file=models\/marts\/daily_sales.sql,line=\d+.*revenue/m,
    )
    const { runs } = JSON.parse(readFileSync(join(folder, 'target/validate.sarif'), 'utf8'))
    expect(runs[0].results.length).toBeGreaterThan(0)
    expect(readFileSync(join(root, 'comment.md'), 'utf8')).toContain('```mermaid')
  })

  test('says the same of a project in a subfolder, with files named from the root', {
    timeout: 60_000,
  }, () => {
    const folder = clone('nested', [])
    mkdirSync(join(folder, 'warehouse'))
    shell(folder, 'git mv sluice.yml models checks seeds tests warehouse/ && git commit --quiet -m Moved')
    for (const each of breaking) edit(folder, `warehouse/${each[0]}`, each[1], each[2])
    const inside = attempt(join(folder, 'warehouse'), 'sluice validate --report github --quiet')
    const outside = attempt(folder, 'sluice validate --project warehouse --report github --quiet')
    const annotations = ({ output }: Ended) => output.split('\n').filter((line) => line.startsWith('::'))
    expect(annotations(inside)[0]).toMatch(/^::error file=warehouse\/models\/marts\/daily_sales.sql,/)
    expect(annotations(outside).map((line) => line.replace(/Next:.*/, ''))).toEqual(
      annotations(inside).map((line) => line.replace(/Next:.*/, '')),
    )
  })

  test('works for a Postgres target over an empty server', { timeout: 120_000 }, () => {
    expect(postgres.services).toHaveProperty('postgres.image')
    const folder = clone('postgres', harmless)
    const ended = runJob(job, folder, { ...postgres.env, DATABASE_URL: database.url })
    for (const [name, { status, output }] of ended) expect(status, `${name}\n${output}`).toBe(0)
    expect(ended.get('Validate')!.output).toContain('bound for prod')
  })
})

test('the workflow of a schedule runs and checks', { timeout: 120_000 }, () => {
  expect(nightly.permissions).toEqual({ contents: 'read' })
  const folder = clone('nightly', [])
  const ended = runJob(nightly.jobs.run!, folder, { DATABASE_URL: database.url })
  for (const [name, { status, output }] of ended) expect(status, `${name}\n${output}`).toBe(0)
  expect(casesOf(folder, 'run.xml').map(({ attributes }) => attributes.classname)).toContain(
    'marts.daily_sales',
  )
})

describe('the job of GitLab', () => {
  const job = (folder: string) => {
    const { output } = attempt(folder, 'git merge-base origin/main HEAD')
    const variables = { CI_MERGE_REQUEST_DIFF_BASE_SHA: output.trim(), CI_PROJECT_DIR: folder, CI: 'true' }
    return attempt(folder, [...gitlab.before_script, ...gitlab.script].join('\n'), variables)
  }

  test('has the whole history and keeps the reports that it writes', () => {
    expect(gitlab.variables).toEqual({ GIT_DEPTH: 0 })
    const written = gitlab.script.flatMap((line) =>
      [...line.matchAll(/--report \w+=(\S+)/g)].map(([, file]) => file!),
    )
    expect([...gitlab.artifacts.reports.junit, ...gitlab.artifacts.paths].sort()).toEqual(written.sort())
  })

  test('is green for a harmless change', { timeout: 60_000 }, () => {
    const folder = clone('gitlab-harmless', harmless)
    const { status, output } = job(folder)
    expect(status, output).toBe(0)
    expect(casesOf(folder, 'validate.xml').length).toBeGreaterThan(3)
  })

  test('is red for a breaking one, and still tells everything', { timeout: 60_000 }, () => {
    const folder = clone('gitlab-breaking', breaking)
    expect(job(folder).status).toBe(1)
    for (const file of gitlab.artifacts.reports.junit) {
      expect(elementsOf(readFileSync(join(folder, file), 'utf8')).map(({ name }) => name)).toContain(
        'failure',
      )
    }
  })
})

describe('hooks before a commit', () => {
  const install = (folder: string) => {
    const path = join(folder, '.git/hooks/pre-commit')
    writeFileSync(path, hook)
    chmodSync(path, 0o755)
  }

  test('the plain one lets good changes through and stops broken ones', { timeout: 60_000 }, () => {
    const folder = clone('hook', [])
    install(folder)
    for (const each of harmless) edit(folder, ...each)
    shell(folder, 'git commit --quiet --all -m Good')
    for (const each of breaking) edit(folder, ...each)
    const stopped = attempt(folder, 'git commit --all -m Bad')
    expect(stopped.status).not.toBe(0)
    expect(stopped.output).toContain('marts.daily_sales')
  })

  test('the plain one does not look when nothing of the project is committed', () => {
    const folder = clone('hook-elsewhere', [])
    install(folder)
    for (const each of breaking) edit(folder, ...each)
    shell(folder, 'echo hello > NOTES.md && git add NOTES.md && git commit --quiet -m Notes')
  })

  test('the plain one looks at everything before the first commit', { timeout: 60_000 }, () => {
    const folder = join(root, 'hook-first')
    cpSync(join(root, 'main'), folder, { recursive: true, filter: (path) => !path.endsWith('.git') })
    shell(folder, 'git init --quiet')
    install(folder)
    shell(folder, 'git add . && git commit --quiet -m First')
  })

  test('that of pre-commit says the same', { timeout: 60_000 }, () => {
    const [entry] = preCommit.repos[0]!.hooks
    expect(entry).toMatchObject({ language: 'system', pass_filenames: false })
    const pattern = new RegExp(entry!.files as string)
    for (const file of ['sluice.yml', 'models/marts/customers.sql', 'tests/a.yml'])
      expect(pattern.test(file)).toBe(true)
    for (const file of ['README.md', 'web/models.ts', 'docs/sluice.yml'])
      expect(pattern.test(file)).toBe(false)
    const folder = clone('pre-commit', [])
    expect(attempt(folder, String(entry!.entry)).status).toBe(0)
    for (const each of breaking) edit(folder, ...each)
    expect(attempt(folder, String(entry!.entry)).status).toBe(1)
  })
})

test('the script before a push ends as the worst of its commands', { timeout: 60_000 }, () => {
  const command = scripts.scripts.review!
  const folder = clone('push', harmless)
  const good = attempt(folder, command)
  expect(good.status, good.output).toBe(0)
  for (const each of breaking) edit(folder, ...each)
  expect(attempt(folder, command).status).toBe(1)
})

test('every command of Sluice on the page is tried here', () => {
  const tried = [
    ...[...Object.values(review.jobs), ...Object.values(nightly.jobs)].flatMap(({ steps }) =>
      steps.map(({ run }) => run),
    ),
    ...gitlab.script,
    ...preCommit.repos.flatMap(({ hooks }) => hooks.map(({ entry }) => entry)),
    ...Object.values(scripts.scripts),
    hook,
  ].join('\n')
  const said = blocks.flatMap(
    ({ text }) => text.match(/\bsluice (?:validate|test|diff|check|run)\b[^'"\n]*/g) ?? [],
  )
  const commands = said.filter((each) => each !== 'sluice validate') // a name of the pre-commit hook, and in the plain one
  expect(commands.length).toBeGreaterThan(10)
  for (const each of commands) expect(tried).toContain(each.trim())
})
