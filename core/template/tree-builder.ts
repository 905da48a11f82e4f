import { type Diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { type Signature, signatures } from './builtins.ts'
import { type Condensed, placeholder } from './condensed.ts'
import { type Mistake, mistakeAt } from './failure.ts'
import type {
  AstBlock,
  AstContent,
  AstDecorator,
  AstExpression,
  AstHash,
  AstLocation,
  AstPartial,
  AstPartialBlock,
  AstPath,
  AstProgram,
  AstStatement,
} from './handlebars-ast.ts'
import type { TextFile } from './template.ts'
import type {
  CallNode,
  Expression,
  HashPair,
  InlinePartial,
  LiteralNode,
  ParsedTemplate,
  PartialNode,
  PathNode,
  Program,
  Range,
  Statement,
} from './tree.ts'

/** Condensing changed more than plain text, so the template must be parsed as written. */
export class AlteredText extends Error {}

/** Turns Handlebars' tree into ours: offsets of the file, helpers and block parameters resolved. Throws a `SluiceError`
 * with every unknown helper and wrong argument, also in branches that no rendering would take. */
export function buildTree(
  file: TextFile,
  bodyStart: number,
  ast: AstProgram,
  body: Condensed,
): ParsedTemplate {
  const builder = new TreeBuilder(file, bodyStart, body)
  const program = builder.program(ast)
  if (builder.mistakes.length > 0) throw new SluiceError(builder.mistakes.sort(byPlace))
  return { file: file.file, text: file.text, bodyStart, program }
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0)
}

const none: readonly never[] = []

/** Parameters of an enclosing block, or the boundary of an inline partial. */
type Frame = readonly string[] | 'inline partial'

/** Blocks within blocks; enough for people, and far from what the stack can hold. */
const maxDepth = 200

class TreeBuilder {
  readonly mistakes: Diagnostic[] = []
  private readonly file: TextFile
  private readonly bodyStart: number
  private readonly condensed: Condensed
  /** Innermost last. */
  private readonly frames: Frame[] = []
  private depth = 0

  constructor(file: TextFile, bodyStart: number, condensed: Condensed) {
    this.file = file
    this.bodyStart = bodyStart
    this.condensed = condensed
  }

  program(ast: AstProgram): Program {
    this.depth += 1
    if (this.depth > maxDepth) throw new RangeError('blocks nested too deeply')
    const params = ast.blockParams ?? none
    if (params.length > 0) this.frames.push(params)
    const body: Statement[] = []
    const inlines: InlinePartial[] = []
    for (const statement of ast.body) {
      if (statement.type === 'Decorator' || statement.type === 'DecoratorBlock') {
        const inline = this.inlinePartial(statement)
        if (inline) inlines.push(inline)
        continue
      }
      const node = this.statement(statement)
      if (node) body.push(node)
    }
    if (params.length > 0) this.frames.pop()
    this.depth -= 1
    return { body, blockParams: params.length, inlines }
  }

  private statement(ast: Exclude<AstStatement, AstDecorator>): Statement | undefined {
    switch (ast.type) {
      case 'ContentStatement':
        return this.content(ast)
      case 'MustacheStatement':
        return { kind: 'output', value: this.invocation(ast, ast.params.length > 0 || !!ast.hash) }
      case 'BlockStatement':
        return this.block(ast)
      case 'PartialStatement':
      case 'PartialBlockStatement':
        return this.partial(ast)
      case 'CommentStatement':
        return undefined
    }
  }

  private content(ast: AstContent): Statement | undefined {
    if (ast.value === '') return undefined
    const begin = ast.loc.start.line + strippedBefore(ast)
    const start = this.at(begin)
    // Only whitespace at its ends can have changed: what is between is taken from the file.
    return { kind: 'text', text: this.file.text.slice(start, this.at(begin + ast.value.length)), start }
  }

