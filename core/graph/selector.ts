import { didYouMean } from '../diagnostics/suggest.ts'
import { type Pattern, patternText } from './pattern.ts'
import { mistakeIn, type SelectorText, type Span } from './selector-text.ts'
import { type Piece, termsOf, type Word } from './selector-words.ts'

/** Methods that hold a pattern against what a node is. */
export const patternMethods = [
  'name',
  'path',
  'file',
  'tag',
  'kind',
  'source',
  'check',
  'exposure',
  'materialization',
  'owner',
] as const
export type PatternMethod = (typeof patternMethods)[number]

/** What a partition may be, as `status:` says it. */
export const statuses = ['missing', 'stale', 'fresh', 'drifted', 'failed', 'running'] as const
export type Status = (typeof statuses)[number]

/** The parts of a definition that can differ from a saved manifest. */
export const aspects = ['body', 'layout', 'contract', 'checks', 'configs'] as const
export type Aspect = (typeof aspects)[number]

/** How a node must differ from a saved manifest, as `state:` says it. */
export type WantedChange =
  | { readonly kind: 'new' | 'old' | 'unmodified' }
  | { readonly kind: 'modified'; readonly aspect?: Aspect }

/** What a selector names, before it reaches up- or downstream. */
export type SelectorCore =
  | { readonly method: PatternMethod; readonly pattern: Pattern }
  | { readonly method: 'state'; readonly change: WantedChange }
  | { readonly method: 'status'; readonly status: Status }
  | { readonly method: 'selector'; readonly name: string }

/** How far a selector reaches from what it names. */
export type Reach =
  /** Steps, Infinity for all. */
  | { readonly kind: 'steps'; readonly upstream: number; readonly downstream: number }
  /** `@`: everything downstream, and everything upstream of any of that. */
  | { readonly kind: 'surroundings' }

export interface Selector extends Span {
  readonly core: SelectorCore
  readonly reach: Reach
  /** As the user wrote it. */
  readonly text: string
  readonly source: SelectorText
}

export interface Intersection extends Span {
  readonly selectors: readonly Selector[]
  readonly text: string
  readonly source: SelectorText
}

/** Spellings of dbt. */
const otherSpellings: ReadonlyMap<string, PatternMethod> = new Map([
  ['materialized', 'materialization'],
  ['config.materialized', 'materialization'],
  ['config.tags', 'tag'],
  ['resource_type', 'kind'],
] as const)

/** Words for which there is another one here. */
const otherWords: ReadonlyMap<string, string> = new Map([
  ['fqn', 'name'],
  ['model', 'name'],
  ['test', 'check'],
  ['test_name', 'check'],
  ['test_type', 'check'],
  ['result', 'status'],
  ['source_status', 'status'],
  ['config', 'materialization'],
  ['folder', 'path'],
])

const methods: readonly string[] = [...patternMethods, 'state', 'status', 'selector']

/** Reads one value of `--select` or `--exclude`: a union (spaces) of intersections (commas).
 * @throws SluiceError SL421 */
export function parseSelectors(source: SelectorText): readonly Intersection[] {
  const terms = termsOf(source)
  if (terms.length === 0) {
    const all = { start: 0, end: source.text.length }
    throw mistakeIn(source, all, 'SL421', 'a selector is empty', 'Leave it out to select everything.')
  }
  return terms.map((words) => {
    const start = words[0]!.start
    const end = words.at(-1)!.end
    const selectors = words.map((word) => parseSelector(source, word))
    return { selectors, start, end, text: source.text.slice(start, end), source }
  })
}

function parseSelector(source: SelectorText, word: Word): Selector {
  const { start, end } = word
  const text = source.text.slice(start, end)
  const refuse: Refuse = (span, message, hint) => mistakeIn(source, span, 'SL421', message, hint)
  const { pieces, around, upstream, downstream } = withoutOperators(word.pieces)
  if (around && (upstream !== undefined || downstream !== undefined)) {
    throw refuse(
      word,
      `"${text}" combines @ with +`,
      '@name takes all that is downstream of name, and all that any of that needs: there is nothing to add.',
    )
  }
  const written = methodOf(pieces)
  const { value } = written
  if (value.every((piece) => piece.text === '') || value.some((piece) => hasPlus(piece))) {
    const hint = text === '' ? commaHint : text.includes('+') ? plusHint : namesHint
    throw refuse(word, `the selector "${text}" names nothing`, hint)
  }
  const core = coreOf(written, word, refuse)
  const reach: Reach = around
    ? { kind: 'surroundings' }
    : { kind: 'steps', upstream: upstream ?? 0, downstream: downstream ?? 0 }
  return { core, reach, text, source, start, end }
}

function hasPlus(piece: Piece): boolean {
  return !piece.isQuoted && piece.text.includes('+')
}

