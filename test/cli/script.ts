import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir, userInfo } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const repository = resolve(import.meta.dirname, '../..')

/**
 * A command line test as a text: files, commands, and what they print.
 *
 *     # A comment, up to the first file or command.
 *     -- models/a.sql --
 *     select 1
 *
 *     > sluice ls
 *     a
 *     ! what goes to standard error
 *     [exit 2]
 *
 * Commands run in a shell, in a folder of their own. `[exit 0]` is left out. What differs from run to run is written as
 * `<dir>`, `<time>`, `<instant>`, `<run>`, `<who>`, `<pid>`.
 */
export type Step =
  | { readonly kind: 'text'; readonly lines: readonly string[] }
  | { readonly kind: 'file'; readonly path: string; readonly lines: readonly string[] }
  | { readonly kind: 'command'; readonly command: string }

export function stepsOf(script: string): readonly Step[] {
  const steps: Step[] = []
  let lines: string[] = []
  for (const line of script.replace(/\n$/, '').split('\n')) {
    const path = /^-- (\S+) --$/.exec(line)?.[1]
    if (path !== undefined) {
      lines = []
      steps.push({ kind: 'file', path, lines })
    } else if (line.startsWith('> ')) {
      steps.push({ kind: 'command', command: line.slice(2) })
      lines = []
    } else if (steps.length === 0) {
      lines = [line]
      steps.push({ kind: 'text', lines })
    } else lines.push(line)
  }
  return steps
}

/** Runs a script and returns it with what its commands really print. */
export function replay(script: string): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-script-')))
  try {
    const bin = join(root, 'bin')
    const work = join(root, 'work')
    mkdirSync(bin)
    mkdirSync(work)
    symlinkSync(join(repository, 'bin/sluice.cjs'), join(bin, 'sluice'))
    return `${stepsOf(script)
      .map((step) => replayed(step, work, bin))
      .join('\n\n')}\n`
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

function replayed(step: Step, work: string, bin: string): string {
  switch (step.kind) {
    case 'text':
      return trimmed(step.lines)
    case 'file': {
      const text = trimmed(step.lines)
      mkdirSync(dirname(join(work, step.path)), { recursive: true })
      writeFileSync(join(work, step.path), `${text}\n`)
      return `-- ${step.path} --\n${text}`
    }
    case 'command':
      return [`> ${step.command}`, ...output(step.command, work, bin)].join('\n')
  }
}

function output(command: string, work: string, bin: string): readonly string[] {
  const { stdout, stderr, status, signal } = spawnSync('sh', ['-c', command], {
    cwd: work,
    encoding: 'utf8',
    timeout: 120_000,
    input: '',
    env: { PATH: `${bin}:${process.env.PATH}`, HOME: work, TZ: 'America/New_York', LANG: 'C.UTF-8' },
  })
  const end = signal ?? status
  return [
    ...printed(stdout, work),
    ...printed(stderr, work).map((line) => `! ${line}`.trimEnd()),
    ...(end === 0 ? [] : [`[exit ${end}]`]),
  ]
}

function printed(text: string, work: string): readonly string[] {
  const trimmed = text.replace(/\s+$/, '').replace(/^\n+/, '')
  return trimmed === '' ? [] : normalized(trimmed, work).split('\n').map(unlikeCommand)
}

function normalized(text: string, work: string): string {
  return text
    .replaceAll(work, '<dir>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z/g, '<instant>')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '<instant>')
    .replace(/\b0[0-9a-z]{8}-[0-9a-f]{8}\b/g, '<run>')
    .replace(/"run":"[\w-]+"/g, '"run":"<run>"')
    .replace(/\b[0-9a-z]{9}-[0-9a-f]{8}\b/g, '<run>')
    .replaceAll(`${userInfo().username}@${hostname()}`, '<who>')
    .replace(/\(process \d+\)/g, '(process <pid>)')
    .replace(/"elapsedMs":[\d.]+/g, '"elapsedMs":<time>')
    .replace(/ +(\d+ ms|\d+\.\d s)\b/g, ' <time>')
    .replace(/[ \t]+$/gm, '')
}

/** Empty lines and lines that look like commands would be read as something else. */
function unlikeCommand(line: string): string {
  return /^(> |-- \S+ --$)/.test(line) ? `\\${line}` : line
}

function trimmed(lines: readonly string[]): string {
  return lines.join('\n').trimEnd()
}