  private block(ast: AstBlock): Statement | undefined {
    const path = this.pathOf(ast.path)
    const isCall = ast.params.length > 0 || ast.hash !== undefined
    const name = this.helperNamed(path, isCall)
    if (name === undefined && !isCall) {
      const subject = this.path(path)
      this.refuseBlockParams(ast, path.text, subject)
      return { kind: 'section', subject, ...this.branches(ast) }
    }
    const range = this.callRange(path, ast)
    const args = ast.params.map((each) => this.expression(each))
    const hash = this.hash(ast.hash)
    switch (name) {
      case 'if':
      case 'unless': {
        this.refuseBlockParams(ast, name)
        this.checkArguments(name, args, hash, range)
        const includeZero = hash.find((pair) => pair.key === 'includeZero')?.value
        const condition = args[0]
        const branches = this.branches(ast)
        return condition && { kind: 'if', condition, negated: name === 'unless', includeZero, ...branches }
      }
      case 'each':
      case 'with': {
        const most = name === 'each' ? 2 : 1
        const params = ast.program?.blockParams ?? none
        if (params.length > most) this.mistake('SL211', this.range(ast.path.loc), tooManyParams(name, most))
        this.checkArguments(name, args, hash, range)
        const subject = args[0]
        const branches = this.branches(ast)
        return subject && { kind: name, subject, ...branches }
      }
      case 'raw':
        this.refuseBlockParams(ast, 'raw')
        if (args.length > 0 || hash.length > 0)
          this.mistake('SL206', range, { message: 'the block `raw` takes no arguments' })
        return { kind: 'verbatim', program: this.branches(ast).program, inverse: undefined }
      default:
        this.mistake('SL204', path, this.unknownHelper(path, name, true))
        this.branches(ast)
        return undefined
    }
  }

  private branches(ast: AstBlock): { program: Program | undefined; inverse: Program | undefined } {
    return {
      program: ast.program && this.program(ast.program),
      inverse: ast.inverse && this.program(ast.inverse),
    }
  }

  private refuseBlockParams(ast: AstBlock, name: string, subject?: PathNode): void {
    if ((ast.program?.blockParams ?? none).length === 0) return
    const hint = subject && `write \`{{#each ${name} as |…|}}\` or \`{{#with ${name} as |…|}}\``
    this.mistake('SL211', this.range(ast.path.loc), {
      message: `a block \`${name}\` gives no block parameters`,
      hint,
    })
  }

  private partial(ast: AstPartial | AstPartialBlock): PartialNode {
    const nameRange = this.range(ast.name.loc)
    const name = ast.name.type === 'SubExpression' ? this.expression(ast.name) : this.literalText(ast.name)
    if (ast.params.length > 1) {
      const second = ast.params[1]!
      this.mistake('SL206', this.range(second.loc), {
        message: `a macro takes one context at most, but \`${this.source(nameRange)}\` is given ${ast.params.length}`,
        hint: 'pass arguments by name: `{{> macro column="amount"}}`',
      })
    }
    const argument = ast.params[0] && this.expression(ast.params[0])
    const hash = this.hash(ast.hash)
    const isBlock = ast.type === 'PartialBlockStatement'
    const { start, end } = this.range(ast.loc)
    return {
      kind: 'partial',
      name,
      nameRange,
      argument,
      hash,
      indent: isBlock ? '' : (ast.indent ?? ''),
      block: isBlock ? this.program(ast.program) : undefined,
      start,
      end: isBlock ? nameRange.end : end,
    }
  }

  private inlinePartial(ast: AstDecorator): InlinePartial | undefined {
    const range = this.range(ast.path.loc)
    const decorator = this.source(range)
    const [name] = ast.params
    if (decorator !== 'inline') {
      this.mistake('SL211', range, {
        message: `there is no decorator \`${decorator}\``,
        hint: 'the only one is `{{#*inline "name"}}…{{/inline}}`',
      })
      return undefined
    }
    if (name?.type !== 'StringLiteral' || ast.params.length > 1 || ast.hash || !ast.program) {
      this.mistake('SL206', range, {
        message: 'an inline partial needs one name, a text in quotes, and a body',
        hint: 'write `{{#*inline "name"}}…{{/inline}}`',
      })
      return undefined
    }
    this.frames.push('inline partial')
    const program = this.program(ast.program)
    this.frames.pop()
    return { name: this.literalText(name), program }
  }

  private expression(ast: AstExpression): Expression {
    switch (ast.type) {
      case 'PathExpression':
        return this.path(ast)
      case 'SubExpression':
        return this.invocation(ast, true)
      default:
        return { kind: 'literal', value: this.literalValue(ast), ...this.range(ast.loc) }
    }
  }

