/** A text that must not be shown, and what is shown instead. */
export interface Masked {
  readonly value: string
  readonly shown: string
}

export type Mask = (text: string) => string

/** Values that are shorter are masked only where they stand as a word: else they would be found within others. */
const shortest = 5

/** Replaces every value, however it was quoted for SQL, JSON or a URL; the longest first. */
export function maskOf(all: readonly Masked[]): Mask {
  const shown = new Map<string, string>()
  for (const each of all)
    for (const { value, shown: instead } of formsOf(each)) {
      const folded = value.toLowerCase()
      if (!shown.has(folded)) shown.set(folded, instead)
    }
  if (shown.size === 0) return (text) => text
  const patterns = [...shown.keys()].sort((a, b) => b.length - a.length).map(patternOf)
  const any = new RegExp(patterns.join('|'), 'giu')
  return (text) => text.replace(any, (found) => shown.get(found.toLowerCase()) ?? '…')
}

function formsOf({ value, shown }: Masked): readonly Masked[] {
  if (value.length < 2) return []
  const quoted = [sqlQuoted, jsonQuoted].map((quote) => ({ value: quote(value), shown: quote(shown) }))
  const ofUrl = [encoded(value), decoded(value)].flatMap((form) => form ?? [])
  return [{ value, shown }, ...quoted, ...ofUrl.map((form) => ({ value: form, shown }))].filter(
    (form) => form.value.trim().length >= 2,
  )
}

function sqlQuoted(text: string): string {
  return text.replaceAll("'", "''")
}

function jsonQuoted(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function encoded(value: string): string | undefined {
  try {
    return encodeURIComponent(value)
  } catch {
    return undefined
  }
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}

function patternOf(value: string): string {
  const text = value.replace(/[\\^$.*+?()[\]{}|/]/g, (sign) => `\\${sign}`)
  if (value.length >= shortest) return text
  const before = /^[\p{L}\p{N}]/u.test(value) ? '(?<![\\p{L}\\p{N}])' : ''
  const after = /[\p{L}\p{N}]$/u.test(value) ? '(?![\\p{L}\\p{N}])' : ''
  return `${before}${text}${after}`
}

/** Keys whose values are words of the site, time, or names that only files of the project give. */
const ownWords: ReadonlySet<string> = new Set([
  'kind',
  'state',
  'status',
  'severity',
  'materialization',
  'role',
  'roles',
  'why',
  'align',
  'adapter',
  'target',
  'project',
  'key',
  'keys',
  'values',
  'id',
  'run',
  'from',
  'to',
  'folder',
  'tags',
  'select',
  'definition',
  'fingerprint',
  'generatedAt',
])

/** A page with every text masked. Names that `isName` knows stay: they lead from page to page, and are written in the project. */
export function masked<T>(value: T, mask: Mask, isName: (text: string) => boolean): T {
  const walk = (each: unknown): unknown => {
    if (typeof each === 'string') return isName(each) ? each : mask(each)
    if (Array.isArray(each)) return each.map(walk)
    if (typeof each !== 'object' || each === null) return each
    return Object.fromEntries(
      Object.entries(each).map(([key, held]) => [key, ownWords.has(key) ? held : walk(held)]),
    )
  }
  return walk(value) as T
}
