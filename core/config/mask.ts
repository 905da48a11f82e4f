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
): string | undefined {
  const line = source.text.slice(lineStart, lineEnd)
  const broken = document.errors.some((error) => error.code !== 'DUPLICATE_KEY')
  if (broken) return isBelowTargets(source.text, lineStart) ? undefined : line
  let shown = line
  for (const [start, end] of secretRanges(document)) {
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

function secretRanges(document: Document): [number, number][] {
  const ranges: [number, number][] = []
  const targets = isMap(document.contents)
    ? document.contents.items.filter((pair) => isScalar(pair.key) && pair.key.value === 'targets')
    : []
  for (const { value } of targets) collect(document, value as Node | null, ranges)
  return ranges
}

function collect(document: Document, value: Node | null, ranges: [number, number][]): void {
  const node = isAlias(value) ? value.resolve(document) : value
  if (!node) return
  visit(node, {
    Pair(_, { key, value: held }) {
      if (!isScalar(key) || !isScalar(held)) return undefined
      if (!harmless.has(String(key.value)) && held.range) ranges.push([held.range[0], held.range[1]])
      return undefined
    },
    Seq(_, { items }) {
      for (const item of items) if (isScalar(item) && item.range) ranges.push([item.range[0], item.range[1]])
    },
    Alias(_, alias) {
      if (alias !== value) collect(document, alias, ranges)
    },
  })
  if (isScalar(node) && node.range) ranges.push([node.range[0], node.range[1]])
}