  /** `{{name}}`, `{{name args}}` or `(name args)`. */
  private invocation(
    ast: { path: AstExpression; params: readonly AstExpression[]; hash?: AstHash },
    isCall: boolean,
  ): Expression {
    const path = this.pathOf(ast.path)
    const helper = this.helperNamed(path, isCall)
    if (helper === undefined && !isCall) return this.path(path)
    const args = ast.params.map((each) => this.expression(each))
    const hash = this.hash(ast.hash)
    const range = this.callRange(path, ast)
    const signature = helper === undefined ? undefined : signatures[helper]
    if (helper === undefined || !signature || signature.block) {
      this.mistake('SL204', path, this.unknownHelper(path, helper, false))
      return emptyLiteral(range)
    }
    this.checkArguments(helper, args, hash, range)
    return { kind: 'call', helper, args, hash, ...range } satisfies CallNode
  }

  /** The helper that a path names: a single name that is no block parameter. Without arguments only a known helper is
   * one, as in Handlebars, where helpers hide names of the context. */
  private helperNamed(path: ResolvedPath, isCall: boolean): string | undefined {
    if (path.data || path.depth > 0 || path.scoped || path.parts.length !== 1) return undefined
    const name = path.parts[0]!
    if (this.blockParam(name)) return undefined
    return isCall || Object.hasOwn(signatures, name) ? name : undefined
  }

  private checkArguments(
    name: string,
    args: readonly Expression[],
    hash: readonly HashPair[],
    range: Range,
  ): void {
    const signature = signatures[name]!
    if (args.length < signature.least || args.length > signature.most) {
      this.mistake('SL206', range, wrongCount(name, signature, args.length))
      return
    }
    for (const pair of hash) {
      if (signature.options.includes(pair.key)) continue
      const known = signature.options.map((each) => `\`${each}=\``).join(', ')
      this.mistake('SL206', pair.value, {
        message: `\`${name}\` has no option \`${pair.key}\``,
        hint: known ? `it has ${known}` : `it is called as \`${signature.usage}\``,
      })
    }
  }

  private unknownHelper(path: ResolvedPath, name: string | undefined, asBlock: boolean): Mistake {
    const written = name ?? path.text
    const signature = name === undefined || !Object.hasOwn(signatures, name) ? undefined : signatures[name]
    if (signature)
      return {
        message: `\`${written}\` is ${signature.block ? 'a block' : 'no block'}`,
        hint: `write \`${signature.usage}\``,
      }
    if (this.file.text[path.end] === '.')
      return {
        message: `\`${written}.\` ends with a dot`,
        hint: 'write the member that is meant, or remove the dot',
      }
    if (name === undefined && this.blockParam(path.parts[0] ?? ''))
      return { message: `\`${written}\` is a block parameter and takes no arguments` }
    const candidates = Object.keys(signatures).filter((each) => asBlock === !!signatures[each]!.block)
    return {
      message: `there is no ${asBlock ? 'block' : 'helper'} \`${written}\``,
      hint:
        didYouMean(written, candidates) ??
        (asBlock
          ? `blocks are ${listed(candidates)}`
          : `a name with arguments is a helper: ${listed(candidates)}`),
    }
  }

  private hash(ast: AstHash | undefined): readonly HashPair[] {
    if (!ast) return none
    const seen = new Set<string>()
    return ast.pairs.map((pair) => {
      if (seen.has(pair.key))
        this.mistake('SL206', this.range(pair.loc), {
          message: `the argument \`${pair.key}\` is given twice`,
        })
      seen.add(pair.key)
      return { key: pair.key, value: this.expression(pair.value) }
    })
  }

  private path(ast: AstPath | ResolvedPath): PathNode {
    const path = 'text' in ast ? ast : this.pathOf(ast)
    const { start, end, text, parts, depth } = path
    const context: PathNode = {
      kind: 'path',
      text,
      scope: 'context',
      depth,
      parts,
      level: 0,
      index: 0,
      start,
      end,
    }
    if (path.data) return { ...context, scope: 'data' }
    if (depth > 0 || path.scoped || parts.length === 0) return context
    const found = this.blockParam(parts[0]!)
    if (!found) return context
    if (found.crossesInline)
      this.mistake('SL211', path, {
        message: `the block parameter \`${parts[0]}\` is not visible inside an inline partial`,
        hint: `pass it by name: \`{{> partial ${parts[0]}=${parts[0]}}}\``,
      })
    return { ...context, scope: 'block', level: found.level, index: found.index }
  }

  private blockParam(name: string): { level: number; index: number; crossesInline: boolean } | undefined {
    let level = 0
    let crossesInline = false
    for (let i = this.frames.length - 1; i >= 0; i--) {
      const frame = this.frames[i]!
      if (frame === 'inline partial') {
        crossesInline = true
        continue
      }
      const index = frame.indexOf(name)
      if (index >= 0) return { level, index, crossesInline }
      level += 1
    }
    return undefined
  }

