import { differences, type Hunk } from './sequence.ts'

const CONTEXT = 2

/** Two texts as the lines of a unified diff, each with its mark; blank lines at the ends do not count. */
export function unifiedDiff(before: string, after: string): readonly string[] {
  const a = linesOf(before)
  const b = linesOf(after)
  const groups: Hunk[][] = []
  for (const hunk of differences(a, b)) {
    const last = groups.at(-1)?.at(-1)
    if (last !== undefined && hunk.before[0] - last.before[1] <= 2 * CONTEXT) groups.at(-1)!.push(hunk)
    else groups.push([hunk])
  }
  return groups.flatMap((group) => linesOfGroup(group, a, b))
}

function linesOfGroup(group: readonly Hunk[], a: readonly string[], b: readonly string[]): readonly string[] {
  const first = group[0]!
  const last = group.at(-1)!
  const lead = Math.min(CONTEXT, first.before[0])
  const end = Math.min(a.length, last.before[1] + CONTEXT)
  const lines: string[] = []
  let at = first.before[0] - lead
  for (const { before, after } of group) {
    lines.push(...a.slice(at, before[0]).map((line) => ` ${line}`))
    lines.push(...a.slice(...before).map((line) => `-${line}`))
    lines.push(...b.slice(...after).map((line) => `+${line}`))
    at = before[1]
  }
  lines.push(...a.slice(at, end).map((line) => ` ${line}`))
  const count = (mark: string) => lines.filter((line) => line.startsWith(' ') || line.startsWith(mark)).length
  const title = `@@ -${first.before[0] - lead + 1},${count('-')} +${first.after[0] - lead + 1},${count('+')} @@`
  return [title, ...lines]
}

function linesOf(text: string): readonly string[] {
  return text
    .replace(/^(?:[ \t]*\r?\n)+/, '')
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
}
