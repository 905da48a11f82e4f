import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'

const repository = resolve(import.meta.dirname, '../..')

/** A command of a page, as a reader types it, with what the page says that it prints. */
export interface Typed {
  /** Line of the page, from 1. */
  readonly line: number
  readonly command: string
  readonly printed: readonly string[]
}

/**
 * The commands of a page, in order: lines that begin with `$ ` in fenced blocks of the language `console`, each followed by what it
 * prints. A block after `<!-- not replayed: why -->` is left out.
 */
export function typedIn(markdown: string): readonly Typed[] {
  const typed: { line: number; command: string; printed: string[] }[] = []
  let isInside = false
  for (const [at, line] of markdown.split('\n').entries()) {
    if (line.startsWith('```')) {
      const before = markdown.split('\n')[at - 1] ?? ''
      isInside = !isInside && line === '```console' && !before.startsWith('<!-- not replayed')
    } else if (isInside && line.startsWith('$ '))
      typed.push({ line: at + 1, command: line.slice(2), printed: [] })
    else if (isInside) typed.at(-1)?.printed.push(line)
  }
  return typed.map((each) => ({ ...each, printed: withoutEdges(each.printed) }))
}

/** The page with other output below the commands at these lines. */
export function withOutput(markdown: string, outputs: ReadonlyMap<number, readonly string[]>): string {
  const lines = markdown.split('\n')
  for (const { line } of [...typedIn(markdown)].reverse()) {
    const output = outputs.get(line)
    if (output === undefined) continue
    const end = lines.findIndex((each, at) => at >= line && (each.startsWith('```') || each.startsWith('$ ')))
    const gap = lines[end]?.startsWith('$ ') && output.length > 0 ? [''] : []
    lines.splice(line, end - line, ...output, ...gap)
  }
  return lines.join('\n')
}

/** Output with what differs from run to run replaced: times, ids, widths of columns, the order of parallel tasks
 * and of rows, and whether one of them had to be tried again because another was in its way. */
export function comparable(lines: readonly string[]): readonly string[] {
  const groups: string[][] = []
  for (const line of lines.filter((each) => !each.startsWith('↻')).map(withPlaceholders)) {
    const last = groups.at(-1)
    if (last !== undefined && /^ +⚠/.test(line)) last.push(line)
    else groups.push([line])
  }
  const sorted: string[] = []
  for (let at = 0; at < groups.length; ) {
    const end = groups.findIndex((group, other) => other >= at && !isUnordered(group[0]!))
    const unordered = groups.slice(at, end === -1 ? groups.length : end).map((group) => group.join('\n'))
    sorted.push(...unordered.sort())
    at += unordered.length
    if (at < groups.length) sorted.push(...groups[at++]!)
  }
  return sorted
}

/** Tasks that ran side by side, and rows of a table, have no order. */
const isUnordered = (line: string): boolean => /^(?:[✓✗] [a-z_]+(?:\.[a-z_]+)?|\d{4}-\d\d-\d\d) /.test(line)

function withPlaceholders(line: string): string {
  return line
    .replace(/\b(?:\d+m \d\ds|\d+(?:\.\d)? m?s)\b/g, '<time>')
    .replace(/\(run [\w-]+\)/g, '(run <run>)')
    .replace(/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b/g, '<instant>')
    .replace(/^(Compared with .*)\b[0-9a-f]{8}\b/, '$1<commit>')
    .replace(/ {2,}/g, '  ')
    .trimEnd()
}

/** A folder as a new clone with its packages installed, and a shell in it. */
export class Terminal {
  private readonly root: string
  private readonly environment: Readonly<Record<string, string>>
  private directory: string

  constructor(environment: Readonly<Record<string, string>> = {}) {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-page-')))
    this.directory = this.root
    const bin = join(this.root, '.bin')
    mkdirSync(bin)
    writeProgram(join(bin, 'sluice'), `exec "${process.execPath}" "${repository}/bin/sluice.cjs" "$@"`)
    // npx itself takes most of a second, and says so on some machines; what it sets is what matters.
    writeProgram(join(bin, 'npx'), 'shift\nnpm_command=exec exec sluice "$@"')
    for (const shared of ['node_modules', 'package.json'])
      symlinkSync(join(repository, shared), join(this.root, shared))
    cpSync(join(repository, 'models.example'), join(this.root, 'models.example'), {
      recursive: true,
      filter: (path) => !/\.duckdb|^\.sluice$|^target$/.test(basename(path)),
    })
    this.environment = {
      PATH: `${bin}:${process.env.PATH}`,
      HOME: this.root,
      LANG: 'C.UTF-8',
      ...environment,
    }
  }

  /** Types a command and returns the lines that it prints. `cd` lasts. */
  type(command: string): readonly string[] {
    const folder = /^cd (\S+)$/.exec(command)?.[1]
    if (folder !== undefined) {
      this.directory = resolve(this.directory, folder)
      return []
    }
    const { stdout } = spawnSync('sh', ['-c', `exec 2>&1; ${command}`], {
      cwd: this.directory,
      encoding: 'utf8',
      timeout: 120_000,
      input: '',
      env: this.environment,
    })
    return withoutEdges(
      stdout
        .split('\n')
        .map((line) => line.trimEnd())
        .filter((line) => !isOfNpm(line)),
    )
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

/** npm repeats the script that it runs, address of the database included, and warns of what is of this machine. */
function isOfNpm(line: string): boolean {
  return /^(> |npm (warn|notice))/.test(line)
}

function writeProgram(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`)
  chmodSync(path, 0o755)
}

function withoutEdges(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line !== '')
  const last = lines.findLastIndex((line) => line !== '')
  return first === -1 ? [] : lines.slice(first, last + 1)
}