  /** Handlebars reads a literal in the place of a name as a name. */
  private pathOf(ast: AstExpression): ResolvedPath {
    const { start, end } = this.range(ast.loc)
    if (ast.type === 'SubExpression') throw new Error('Handlebars gave a subexpression as a path')
    if (ast.type !== 'PathExpression') {
      const name = ast.type === 'UndefinedLiteral' ? 'undefined' : this.literalText(ast)
      return { start, end, text: name, parts: [name], depth: 0, data: false, scoped: isScoped(name) }
    }
    for (const part of ast.parts) this.refusePlaceholder(part)
    const { parts, depth, data, original } = ast
    const text = this.file.text.slice(start, end)
    return { start, end, text, parts, depth, data, scoped: isScoped(original) }
  }

  private literalValue(
    ast: Exclude<AstExpression, AstPath | { type: 'SubExpression' }>,
  ): LiteralNode['value'] {
    if (ast.type === 'UndefinedLiteral' || ast.type === 'NullLiteral') return null
    if (ast.type === 'StringLiteral') this.refusePlaceholder(ast.value)
    return ast.value
  }

  private literalText(ast: Exclude<AstExpression, { type: 'SubExpression' }>): string {
    const text = String(ast.type === 'UndefinedLiteral' ? 'undefined' : (ast.original ?? null))
    this.refusePlaceholder(text)
    return text
  }

  private refusePlaceholder(text: string): void {
    if (text.includes(placeholder) && !this.file.text.includes(placeholder)) throw new AlteredText()
  }

  private callRange(path: Range, ast: { params: readonly AstExpression[]; hash?: AstHash }): Range {
    const last = ast.hash ?? ast.params.at(-1)
    return { start: path.start, end: last ? this.at(last.loc.end.line) : path.end }
  }

  private range(loc: AstLocation): Range {
    return { start: this.at(loc.start.line), end: this.at(loc.end.line) }
  }

  private at(offset: number): number {
    return this.bodyStart + this.condensed.original(offset)
  }

  private source(range: Range): string {
    return this.file.text.slice(range.start, range.end)
  }

  private mistake(code: Diagnostic['code'], range: Range, mistake: Mistake): void {
    this.mistakes.push(mistakeAt(code, this.file, range, mistake))
  }
}

interface ResolvedPath extends Range {
  readonly text: string
  readonly parts: readonly string[]
  readonly depth: number
  readonly data: boolean
  /** `this.name` or `./name`: never a helper or a block parameter. */
  readonly scoped: boolean
}

/** Handlebars' own test (`AST.helpers.scopedId`), its oddities included. */
function isScoped(original: string): boolean {
  return /^\.|this\b/.test(original)
}

/** How many characters whitespace control took away before a text. Where anything but whitespace is left, it tells; where
 * not, only the stripping of a standalone line can have happened (`~` strips all), once. */
function strippedBefore(ast: AstContent): number {
  if (ast.value.length === ast.original.length) return 0
  const kept = ast.value.search(/\S/)
  if (kept >= 0) return ast.original.search(/\S/) - kept
  return ast.rightStripped ? /^[ \t]*\r?\n?/.exec(ast.original)![0].length : 0
}

function emptyLiteral(range: Range): LiteralNode {
  return { kind: 'literal', value: null, start: range.start, end: range.end }
}

function wrongCount(name: string, signature: Signature, given: number): Mistake {
  const { least, most } = signature
  const wanted =
    least === most
      ? `${least}`
      : most === Number.POSITIVE_INFINITY
        ? `at least ${least}`
        : `${least} to ${most}`
  const plural = wanted === '1' || wanted === 'at least 1' ? 'argument' : 'arguments'
  return {
    message: `\`${name}\` takes ${wanted} ${plural}, but is given ${given}`,
    hint:
      given === 0
        ? `write \`${signature.usage}\`; for a name \`${name}\` of the context write \`this.${name}\``
        : `write \`${signature.usage}\``,
  }
}

function tooManyParams(name: string, most: number): Mistake {
  return {
    message: `\`${name}\` gives ${most === 1 ? 'one block parameter' : 'two block parameters'} at most`,
    hint: name === 'each' ? 'write `{{#each list as |item index|}}`' : 'write `{{#with value as |name|}}`',
  }
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}
