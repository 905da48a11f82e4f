import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLError,
} from 'yaml'
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'
import { endOfLine, offsetAt, placeAt } from '../diagnostics/place.ts'
import { maskedLine, maskedText } from './mask.ts'
import type { Path, Problem, YamlSource } from './problem.ts'

/** Problems of one file as diagnostics, each with line, column and the source line. Imported only once there is a mistake:
 * `yaml` is slow to load and to parse, but keeps positions. */
export function diagnosticsOf(source: YamlSource, problems: readonly Problem[]): Diagnostic[] {
  let document: Document | undefined
  const parsed = () => {
    document ??= parseDocument(source.text.slice(source.start, source.end), {
      schema: 'core',
      prettyErrors: false,
      logLevel: 'silent',
    })
    return document
  }
  return problems.flatMap((problem) => {
    switch (problem.kind) {
      case 'syntax':
        return [syntaxError(source, parsed(), problem.reason, problem.offset)]
      case 'duplicate_keys':
        return duplicateKeys(source, parsed())
      case 'mistake': {
        const { position, code, message, hint, severity } = problem
        const [start, end] =
          position.kind === 'offset'
            ? [position.offset, position.end]
            : rangeOf(source, parsed(), position.path, position.at)
        return [
          placed(
            source,
            parsed,
            start,
            end,
            diagnostic(code, {
              message,
              ...(hint === undefined ? {} : { hint }),
              ...(severity === undefined ? {} : { severity }),
            }),
          ),
        ]
      }
      default:
        throw new Error(`unknown problem ${problem satisfies never}`)
    }
  })
}

function placed(
  source: YamlSource,
  parsed: () => Document,
  start: number,
  end: number | undefined,
  found: Diagnostic,
): Diagnostic {
  const point = placeAt(source.file, source.text, start)
  const lineStart = offsetAt(source.text, point.line, 1)
  const lineEnd = endOfLine(source.text, lineStart)
  // A span is shown on its first line only: the end of a block is the next key's line.
  const within = end === undefined || end <= start ? undefined : Math.min(end, lineEnd)
  const withPlace = {
    ...found,
    message: source.secret ? maskedText(found.message) : found.message,
    place: placeAt(source.file, source.text, start, within),
  }
  if (!source.secret) return { ...withPlace, frame: source.text.slice(lineStart, lineEnd) }
  const isBroken = found.code === 'SL102'
  const shown = maskedLine(source, parsed(), lineStart, lineEnd, isBroken)
  return shown === undefined ? withPlace : { ...withPlace, frame: shown }
}

function syntaxError(source: YamlSource, document: Document, reason: string, offset: number): Diagnostic {
  const error = document.errors.find((each) => each.code !== 'DUPLICATE_KEY')
  const start = error ? source.start + error.pos[0] : offset
  return placed(
    source,
    () => document,
    Math.min(start, source.end),
    undefined,
    diagnostic('SL102', {
      message: `This YAML cannot be read: ${error ? wordsOf(error) : withoutQuotes(reason)}.`,
      hint: hintOf(error),
    }),
  )
}

/** The parser's sentence without what it quotes of the file (which may be a secret, and stands in the frame if not). */
function wordsOf(error: YAMLError): string {
  if (error.code === 'MULTIPLE_DOCS') return 'it holds more than one document'
  if (error.code === 'MISSING_CHAR' && error.message.startsWith('Missing closing'))
    return 'a quote is not closed'
  const closing = /must be sufficiently indented and end with a (.)/.exec(error.message)?.[1]
  if (closing) return `the closing \`${closing}\` is missing`
  if (error.code === 'BLOCK_AS_IMPLICIT_KEY') return 'a value holds ": ", or the indentation is wrong'
  const first = error.message.split('\n', 1)[0] ?? ''
  return withoutQuotes(first.charAt(0).toLowerCase() + first.slice(1))
}

function withoutQuotes(message: string): string {
  return message.replace(/:?\s*(?:"[^\n]*"|!?<[^\n]*>)\s*$/, '').replace(/\.$/, '')
}

function hintOf(error: YAMLError | undefined): string {
  switch (error?.code) {
    case 'TAB_AS_INDENT':
      return 'Indent with spaces.'
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'Put the value in quotes, or correct the indentation.'
    case 'BAD_SCALAR_START':
      return 'Put the value in quotes.'
    case 'MULTIPLE_DOCS':
      return 'Remove the line "---" that begins the second one.'
    case 'MISSING_CHAR':
      return error.message.startsWith('Missing closing')
        ? 'Add the closing quote.'
        : 'A key is followed by ":" and a space.'
    default:
      return 'Check the indentation, brackets and quotes here and on the line before.'
  }
}

function duplicateKeys(source: YamlSource, document: Document): Diagnostic[] {
  const errors = document.errors.filter((each) => each.code === 'DUPLICATE_KEY')
  return errors.map((error) => {
    const start = source.start + error.pos[0]
    const key = /^(?:"[^"]*"|'[^']*'|[^\s:,{}]+)/.exec(source.text.slice(start, source.end))?.[0] ?? ''
    return placed(
      source,
      () => document,
      start,
      start + key.length,
      diagnostic('SL103', {
        message: `The key ${key === '' ? '' : `\`${key}\` `}stands twice in the same map.`,
        hint: 'Keep one of the two.',
      }),
    )
  })
}

/** Offsets in the file of the key or the value that the path leads to, or of the nearest thing around it. */
function rangeOf(
  source: YamlSource,
  document: Document,
  path: Path,
  at: 'key' | 'value',
): readonly [start: number, end: number | undefined] {
  let key: Node | undefined
  let value: Node | undefined = isNode(document.contents) ? document.contents : undefined
  let complete = true
  for (const part of path) {
    const container: Node | undefined = isAlias(value) ? value.resolve(document) : value
    const found = childOf(container, part)
    if (found === undefined) {
      complete = false
      break
    }
    key = found.key
    value = found.value
  }
  const wanted = complete && at === 'value' ? (isFilled(value) ? value : (key ?? value)) : (key ?? value)
  if (wanted?.range) {
    const [start, end] = wanted.range
    // The root map stands for the whole file: a span over all of it would say nothing.
    const whole = wanted === document.contents
    return [source.start + start, whole ? undefined : source.start + end]
  }
  return [source.start, undefined]
}

function isFilled(node: Node | undefined): node is Node {
  return node !== undefined && !(isScalar(node) && node.value === null && node.source === '')
}

function childOf(
  container: Node | undefined,
  part: string | number,
): { key: Node | undefined; value: Node | undefined } | undefined {
  if (isMap(container)) {
    // Of keys that stand twice the last one won.
    const pair = container.items.findLast((each: Pair) => keyText(each) === String(part))
    if (!pair) return undefined
    return {
      key: isNode(pair.key) ? pair.key : undefined,
      value: isNode(pair.value) ? pair.value : undefined,
    }
  }
  if (isSeq(container)) {
    const item = container.items[Number(part)]
    if (isPair(item) || !isNode(item)) return undefined
    return { key: item, value: item }
  }
  return undefined
}

function keyText(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : ''
}
