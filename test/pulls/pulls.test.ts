import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'
import { kinds } from './kinds.ts'
import { apply, type Finding, type PullRequest, pullRequests, writeBase } from './request.ts'

const sluice = process.env.SLUICE_BIN ?? resolve(import.meta.dirname, '../../bin/sluice.cjs')

/** A finding may stand this many lines from where a reviewer would put it. */
const NEAR = 2

let database: TestDatabase
const figures = { caught: 0, missed: [] as string[], falseAlarms: [] as string[], broken: 0, harmless: 0 }

beforeAll(async () => {
  database = await createDatabase()
})
afterAll(async () => {
  await database?.drop()
  const { caught, missed, falseAlarms, broken, harmless } = figures
  process.stdout.write(
    `pull requests: ${caught} of ${broken} caught, ${missed.length} missed, ${falseAlarms.length} false alarms in ${harmless}\n` +
      [
        ...missed.map((name) => `missed ${name}\n`),
        ...falseAlarms.map((name) => `false alarm ${name}\n`),
      ].join(''),
  )
})

interface Judgement {
  readonly status: number | null
  readonly findings: readonly Diagnostic[]
  readonly stderr: string
}

/** What the gate says of the project in a folder. */
function judged(root: string, ...words: readonly string[]): Judgement {
  const { status, stdout, stderr } = spawnSync(process.execPath, [sluice, ...words, '--output', 'json'], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: root, DATABASE_URL: database.url },
    timeout: 60_000,
  })
  const findings = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Diagnostic)
  return { status, findings, stderr }
}

function git(root: string, ...words: readonly string[]): void {
  const { status, stderr } = spawnSync(
    'git',
    ['-c', 'user.name=x', '-c', 'user.email=x@example.com', ...words],
    {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: root, GIT_CONFIG_NOSYSTEM: '1' },
    },
  )
  if (status !== 0) throw new Error(stderr)
}

/** The base, committed on `main`, and the pull request's head, committed on a branch and checked out. */
function materialize({ base, given, changes, title }: PullRequest, root: string): Judgement {
  writeBase(base, root)
  apply(given ?? {}, root)
  git(root, 'init', '--quiet', '--initial-branch', 'main')
  git(root, 'add', '.')
  git(root, 'commit', '--quiet', '-m', 'Base')
  const before = judged(root, 'validate')
  git(root, 'checkout', '--quiet', '-b', 'head')
  apply(changes, root)
  git(root, 'add', '.', ':!.sluice', ':!target')
  git(root, 'commit', '--quiet', '-m', title)
  return before
}

const sameAs = (a: Diagnostic) => (b: Diagnostic) =>
  a.code === b.code && a.model === b.model && a.place?.file === b.place?.file

function isExpected(finding: Finding, root: string) {
  const files = [finding.file].flat()
  const codes = [finding.kind].flat().flatMap((kind) => {
    const known = kinds[kind]
    if (known === undefined) throw new Error(`no codes for ${kind}`)
    return known as readonly string[]
  })
  return ({ code, place, via = [] }: Diagnostic): boolean => {
    if (!codes.includes(code)) return false
    return [place, ...via].some((each) => {
      if (each === undefined || !files.includes(each.file)) return false
      return (
        finding.at === undefined ||
        linesOf(root, each.file, finding.at).some((line) => Math.abs(line - each.line) <= NEAR)
      )
    })
  }
}

function linesOf(root: string, file: string, text: string): readonly number[] {
  const lines = readFileSync(join(root, file), 'utf8').split('\n')
  const found = lines.flatMap((line, at) => (line.includes(text) ? [at + 1] : []))
  if (found.length === 0) throw new Error(`${file} has no line with ${text}`)
  return found
}

const brief = ({ status, findings, stderr }: Judgement, fresh: readonly Diagnostic[]) =>
  `exit ${status}, ${findings.length} findings, new:\n${fresh
    .map(({ code, message, place }) => `${code} ${place?.file}:${place?.line}:${place?.column} ${message}`)
    .join('\n')}\n${stderr}`

describe('pull requests get the verdict that a reviewer would give', () => {
  it.each(pullRequests())('$name', { timeout: 120_000 }, (request) => {
    const root = mkdtempSync(join(tmpdir(), 'sluice-pull-'))
    try {
      const before = materialize(request, root)
      expect(before.status, brief(before, before.findings)).toBe(0)
      for (const words of [['validate'], ['validate', '--changed-since', 'main']]) {
        const after = judged(root, ...words)
        const fresh = after.findings.filter((each) => !before.findings.some(sameAs(each)))
        const text = `${words.join(' ')}: ${brief(after, fresh)}`
        count(request, words.length === 1, () => verdict(request, after, fresh, root, text))
      }
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  })
})

function verdict(
  request: PullRequest,
  after: Judgement,
  fresh: readonly Diagnostic[],
  root: string,
  text: string,
): void {
  switch (request.verdict) {
    case 'harmless':
      expect(after.status, text).toBe(0)
      expect(fresh, text).toEqual([])
      return
    case 'warned':
      expect(after.status, text).toBe(0)
      expect(fresh.filter(isExpected(request.finding, root)).length, text).toBeGreaterThan(0)
      return
    case 'broken':
      expect([1, 2], text).toContain(after.status)
      expect(fresh.filter(isExpected(request.finding, root)).length, text).toBeGreaterThan(0)
      return
    default:
      request satisfies never
  }
}

/** Figures of the whole suite; each request counts once. */
function count({ name, verdict: wanted }: PullRequest, counts: boolean, judge: () => void): void {
  const isHarmless = wanted === 'harmless'
  if (counts) figures[isHarmless ? 'harmless' : 'broken'] += 1
  try {
    judge()
    if (counts && !isHarmless) figures.caught += 1
  } catch (error) {
    const failed = isHarmless ? figures.falseAlarms : figures.missed
    if (!failed.includes(name)) failed.push(name)
    throw error
  }
}
