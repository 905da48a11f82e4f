import actionsModule from 'handlebars/dist/cjs/handlebars/compiler/helpers.js'
import parser from 'handlebars/dist/cjs/handlebars/compiler/parser.js'
import WhitespaceControl from 'handlebars/dist/cjs/handlebars/compiler/whitespace-control.js'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import { asWritten, condense } from './condensed.ts'
import { mistakeAt } from './failure.ts'
import type { AstLocation, AstProgram } from './handlebars-ast.ts'
import { explainSyntax, UnexpectedToken } from './syntax.ts'
import type { TextFile } from './template.ts'
import type { ParsedTemplate } from './tree.ts'
import { AlteredText, buildTree } from './tree-builder.ts'

/** Parses a template that contains tags. Throws a `SluiceError` with every mistake that the text alone shows. */
export function parseTags(file: TextFile, bodyStart: number): ParsedTemplate {
  const body = file.text.slice(bodyStart)
  if (isFarTooDeep(body)) throw explained(new RangeError('tags nested too deeply'), file, bodyStart, body)
  const condensed = condense(body)
  try {
    return parseWith(file, bodyStart, condensed)
  } catch (error) {
    // Whatever went wrong: the mistake is told from the text as it was written.
    if (condensed.text === body && !(error instanceof AlteredText))
      throw explained(error, file, bodyStart, body)
  }
  try {
    return parseWith(file, bodyStart, asWritten(body))
  } catch (error) {
    throw explained(error, file, bodyStart, body)
  }
}

/** Far more than any tree may have (see `tree-builder.ts`), and less than what takes the grammar seconds. */
const deepest = 1_000

/** Whether blocks, branches or brackets within a tag are nested so deeply that the grammar need not look: its time grows with the
 * square of the depth and worse. Counts generously, as comments and raw blocks are not told apart. */
function isFarTooDeep(body: string): boolean {
  if (body.length < deepest) return false
  /** Of each open block, how many branches it has so far: `else if` is a block within the one before it. */
  const branches: number[] = []
  let depth = 0
  for (const [tag] of body.matchAll(/\{\{[^}]*/g)) {
    const sign = /^\{\{~?\s*(#|\/|\^|else\b)/.exec(tag)?.[1]
    if (sign === '/') depth -= branches.pop() ?? 0
    else if (sign !== undefined) {
      depth += 1
      if (sign === '#' || branches.length === 0) branches.push(1)
      else branches[branches.length - 1]! += 1
    }
    if (depth > deepest || (tag.length > deepest && maxBrackets(tag) > deepest)) return true
  }
  return false
}

function maxBrackets(tag: string): number {
  let open = 0
  let most = 0
  for (const character of tag) {
    if (character === '(') most = Math.max(most, ++open)
    else if (character === ')') open -= 1
  }
  return most
}

function parseWith(file: TextFile, bodyStart: number, body: ReturnType<typeof condense>): ParsedTemplate {
  return buildTree(file, bodyStart, syntaxTree(body.text), body)
}

/** Trees by condensed text: models of one project have the same few tags around different SQL. Nobody changes a tree that is here. */
const known = new Map<string, AstProgram>()
const mostKnown = 2_000

function syntaxTree(text: string): AstProgram {
  const found = known.get(text)
  if (found !== undefined) return found
  const ast = parseText(text)
  new WhitespaceControl().accept(ast)
  if (known.size >= mostKnown) known.clear()
  known.set(text, ast)
  return ast
}

function explained(error: unknown, file: TextFile, bodyStart: number, body: string): unknown {
  if (error instanceof SluiceError) return error
  if (error instanceof RangeError)
    return new SluiceError([
      mistakeAt(
        'SL210',
        file,
        { start: bodyStart, end: bodyStart },
        { message: 'the template is nested too deeply' },
      ),
    ])
  const mistake = explainSyntax(error, body)
  if (!mistake) return error
  const range = { start: mistake.range.start + bodyStart, end: mistake.range.end + bodyStart }
  return new SluiceError([mistakeAt(mistake.code, file, range, mistake)], { cause: error })
}

interface TokenRange {
  readonly range: readonly [number, number]
}

const actions = {
  ...(actionsModule as Readonly<Record<string, unknown>>),
  locInfo(position: TokenRange): AstLocation {
    // Offsets in the place of lines: Handlebars only hands them on, into nodes and errors.
    return { start: { line: position.range[0] }, end: { line: position.range[1] } }
  },
  parseError(
    _message: string,
    details: { token: string | number | null; expected?: readonly string[] },
  ): never {
    const { yylloc, match } = parser.lexer
    const [start = 0, end = start] = yylloc.range ?? []
    const expected = (details.expected ?? []).map((each) => each.replaceAll("'", ''))
    // Outside of its initial state the lexer says 1 for the end of the text.
    const token = typeof details.token === 'number' ? 'EOF' : details.token
    throw new UnexpectedToken(token, expected, { start, end }, match)
  },
}

/** Runs Handlebars' grammar. Parser and lexer are one shared object with settings of ours for the time of a (synchronous)
 * parse: exact character ranges in the place of lines and columns, which go wrong after U+2028. */
function parseText(text: string): AstProgram {
  const { options } = parser.lexer
  const before = { yy: parser.yy, parseError: parser.parseError, ranges: options.ranges }
  options.ranges = true
  parser.yy = actions
  try {
    return parser.parse(text)
  } finally {
    parser.yy = before.yy
    parser.parseError = before.parseError
    options.ranges = before.ranges ?? false
  }
}