const namesHint = 'A selector is a name, tag:NAME or path:FOLDER, with + before or after it.'
const plusHint = 'A + stands before or after a name; if it is part of one, write that in quotes.'
const commaHint = 'A comma stands between two selectors, without spaces.'

interface Operated {
  readonly pieces: readonly Piece[]
  readonly around: boolean
  readonly upstream: number | undefined
  readonly downstream: number | undefined
}

/** Takes `@`, `2+` and `+3` off the ends of a word. */
function withoutOperators(pieces: readonly Piece[]): Operated {
  const rest = [...pieces]
  const first = rest[0]
  const [before = '', at, up] = (first?.isQuoted === false && /^(@?)(?:(\d*)\+)?/.exec(first.text)) || []
  if (first !== undefined && before !== '') rest[0] = cut(first, before.length, first.text.length)
  const last = rest.at(-1)
  const [after = '', down] = (last?.isQuoted === false && /\+(\d*)$/.exec(last.text)) || []
  if (last !== undefined && after !== '')
    rest[rest.length - 1] = cut(last, 0, last.text.length - after.length)
  return {
    pieces: rest.filter((piece) => piece.isQuoted || piece.text !== ''),
    around: at === '@',
    upstream: steps(up),
    downstream: steps(down),
  }
}

function cut(piece: Piece, from: number, to: number): Piece {
  return { ...piece, text: piece.text.slice(from, to), start: piece.start + from, end: piece.start + to }
}

function steps(digits: string | undefined): number | undefined {
  if (digits === undefined) return undefined
  return digits === '' ? Number.POSITIVE_INFINITY : Number(digits)
}

interface Method {
  /** Undefined where none is written. */
  readonly method: string | undefined
  readonly at: Span
  readonly value: readonly Piece[]
}

function methodOf(pieces: readonly Piece[]): Method {
  const [first, ...others] = pieces
  const colon = first === undefined || first.isQuoted ? -1 : first.text.indexOf(':')
  if (first === undefined || colon < 0) return { method: undefined, at: { start: 0, end: 0 }, value: pieces }
  const rest = cut(first, colon + 1, first.text.length)
  return {
    method: first.text.slice(0, colon),
    at: { start: first.start, end: first.start + colon },
    value: rest.text === '' ? others : [rest, ...others],
  }
}

type Refuse = (span: Span, message: string, hint: string) => Error

function coreOf({ method, at: methodAt, value }: Method, word: Span, refuse: Refuse): SelectorCore {
  const text = value.map((piece) => piece.text).join('')
  const pattern = value.map((piece) => ({ text: piece.text, isLiteral: piece.isQuoted }))
  if (method === undefined) return { method: methodByLook(pattern), pattern }
  const known = otherSpellings.get(method) ?? patternMethods.find((each) => each === method)
  if (known !== undefined) return { method: known, pattern }
  const at = { start: value[0]!.start, end: value.at(-1)!.end }
  switch (method) {
    case 'selector':
      return { method, name: text }
    case 'status': {
      const status = statuses.find((each) => each === text)
      if (status !== undefined) return { method, status }
      throw refuse(at, `there is no status \`${text}\``, meantOr(text, statuses))
    }
    case 'state': {
      const change = changeOf(text)
      if (change !== undefined) return { method, change }
      throw refuse(at, `there is no state \`${text}\``, meantOr(text, stateWords))
    }
    default: {
      const other = otherWords.get(method)
      const hint = other === undefined ? didYouMean(method, methods) : `here it is \`${other}:\``
      const span = method === '' ? word : methodAt
      throw refuse(span, `there is no selector method \`${method}:\``, hint ?? methodsHint)
    }
  }
}

const methodsHint = `Methods are ${methods.map((each) => `\`${each}:\``).join(', ')}; in quotes, a colon is part of the name.`
const stateWords = ['modified', 'new', 'old', 'unmodified', ...aspects.map((each) => `modified.${each}`)]

function meantOr(text: string, words: readonly string[]): string {
  return didYouMean(text, words) ?? `There are ${words.map((each) => `\`${each}\``).join(', ')}.`
}

/** dbt takes what looks like a path or a file for one. */
function methodByLook(pattern: Pattern): PatternMethod {
  const text = patternText(pattern)
  if (/[/\\]/.test(text)) return 'path'
  return /\.(?:sql|csv|ya?ml)$/i.test(text) ? 'file' : 'name'
}

function changeOf(text: string): WantedChange | undefined {
  switch (text) {
    case 'new':
    case 'old':
    case 'unmodified':
      return { kind: text }
    case 'modified':
      return { kind: 'modified' }
    default: {
      const aspect = aspects.find((each) => `modified.${each}` === text)
      return aspect === undefined ? undefined : { kind: 'modified', aspect }
    }
  }
}
