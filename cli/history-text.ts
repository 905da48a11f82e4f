import { failingText } from '../core/checks/failing-text.ts'
import type { StoredCheck } from '../core/ledger/stored-attempts.ts'
import type { UpstreamVersion } from './history-inputs.ts'
import type { HistoryEntry, PartitionVersion, VersionEntry } from './model-history.ts'
import { whoText } from './run-text.ts'
import type { Colors } from './terminal/terminal.ts'
import { instantInText } from './text/instant.ts'
import { keysLabel } from './text/partitions.ts'
import { count, counted } from './text/quantity.ts'
import { needText } from './text/reason.ts'

const indent = '    '
/** Upstream partitions that are named one by one. */
const mostNamed = 3

/** What happened to a model or a partition of it, each with a line of its own and what belongs to it below. */
export function historyLines(
  entries: readonly HistoryEntry[],
  /** Every entry is of the same partition, which need not be said again. */
  isOne: boolean,
  style: Colors,
): readonly string[] {
  return entries.flatMap((entry) => [...entryLines(entry, isOne, style), '']).slice(0, -1)
}

function entryLines(entry: HistoryEntry, isOne: boolean, style: Colors): readonly string[] {
  switch (entry.kind) {
    case 'published':
      return versionLines(entry, isOne, style)
    case 'attempt': {
      const { attempt } = entry
      const isRunning = attempt.status === 'running'
      const mark = isRunning
        ? style.cyan('›')
        : attempt.status === 'canceled'
          ? style.yellow('▪')
          : style.red('✗')
      return [
        `${mark} ${head(attempt.status.replace('_', ' '), entry.keys, isOne, style)}  ${whenText(entry)}`,
        ...(attempt.error === undefined
          ? []
          : [`${indent}${style.red(`${attempt.error.code} ${attempt.error.message.split('\n')[0]}`)}`]),
        ...checkLines(entry.checks, style),
      ]
    }
    case 'stamp':
    case 'invalidate': {
      const { mark } = entry
      const word = entry.kind === 'stamp' ? 'stamped' : 'invalidated'
      const colour = entry.kind === 'stamp' ? style.cyan : style.yellow
      return [
        `${colour('◆')} ${head(word, entry.keys, isOne, style)}  ${instantInText(mark.at)} by ${mark.by}`,
        `${indent}${mark.reason}`,
      ]
    }
    default:
      return entry satisfies never
  }
}

function versionLines(entry: VersionEntry, isOne: boolean, style: Colors): readonly string[] {
  const { partitions, attempt } = entry
  const isCurrent = partitions.some((each) => each.isCurrent)
  const keys = partitions.map((each) => each.key)
  const version = versionText(partitions)
  return [
    `${style.green('✓')} ${head(version, keys, isOne, style)}${isCurrent ? style.green(' stands now') : ''}  ${whenText(entry)}`,
    ...labelled('rows', rowsText(entry)),
    ...labelled('code', codeText(entry)),
    ...entry.inputs.flatMap((input, at) => labelled(at === 0 ? 'from' : '', inputText(input))),
    ...labelled('accepted', attempt.accepted.map(needText).join('; ')),
    ...labelled('checks', passedText(entry.checks)),
    ...checkLines(entry.checks, style),
  ]
}

function head(word: string, keys: readonly string[], isOne: boolean, style: Colors): string {
  const label = isOne || (keys.length === 1 && keys[0] === 'all') ? '' : ` ${keysLabel(keys)}`
  return style.bold(`${word}${label}`)
}

function whenText(entry: Exclude<HistoryEntry, { mark: unknown }>): string {
  const { attempt } = entry
  const who = whoText(attempt)
  return `${instantInText(attempt.finishedAt ?? attempt.startedAt)}${who === '' ? '' : ` by ${who}`} in run ${attempt.run}`
}

function versionText(partitions: readonly PartitionVersion[]): string {
  const versions = [
    ...new Set(partitions.flatMap((each) => (each.version === undefined ? [] : [each.version]))),
  ]
  const unchanged = partitions.every((each) => each.isUnchanged) ? ' again' : ''
  return versions.length === 1 ? `version ${versions[0]}${unchanged}` : `published${unchanged}`
}

function rowsText({ partitions, attempt }: VersionEntry): string {
  const rows = partitions.every((each) => each.rows !== undefined)
    ? partitions.reduce((sum, each) => sum + each.rows!, 0)
    : attempt.rows
  if (rows === undefined) return ''
  const unchanged = partitions.filter((each) => each.isUnchanged).length
  if (unchanged === 0) return count(rows)
  return `${count(rows)}, ${unchanged === partitions.length ? 'the same as before' : `the same as before in ${counted(unchanged, 'partition')}`}`
}

function codeText({ code, isTodaysCode }: VersionEntry): string {
  const words = { first: 'first version', same: 'as before', changed: 'changed' }
  return [
    code === undefined ? '' : words[code],
    isTodaysCode === undefined ? '' : isTodaysCode ? 'the same as today' : 'not that of today',
  ]
    .filter(Boolean)
    .join(', ')
}

function inputText({ upstream, partitions }: UpstreamVersion): string {
  const newest = partitions.reduce((a, b) => (b.version > a.version ? b : a))
  const from = `version ${newest.version}${newest.run === undefined ? '' : ` (run ${newest.run})`}`
  const keys = partitions.flatMap((each) => (each.key === undefined ? [] : [each.key]))
  if (keys.length === 0) return `${upstream} ${from}`
  if (keys.length === 1) return `${upstream} ${keys[0]} ${from}`
  if (keys.length <= mostNamed)
    return `${upstream} ${partitions.map((each) => `${each.key} version ${each.version}`).join(', ')}`
  return `${upstream} ${keysLabel(keys)}, newest of them ${newest.key} ${from}`
}

function passedText(checks: readonly StoredCheck[]): string {
  const passed = checks.filter((check) => check.passed).length
  return passed === 0 ? '' : `${count(passed)} held`
}

function checkLines(checks: readonly StoredCheck[], style: Colors): readonly string[] {
  return checks
    .filter((check) => !check.passed)
    .map((check) => {
      const where = check.partition === undefined ? '' : ` in ${check.partition}`
      const colour = check.severity === 'error' ? style.red : style.yellow
      return `${indent}${colour(`check ${check.name}: ${failingText(check, count)}${where}`)}`
    })
}

function labelled(label: string, text: string, prefix = ''): readonly string[] {
  return text === '' ? [] : [`${indent}${label.padEnd(8)}${prefix}${text}`]
}
