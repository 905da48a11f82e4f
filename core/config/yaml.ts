import { CORE_SCHEMA, load, YAMLException } from 'js-yaml'
import type { Place } from '../diagnostics/diagnostic.ts'
import type { Problem, YamlSource } from './problem.ts'

export type YamlResult =
  | { readonly ok: true; readonly value: unknown; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problem: Problem }

/** Places of the maps that were read, so that a check can name its line without a second, slow parse. */
const places = new WeakMap<object, Place>()

/** The place of a map that `parseYaml` made, if it was one. */
export function placeOf(value: unknown): Place | undefined {
  return typeof value === 'object' && value !== null ? places.get(value) : undefined
}

/**
 * Reads YAML 1.2 with the core schema: dates stay text. An empty document is null. Keys that stand twice are a problem, but
 * the value can still be looked at (the last one wins), so that one run finds the other mistakes too.
 *
 * js-yaml takes an eighth of the time of `yaml`, which is loaded only to place mistakes (see `locate.ts`).
 */
export function parseYaml(source: YamlSource): YamlResult {
  const yaml = source.text.slice(source.start, source.end)
  try {
    return { ok: true, value: read(source, yaml, false), problems: [] }
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    if (error.reason !== 'duplicated mapping key') return { ok: false, problem: syntax(source, error) }
  }
  try {
    return { ok: true, value: read(source, yaml, true), problems: [{ kind: 'duplicate_keys' }] }
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    return { ok: false, problem: syntax(source, error) }
  }
}

function syntax(source: YamlSource, error: YAMLException): Problem {
  const within = error.mark?.position ?? 0
  return { kind: 'syntax', reason: error.reason, offset: Math.min(source.start + within, source.end) }
}

function read(source: YamlSource, yaml: string, lastKeyWins: boolean): unknown {
  const { line, column } = startOf(source)
  const open: number[] = []
  return load(yaml, {
    schema: CORE_SCHEMA,
    json: lastKeyWins,
    listener(event, state) {
      if (event === 'open') {
        open.push(state.position, state.line, state.lineStart)
        return
      }
      const lineStart = open.pop()!
      const lineIndex = open.pop()!
      const position = open.pop()!
      const made: unknown = state.result
      if (state.kind !== 'mapping' || typeof made !== 'object' || made === null || places.has(made)) return
      const token = nextToken(yaml, position, lineIndex, lineStart)
      places.set(made, {
        file: source.file,
        line: line + token.line,
        column: token.column + (token.line === 0 ? column : 1),
      })
    },
  })
}

/** Line of the YAML's first character in its file, and that character's column. */
function startOf({ text, start }: YamlSource): { line: number; column: number } {
  let line = 1
  let lineStart = 0
  for (let at = text.indexOf('\n'); at >= 0 && at < start; at = text.indexOf('\n', at + 1)) {
    line += 1
    lineStart = at + 1
  }
  return { line, column: start - lineStart + 1 }
}

/** Skips blanks, line breaks and comments: the reader opens a node right after the `:` or `-` before it. */
function nextToken(
  yaml: string,
  position: number,
  line: number,
  lineStart: number,
): { line: number; column: number } {
  let at = position
  for (;;) {
    const character = yaml[at]
    if (character === '\n') {
      line += 1
      lineStart = at + 1
    } else if (character === '#') {
      const end = yaml.indexOf('\n', at)
      if (end < 0) break
      at = end
      continue
    } else if (character !== ' ' && character !== '\t' && character !== '\r') break
    at += 1
  }
  return { line, column: at - lineStart }
}
