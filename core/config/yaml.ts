import { CORE_SCHEMA, load, type Schema, Type, YAMLException } from 'js-yaml'
import type { Place } from '../diagnostics/diagnostic.ts'
import { placeAt } from '../diagnostics/place.ts'
import type { Problem, YamlSource } from './problem.ts'

export type YamlResult =
  | { readonly ok: true; readonly value: unknown; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problem: Problem }

/** Where the maps and lists of the YAML that was read last begin, so that a check can name its line without a second, slow
 * parse. Only the last, because a weak map over a large project costs more than all else here. */
let last: { readonly source: YamlSource; readonly offsets: Map<object, number> } | undefined

/** The place of a map or list of the YAML that `parseYaml` read last. */
export function placeOf(value: unknown): Place | undefined {
  if (last === undefined || typeof value !== 'object' || value === null) return undefined
  const offset = last.offsets.get(value)
  if (offset === undefined) return undefined
  const { file, text } = last.source
  return placeAt(file, text, nextToken(text, offset))
}

/**
 * Reads YAML 1.2 with the core schema: dates stay text. An empty document is null. Keys that stand twice are a problem, but
 * the value can still be looked at (the last one wins), so that one run finds the other mistakes too.
 *
 * js-yaml takes an eighth of the time of `yaml`, which is loaded only to place mistakes (see `locate.ts`).
 */
export function parseYaml(source: YamlSource, number?: NumberAsWritten): YamlResult {
  const yaml = source.text.slice(source.start, source.end)
  const schema = number === undefined ? CORE_SCHEMA : withNumbers(number)
  try {
    return finite(source, yaml, read(source, yaml, schema, false), [])
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    if (error.reason !== 'duplicated mapping key') return { ok: false, problem: syntax(source, error) }
  }
  try {
    return finite(source, yaml, read(source, yaml, schema, true), [{ kind: 'duplicate_keys' }])
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    return { ok: false, problem: syntax(source, error) }
  }
}

/** Refuses an alias within what it stands for, and aliases of aliases that stand for more values than a text of this length could
 * hold without them: nobody could walk through such a value to its end. */
function finite(source: YamlSource, yaml: string, value: unknown, problems: readonly Problem[]): YamlResult {
  const anchor = yaml.indexOf('&')
  if (anchor < 0 || !yaml.includes('*')) return { ok: true, value, problems }
  const { size, depth } = extentOf(value, new Map())
  const refused = (reason: string): YamlResult => {
    return { ok: false, problem: { kind: 'syntax', reason, offset: source.start + anchor } }
  }
  if (size === Number.POSITIVE_INFINITY) return refused('an alias stands within what it refers to')
  if (size > Math.max(yaml.length, fewValues) || depth > deepest) {
    return refused('its aliases stand for too many values')
  }
  return { ok: true, value, problems }
}

const fewValues = 10_000
const deepest = 500

/** How many values there are with each alias written out, and how deep they lie; infinite for a value within itself. */
interface Extent {
  readonly size: number
  readonly depth: number
}

const endless: Extent = { size: Number.POSITIVE_INFINITY, depth: 0 }
const single: Extent = { size: 1, depth: 1 }

function extentOf(value: unknown, known: Map<object, Extent>): Extent {
  if (typeof value !== 'object' || value === null) return single
  const found = known.get(value)
  if (found !== undefined) return found
  known.set(value, endless) // What leads back here while it is open is a circle.
  let size = 1
  let depth = 0
  for (const each of Object.values(value)) {
    const inner = extentOf(each, known)
    size += inner.size
    depth = Math.max(depth, inner.depth)
  }
  const extent = { size, depth: depth + 1 }
  known.set(value, extent)
  return extent
}

function syntax(source: YamlSource, error: YAMLException): Problem {
  const within = error.mark?.position ?? 0
  return { kind: 'syntax', reason: error.reason, offset: Math.min(source.start + within, source.end) }
}

/** What a number becomes whose spelling counts: 9007199254740993 and 1.50 are others once they are JavaScript's. */
export type NumberAsWritten = (text: string, value: number) => unknown

function withNumbers(number: NumberAsWritten): Schema {
  const isNumber = (text: unknown): text is string => typeof text === 'string' && numberIn(text) !== undefined
  const tags = ['tag:yaml.org,2002:int', 'tag:yaml.org,2002:float']
  const types = tags.map(
    (tag) =>
      new Type(tag, {
        kind: 'scalar',
        resolve: isNumber,
        construct: (text: string) => number(text, numberIn(text)!),
      }),
  )
  return CORE_SCHEMA.extend({ implicit: types })
}

function numberIn(text: string): number | undefined {
  if (!/^[-+.\w]+$/.test(text)) return undefined
  const value: unknown = load(text, { schema: CORE_SCHEMA })
  return typeof value === 'number' ? value : undefined
}

function read(source: YamlSource, yaml: string, schema: Schema, lastKeyWins: boolean): unknown {
  const offsets = new Map<object, number>()
  last = { source, offsets }
  const open: number[] = []
  return load(yaml, {
    schema,
    json: lastKeyWins,
    listener(event, state) {
      if (event === 'open') {
        open.push(state.position)
        return
      }
      const position = open.pop()!
      const made: unknown = state.result
      // The reader looks at some nodes twice; the inner look knows better where the node begins.
      if (typeof made !== 'object' || made === null || offsets.has(made)) return
      offsets.set(made, source.start + position)
    },
  })
}

/** Skips blanks, line breaks and comments: the reader opens a node right after the `:` or `-` before it. */
function nextToken(text: string, from: number): number {
  let at = from
  for (;;) {
    const character = text[at]
    if (character === '#') {
      const end = text.indexOf('\n', at)
      if (end < 0) return at
      at = end
    } else if (character !== ' ' && character !== '\t' && character !== '\r' && character !== '\n') return at
    at += 1
  }
}
