import { type Document, isAlias, isMap, isScalar, type Node, visit } from 'yaml'
import type { YamlSource } from './problem.ts'

/** Keys of a target whose values may be shown. Every other value, that of a key that we do not know too, may be a secret. */
const harmless = new Set([
  'adapter',
  'path',
  'read_only',
  'schema',
  'prefix',
  'name',
  'database',
  'role',
  'threads',
])

/** A message without what may follow the scheme of a URL. */
export function maskedText(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s`]+/gi, '$1…')
}

/**
 * A line of `sluice.yml` with every value that may be a secret overwritten by asterisks, columns kept; undefined if the file
 * is so broken that nobody knows where the secrets are.
 */
export function maskedLine(
  source: YamlSource,
  document: Document,
  lineStart: number,
  lineEnd: number,
  isBroken: boolean,
): string | undefined {
  const line = source.text.slice(lineStart, lineEnd)
  if (isBroken) return isBelowTargets(source.text, lineStart) ? undefined : line
  let shown = line
  for (const [start, end] of secretRanges(document, source.text.slice(source.start, source.end))) {
    const from = Math.max(source.start + start, lineStart) - lineStart
    const to = Math.min(source.start + end, lineEnd) - lineStart
    if (from < to) shown = shown.slice(0, from) + '*'.repeat(to - from) + shown.slice(to)
  }
  return shown.replace(/[a-z][a-z0-9+.-]*:\/\/[^\s"'`]+/gi, (url) => '*'.repeat(url.length))
}

/** Whether a line stands between `targets:` and the next key at the margin, or anywhere if there is no such key. */
function isBelowTargets(text: string, lineStart: number): boolean {
  const targets = /^targets\s*:/m.exec(text)
  if (!targets) return true
  const after = /^[^\s#]/gm
  after.lastIndex = targets.index + targets[0].length
  const next = after.exec(text)
  return lineStart >= targets.index && (next === null || lineStart < next.index)
}

function secretRanges(document: Document, text: string): [number, number][] {
  const ranges: [number, number][] = []
  const targets = isMap(document.contents)
    ? document.contents.items.filter((pair) => isScalar(pair.key) && pair.key.value === 'targets')
    : []
  for (const { value } of targets) collect(document, text, value as Node | null, ranges)
  return ranges
}

function collect(document: Document, text: string, value: Node | null, ranges: [number, number][]): void {
  const node = isAlias(value) ? value.resolve(document) : value
  if (!node) return
  const add = (scalar: Node, from = scalar.range?.[0]) => {
    if (scalar.range && from !== undefined) ranges.push([from, scalar.range[1]])
  }
  visit(node, {
    Pair(_, { key, value: held }) {
      if (!isScalar(key) || !isScalar(held) || harmless.has(String(key.value))) return
      // A tag or an anchor before the value belongs to it.
      const after = key.range?.[1] ?? 0
      add(held, after + (/^\s*:\s*/.exec(text.slice(after))?.[0].length ?? 0))
    },
    Seq(_, { items }) {
      for (const item of items) if (isScalar(item)) add(item)
    },
    Alias(_, alias) {
      // What an alias refers to stands before it; a cycle was refused by the parser, and then nothing is shown at all.
      if (alias !== value) collect(document, text, alias, ranges)
    },
  })
  if (isScalar(node)) add(node)
}
