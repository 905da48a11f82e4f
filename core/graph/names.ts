import { type Diagnostic, diagnostic, type Place } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'

/** How an engine folds one part of a name: names that it takes for the same fold to the same text. */
export type Fold = (name: string, quoted: boolean) => string

export interface NameOptions {
  readonly fold: Fold
  /** Schema of names without one: `main.flights` then means the relation `flights`. */
  readonly defaultSchema?: string
  /** The target's own database, which may stand before the schema. */
  readonly database?: string
}

interface IndexedName {
  readonly name: string
  /** Parts from the default schema or the name's own on. */
  readonly parts: readonly IndexedPart[]
}

/** A part as it folds when written without and with quotes. */
interface IndexedPart {
  readonly plain: string
  readonly quoted: string
}

/** The logical names of a project (`staging.flights`, or `flights` in the default schema), ready for look-ups. */
export interface NameIndex {
  readonly names: readonly string[]
  /** Groups of names that the engine cannot tell apart. */
  readonly collisions: readonly (readonly string[])[]
  readonly options: NameOptions
  readonly byLastPart: ReadonlyMap<string, readonly IndexedName[]>
}

/** What a reference means. Candidates and `names` are logical names, sorted. */
export type Resolution =
  | { readonly kind: 'found'; readonly name: string }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly string[] }
  | { readonly kind: 'unknown' }

export function indexNames(names: Iterable<string>, options: NameOptions): NameIndex {
  const sorted = [...names].sort(byText)
  const byLastPart = new Map<string, IndexedName[]>()
  const byFoldedName = new Map<string, string[]>()
  for (const name of sorted) {
    const written = name.split('.')
    const full = written.length === 1 && options.defaultSchema ? [options.defaultSchema, ...written] : written
    const parts = full.map((part) => ({ plain: options.fold(part, false), quoted: options.fold(part, true) }))
    const last = parts.at(-1)!
    for (const key of new Set([last.plain, last.quoted])) append(byLastPart, key, { name, parts })
    append(byFoldedName, parts.map((part) => part.plain).join('\0'), name)
  }
  const collisions = [...byFoldedName.values()].filter((group) => group.length > 1)
  return { names: sorted, collisions, options, byLastPart }
}

/** The relation that a reference of one to three parts means. A name without a schema means the one relation of that
 * name. A quoted part must be spelled as the relation's file is, or as the engine folds that. */
export function resolveName(
  parts: readonly string[],
  quoted: readonly boolean[],
  index: NameIndex,
): Resolution {
  const { fold, database } = index.options
  const wanted = parts.map((part, i) => ({
    text: fold(part, quoted[i] === true),
    quoted: quoted[i] === true,
  }))
  const near = index.byLastPart.get(wanted.at(-1)?.text ?? '') ?? []
  const found = matching(near, wanted)
  if (found.length > 0) return resolution(found)
  const first = wanted[0]
  if (wanted.length === 3 && database !== undefined && first !== undefined) {
    const isDatabase = partMatches({ plain: fold(database, false), quoted: fold(database, true) }, first)
    if (isDatabase) return resolution(matching(near, wanted.slice(1)))
  }
  return { kind: 'unknown' }
}

/** The diagnostic of a reference that means no relation, or several. */
export function unresolved(
  resolution: Exclude<Resolution, { kind: 'found' }>,
  parts: readonly string[],
  index: NameIndex,
  at: { readonly model?: string; readonly place?: Place },
): Diagnostic {
  const written = parts.join('.')
  if (resolution.kind === 'ambiguous') {
    const candidates = resolution.candidates.map((name) => qualified(name, index.options.defaultSchema))
    return diagnostic('SL411', {
      message: `\`${written}\` may be ${listed(candidates)}`,
      hint: `Write the schema too: ${candidates[0]}.`,
      ...at,
    })
  }
  const suggestion = didYouMean(written, index.names)
  const declare = 'declare it as a source in a YAML file below models/'
  return diagnostic('SL410', {
    message: `there is no model, seed or source \`${written}\``,
    hint: suggestion === undefined ? `Correct the name, or ${declare}.` : `${suggestion} Or ${declare}.`,
    ...at,
  })
}

interface WantedPart {
  readonly text: string
  readonly quoted: boolean
}

/** Names that end with the wanted parts; if any of several parts is exactly them, those alone. */
function matching(near: readonly IndexedName[], wanted: readonly WantedPart[]): readonly IndexedName[] {
  const found = near.filter(({ parts }) => {
    const skipped = parts.length - wanted.length
    return skipped >= 0 && wanted.every((part, i) => partMatches(parts[skipped + i]!, part))
  })
  if (wanted.length === 1) return found
  const exact = found.filter(({ parts }) => parts.length === wanted.length)
  return exact.length > 0 ? exact : found
}

function partMatches(part: IndexedPart, wanted: WantedPart): boolean {
  return part.plain === wanted.text || (wanted.quoted && part.quoted === wanted.text)
}

function resolution(found: readonly IndexedName[]): Resolution {
  const [only] = found
  if (only === undefined) return { kind: 'unknown' }
  return found.length === 1
    ? { kind: 'found', name: only.name }
    : { kind: 'ambiguous', candidates: found.map((each) => each.name) }
}

function qualified(name: string, defaultSchema: string | undefined): string {
  return defaultSchema === undefined || name.includes('.') ? name : `${defaultSchema}.${name}`
}

function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``)
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`
}

function append<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key)
  if (group === undefined) groups.set(key, [value])
  else group.push(value)
}

/** By code units, so that the order is the same on every machine. */
function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
