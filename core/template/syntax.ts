import type { Code } from '../diagnostics/catalogue.ts'
import type { Mistake } from './failure.ts'
import type { Range } from './tree.ts'

/** What Handlebars' parser says when it stops: the token that it met and those that it could have used. */
export class UnexpectedToken extends Error {
  readonly token: string | null
  readonly expected: readonly string[]
  readonly range: Range
  /** The characters of the token. */
  readonly met: string

  constructor(token: string | null, expected: readonly string[], range: Range, met: string) {
    super(`unexpected ${token}`)
    this.name = 'UnexpectedToken'
    this.token = token
    this.expected = expected
    this.range = range
    this.met = met
  }
}

export interface SyntaxMistake extends Mistake {
  readonly code: Code
  readonly range: Range
}

/** Says in a sentence why Handlebars could not parse `text`; undefined if `error` is not about the template. */
export function explainSyntax(error: unknown, text: string): SyntaxMistake | undefined {
  if (error instanceof UnexpectedToken) return unexpected(error, text)
  if (!(error instanceof Error)) return undefined
  // The one mistake that Handlebars gives no position for.
  if (error.message.startsWith('Unexpected inverse')) {
    const start = Math.max(text.search(/\{\{~?#\*/), 0)
    const range = { start, end: start + /^[^}]*\}*/.exec(text.slice(start))![0].length }
    return { code: 'SL202', range, message: 'an inline partial has no `{{else}}`' }
  }
  if (!('lineNumber' in error)) return undefined
  // Lines are offsets here; see `handlebars-ast.ts`.
  const { lineNumber: start, endLineNumber: end } = error as { lineNumber?: number; endLineNumber?: number }
  if (start === undefined || end === undefined) return undefined
  return refused(error.message, { start, end })
}

function refused(withPosition: string, range: Range): SyntaxMistake {
  const message = withPosition.replace(/ - \d+:\w+$/, '')
  const mismatch = /^(.*) doesn't match (.*)$/s.exec(message)
  if (mismatch) {
    return {
      code: 'SL202',
      range,
      message: `the block \`${mismatch[1]}\` is closed by \`{{/${mismatch[2]}}}\``,
      hint: `close it with \`{{/${mismatch[1]}}}\`, inner blocks first`,
    }
  }
  const path = /^Invalid path: (.*)$/s.exec(message)
  if (path) {
    return {
      code: 'SL201',
      range,
      message: `\`${path[1]}\` is not a path: \`.\`, \`..\` and \`this\` can only stand at its beginning`,
      hint: 'write a member that has such a name in brackets: `a.[this]`',
    }
  }
  return { code: 'SL201', range, message }
}

function unexpected(error: UnexpectedToken, text: string): SyntaxMistake {
  const { token, expected, range, met } = error
  const tag = text.lastIndexOf('{{')
  const inLastTag = range.start > tag && text.indexOf('}}', tag) < 0
  if (token === null || token === 'EOF' || inLastTag) return unfinished(error, text)
  if (met.startsWith('{{') && expected.some((each) => each.startsWith('CLOSE')))
    return unclosedTag(text, text.lastIndexOf('{{', range.start - 1), 'another one begins')
  if (token === 'OPEN_ENDBLOCK') {
    const close = /^\{\{~?\/\s*([^\s~}]*)/.exec(text.slice(range.start))
    return {
      code: 'SL202',
      range: { start: range.start, end: range.start + (close?.[0].length ?? met.length) },
      message: `\`{{/${close?.[1] ?? ''}}}\` closes a block that is not open`,
      hint: 'remove it, or open the block before it',
    }
  }
  if (token === 'INVERSE' || token === 'OPEN_INVERSE_CHAIN') {
    return {
      code: 'SL202',
      range,
      message: '`{{else}}` stands outside of any block, or after the `{{else}}` of its block',
      hint: 'it belongs between `{{#if …}}` and `{{/if}}`',
    }
  }
  const wanted = wantedOf(expected)
  if (wanted === 'a name' && (token === 'CLOSE' || token === 'CLOSE_UNESCAPED'))
    return { code: 'SL201', range, message: 'a name is missing before the closing braces' }
  return {
    code: 'SL201',
    range,
    message: wanted
      ? `${wanted} was expected here, not \`${shown(met)}\``
      : `\`${shown(met)}\` is not expected here`,
    ...hintFor(token, met, expected),
  }
}

function hintFor(token: string | null, met: string, expected: readonly string[]): { hint?: string } {
  if (token === 'NUMBER' && expected.includes('ID'))
    return { hint: `write a member that is a number in brackets: \`list.[${met}]\`` }
  if (/^\}{3,}$/.test(met)) return { hint: 'put a space between the braces of the tag and those of the text' }
  if (token === 'OPEN_SEXPR')
    return { hint: 'a helper that is called directly has no parentheses: `{{eq a b}}`' }
  if (token === 'EQUALS') return { hint: 'compare with `(eq a b)`' }
  if (token === 'INVALID' && /[<>!&|=+*%-]/.test(met))
    return { hint: 'there are no operators in templates: use `eq`, `lt`, `gt`, `and`, `or`, `not`, or SQL' }
  if (token === 'INVALID' && /["'`]/.test(met)) return { hint: 'a text needs a quote at both ends' }
  return {}
}

/** The file ended inside a tag or a block. */
function unfinished(error: UnexpectedToken, text: string): SyntaxMistake {
  const open = openBlock(text)
  const last = text.lastIndexOf('{{', error.range.start)
  if (!open || (error.token === null && !open.raw) || text.indexOf('}}', Math.max(last, 0)) < 0)
    return unclosedTag(text, Math.max(last, 0), 'the file ends')
  return {
    code: 'SL202',
    range: open.range,
    message: `the block \`${open.name}\` is not closed`,
    hint: open.raw ? `add \`{{{{/${open.name}}}}}\`` : `add \`{{/${open.name}}}\``,
  }
}

function unclosedTag(text: string, start: number, what: string): SyntaxMistake {
  const isComment = text.startsWith('{{!', start)
  const isLong = text.startsWith('{{!--', start)
  const end = isLong ? '--}}' : '}}'
  return {
    code: 'SL201',
    range: { start, end: Math.min(start + (isLong ? 5 : 2), text.length) },
    message: `the ${isComment ? 'comment' : 'tag'} that begins here is not closed: ${what} before \`${end}\``,
    hint: `close it with \`${end}\`; to write two braces as plain text use \`\\{{\``,
  }
}

/** The innermost block that is still open at the end of the text. Only called when the parser said that there is one. */
function openBlock(text: string): { name: string; range: Range; raw: boolean } | undefined {
  const tag =
    /\\\{\{|\{\{~?!--[\s\S]*?--~?\}\}|\{\{~?![\s\S]*?\}\}|(\{\{\{\{)(\/?)\s*([^\s}]+)|\{\{~?(#[*>]?|\^|\/)\s*([^\s~}]+)/g
  const open: { name: string; range: Range; raw: boolean }[] = []
  for (let match = tag.exec(text); match; match = tag.exec(text)) {
    const raw = match[1] !== undefined
    const sign = raw ? match[2] : match[4]
    const name = raw ? match[3] : match[5]
    if (name === undefined) continue
    if (sign === '/') open.pop()
    else if (!(sign === '^' && name === ''))
      open.push({ name, raw, range: { start: match.index, end: tag.lastIndex } })
  }
  return open.pop()
}

const words: Readonly<Record<string, string>> = {
  ID: 'a name',
  CLOSE: '`}}`',
  CLOSE_UNESCAPED: '`}}}`',
  CLOSE_RAW_BLOCK: '`}}}}`',
  CLOSE_SEXPR: '`)`',
  CLOSE_BLOCK_PARAMS: '`|`',
  END_RAW_BLOCK: 'the end of the raw block',
  OPEN_ENDBLOCK: 'the end of the block',
}

function wantedOf(expected: readonly string[]): string | undefined {
  const names = expected.map((each) => each.replaceAll("'", ''))
  const closing = names.filter((name) => name.startsWith('CLOSE'))
  if (names.length <= 3 && names.every((name) => words[name]))
    return names.map((name) => words[name]).join(' or ')
  if (closing.length === 1) return words[closing[0]!]
  return names.includes('ID') && closing.length === 0 ? 'a name' : undefined
}

function shown(met: string): string {
  const line = met.trim().split(/\r?\n/)[0]!
  return line.length > 30 ? `${line.slice(0, 30)}…` : line
}
