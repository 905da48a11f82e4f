import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Diagnostic, Place } from '../../core/diagnostics/diagnostic.ts'
import { createDatabase, type TestDatabase } from '../postgres-server.ts'
import { kinds, knownMisses } from './kinds.ts'
import {
  apply,
  type Base,
  type Changes,
  type Finding,
  type PullRequest,
  pullRequests,
  writeBase,
} from './request.ts'

const sluice = process.env.SLUICE_BIN ?? resolve(import.meta.dirname, '../../bin/sluice.cjs')

/** A finding may stand this many lines from where a reviewer would put it. */
const NEAR = 2

let database: TestDatabase
const figures = {
  broken: 0,
  harmless: 0,
  caught: 0,
  missed: [] as string[],
  /** Caught, in the right file, but not near the line that a reviewer would name. */
  misplaced: [] as string[],
  falseAlarms: [] as string[],
}

beforeAll(async () => {
  database = await createDatabase()
})
afterAll(async () => {
  await database?.drop()
  const { caught, missed, misplaced, falseAlarms, broken, harmless } = figures
  const lists = { missed, misplaced, 'false alarm': falseAlarms }
  process.stdout.write(
    [
      `pull requests: ${caught} of ${broken} caught (${caught - misplaced.length} at the right line), ${missed.length} missed, ${falseAlarms.length} false alarms in ${harmless}`,
      ...Object.entries(lists).flatMap(([what, names]) => names.map((name) => `${what}: ${name}`)),
      '',
    ].join('\n'),
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

/** What unit tests say: a failed one is a finding at its place. */
function tested(root: string): Judgement {
  const { status, findings: tests, stderr } = judged(root, 'test')
  const failed = (tests as unknown as readonly TestLine[]).filter(({ outcome }) => outcome !== 'passed')
  const findings = failed.map(({ model, test, file, line, problem }): Diagnostic => {
    const place = { file, line, column: 1 }
    return problem ?? { code: 'SL670', severity: 'error', message: test, model, place }
  })
  return { status, findings, stderr }
}

/** One line of `sluice test --output json`. */
interface TestLine {
  readonly test: string
  readonly model: string
  readonly file: string
  readonly line: number
  readonly outcome: 'passed' | 'failed' | 'broken'
  readonly problem?: Diagnostic
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

const bases = new Map<string, Judgement>()

/** What the gate says of a base; most requests share one of three. */
function ofBase(base: Base, given: Changes, root: string): Judgement {
  const key = JSON.stringify([base, given])
  const known = bases.get(key)
  if (known !== undefined) return known
  const before = judged(root, 'validate')
  bases.set(key, before)
  return before
}

/** The base, committed on `main`, and the pull request's head, committed on a branch and checked out. */
function materialize({ base, given, changes, title, needs }: PullRequest, root: string): Judgement {
  writeBase(base, root)
  apply(given ?? {}, root)
  git(root, 'init', '--quiet', '--initial-branch', 'main')
  git(root, 'add', '.')
  git(root, 'commit', '--quiet', '-m', 'Base')
  const before = ofBase(base, given ?? {}, root)
  if (needs === 'test') {
    const { status, findings, stderr } = tested(root)
    expect({ status, findings }, stderr).toEqual({ status: 0, findings: [] })
  }
  git(root, 'checkout', '--quiet', '-b', 'head')
  apply(changes, root)
  git(root, 'add', '.', ':!.sluice', ':!target')
  git(root, 'commit', '--quiet', '-m', title)
  return before
}

const sameAs = (a: Diagnostic) => (b: Diagnostic) =>
  a.code === b.code && a.model === b.model && a.place?.file === b.place?.file

/** The findings that are of an expected kind and in an expected file. */
function expected(finding: Finding, fresh: readonly Diagnostic[]): readonly Diagnostic[] {
  const codes: readonly string[] = [finding.kind].flat().flatMap((kind) => {
    const known = kinds[kind]
    if (known === undefined) throw new Error(`no codes for ${kind}`)
    return known
  })
  return fresh.filter((each) => codes.includes(each.code) && placesIn(finding, each).length > 0)
}

function placesIn({ file }: Finding, { place, via = [] }: Diagnostic): readonly Place[] {
  const files = [file].flat()
  return [...(place === undefined ? [] : [place]), ...via].filter((each) => files.includes(each.file))
}

function isNear(finding: Finding, found: readonly Diagnostic[], root: string): boolean {
  const { at } = finding
  if (at === undefined) return true
  const places = found.flatMap((each) => placesIn(finding, each))
  return places.some(({ file, line }) =>
    linesOf(root, file, at).some((wanted) => Math.abs(wanted - line) <= NEAR),
  )
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
  const all = pullRequests()
  const isKnown = ({ name }: PullRequest) => name in knownMisses

  it('the suite has sixty, and four for unit tests', () => {
    expect(all.filter(({ needs }) => needs === undefined)).toHaveLength(60)
    expect(all.filter(({ needs }) => needs === 'test')).toHaveLength(4)
  })

  it.each(all.filter((each) => !isKnown(each)))('$name', { timeout: 120_000 }, judge)
  // These fail once the gate catches them.
  for (const each of all.filter(isKnown)) it.fails(each.name, { timeout: 120_000 }, () => judge(each))
})

function judge(request: PullRequest): void {
  const root = mkdtempSync(join(tmpdir(), 'sluice-pull-'))
  try {
    const before = materialize(request, root)
    expect(before.status, brief(before, before.findings)).toBe(0)
    const whole = looked(root, before, 'validate')
    if (request.needs === 'test') {
      // Otherwise it would show nothing about unit tests.
      expect({ status: whole.status, fresh: whole.fresh }, whole.text).toEqual({ status: 0, fresh: [] })
      const after = tested(root)
      const found = { status: after.status, fresh: after.findings, text: brief(after, after.findings) }
      count(request, found, root)
      verdict(request, found)
      return
    }
    count(request, whole, root)
    verdict(request, whole)
    if (looksAtRange(request)) verdict(request, looked(root, before, 'validate', '--changed-since', 'main'))
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** Every third request is also judged by what the range touches; all of them with `SLUICE_PULLS=all`. */
function looksAtRange({ name }: PullRequest): boolean {
  return process.env.SLUICE_PULLS === 'all' || Number.parseInt(name, 10) % 3 === 0
}

/** What the gate says of the head that it did not say of the base. */
interface Looked {
  readonly status: number | null
  readonly fresh: readonly Diagnostic[]
  readonly text: string
}

function looked(root: string, before: Judgement, ...words: readonly string[]): Looked {
  const after = judged(root, ...words)
  const fresh = after.findings.filter((each) => !before.findings.some(sameAs(each)))
  return { status: after.status, fresh, text: `${words.join(' ')}: ${brief(after, fresh)}` }
}

function isRight(request: PullRequest, { status, fresh }: Looked): boolean {
  switch (request.verdict) {
    case 'harmless':
      return status === 0 && fresh.length === 0
    case 'warned':
      return status === 0 && expected(request.finding, fresh).length > 0
    case 'broken':
      return (status === 1 || status === 2) && expected(request.finding, fresh).length > 0
    default:
      return request satisfies never
  }
}

function verdict(request: PullRequest, found: Looked): void {
  expect(isRight(request, found), `not ${request.verdict}: ${found.text}`).toBe(true)
}

/** Figures of the whole suite. */
function count(request: PullRequest, found: Looked, root: string): void {
  const { name } = request
  const right = isRight(request, found)
  if (request.verdict === 'harmless') {
    figures.harmless += 1
    if (!right) figures.falseAlarms.push(name)
    return
  }
  figures.broken += 1
  if (!right) {
    figures.missed.push(name)
    return
  }
  figures.caught += 1
  if (!isNear(request.finding, expected(request.finding, found.fresh), root)) figures.misplaced.push(name)
}
