import type { Code } from '../diagnostics/catalogue.ts'
import { type Diagnostic, type Place, SluiceError } from '../diagnostics/diagnostic.ts'
import { placeAt } from '../diagnostics/place.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { callHelper } from './builtins.ts'
import { type Mistake, mistakeAt } from './failure.ts'
import { type Absent, absentThis, explainMissing, resolve } from './names.ts'
import { Output } from './output.ts'
import {
  type BlockParams,
  type Contexts,
  enter,
  findInline,
  type InlineClosure,
  inlinesOf,
  type Loop,
  type LoopData,
  type PartialBlock,
  type Scope,
  type Unit,
} from './scope.ts'
import { isList, isTruthy, kindOf, relationOf, type SqlWriter, sqlOf } from './sql-text.ts'
import { type Rendered, SqlFragment, type TemplateValue, type Written } from './template.ts'
import type {
  CallNode,
  Expression,
  HashPair,
  IfNode,
  ParsedTemplate,
  PartialNode,
  Program,
  Range,
  ScopeNode,
  Statement,
} from './tree.ts'

export interface RenderOptions extends SqlWriter {
  /** The macro of that name. */
  partials(name: string): ParsedTemplate | undefined
  /** Names of all macros, for suggestions. */
  partialNames(): readonly string[]
  /** Names that the context does not have although they exist elsewhere → why: `{ partition: 'a view has no partitions' }`. */
  readonly absent?: Absent
  /** Largest number of characters of the rendered text; 16 million unless given. */
  readonly maxLength?: number
}

export type Context = Readonly<Record<string, TemplateValue>>

const maxDepth = 100
const maxCalls = 100_000
const maxMistakes = 20
const maxVia = 12

/** Renders a template. The text is what Handlebars would render without escaping, with values as SQL literals, except that
 * a name, helper or macro that does not exist is a mistake. Throws a `SluiceError` with all mistakes that were met. */
export function render(template: ParsedTemplate, context: Context, options: RenderOptions): Rendered {
  return new Rendering(options).result(template, context)
}

/** Ends a rendering at once: what went wrong would only go wrong again. */
class Stop extends SluiceError {}

class Rendering {
  private readonly options: RenderOptions
  private readonly output = new Output()
  private readonly mistakes: Diagnostic[] = []
  /** Texts of the files that were rendered, for places. */
  private readonly texts = new Map<string, string>()
  private symbolsDecide = false
  private partialCalls = 0

  constructor(options: RenderOptions) {
    this.options = options
  }

  result(template: ParsedTemplate, context: Context): Rendered {
    const data: LoopData = { root: context, loop: undefined, partialBlock: undefined, outer: undefined }
    try {
      this.template(template, context, data, undefined, [])
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      const range = { start: template.bodyStart, end: template.bodyStart }
      throw new SluiceError([
        mistakeAt('SL210', template, range, { message: 'the blocks are nested too deeply' }),
      ])
    }
    if (this.mistakes.length > 0) throw new SluiceError(this.mistakes)
    const { text, spans, splitSymbol } = this.output
    if (spans.length === 0) this.output.write('', template.file, template.bodyStart, [])
    return { text, spans, symbolsDecide: this.symbolsDecide || splitSymbol }
  }

  /** Renders a whole file: the model or a macro. */
  private template(
    template: ParsedTemplate,
    context: TemplateValue,
    data: LoopData,
    inlines: Unit['inlines'],
    calls: readonly Written[],
  ): void {
    const unit: Unit = { template, inlines }
    this.texts.set(template.file, template.text)
    this.program(
      template.program,
      { context, unit, data, calls },
      undefined,
      { context, outer: undefined },
      undefined,
    )
  }

  /** Renders a program. `outside` are the contexts where it is written: what its inline partials can reach by `../`. */
  private program(
    program: Program,
    { context, data, unit, calls }: Pick<Scope, 'context' | 'data' | 'unit' | 'calls'>,
    outside: Contexts | undefined,
    contexts: Contexts,
    blockParams: BlockParams | undefined,
  ): void {
    const scope: Scope = { context, contexts, data, blockParams, unit, calls }
    const definitions = inlinesOf(program, unit, outside)
    if (!definitions) {
      this.statements(program.body, scope)
      return
    }
    const outer = unit.inlines
    unit.inlines = { definitions, outer }
    try {
      this.statements(program.body, scope)
    } finally {
      unit.inlines = outer
    }
  }

  /** Goes on after a mistake with the next statement, so that all mistakes are told at once. */
  private statements(body: readonly Statement[], scope: Scope): void {
    for (let next = 0; next < body.length; ) {
      try {
        for (; next < body.length; next++) this.statement(body[next]!, scope)
      } catch (error) {
        if (!(error instanceof SluiceError) || error instanceof Stop) throw error
        this.note(error.diagnostics)
        next += 1
      }
    }
  }

  private note(mistakes: readonly Diagnostic[]): void {
    for (const mistake of mistakes) {
      const known = this.mistakes.some((each) => each.message === mistake.message && samePlace(each, mistake))
      if (!known) this.mistakes.push(mistake)
    }
    if (this.mistakes.length >= maxMistakes) throw new Stop(this.mistakes)
  }

  private statement(node: Statement, scope: Scope): void {
    switch (node.kind) {
      case 'text':
        this.output.write(node.text, scope.unit.template.file, node.start, scope.calls)
        return
      case 'output':
        this.value(node.value, scope)
        return
      case 'if':
        this.branch(node, scope)
        return
      case 'verbatim':
        this.block(node.program, scope, scope.context)
        return
      case 'partial':
        this.partial(node, scope)
        return
      default:
        this.scoped(node, scope)
    }
  }

  private value(expression: Expression, scope: Scope): void {
    const { file } = scope.unit.template
    const found = this.evaluate(expression, scope)
    const value = found instanceof SqlFragment ? found : (relationOf(found) ?? found)
    if (value instanceof SqlFragment) {
      this.output.writeValue(value.sql, file, expression.start, expression.end, value.symbol, scope.calls)
      return
    }
    if (isList(value)) for (const item of value) this.decidesBy(item)
    const sql = sqlOf(value, this.options)
    if (typeof sql !== 'string')
      this.fail('SL207', scope, expression, this.unprintable(sql, expression, scope))
    this.output.writeValue(sql, file, expression.start, expression.end, undefined, scope.calls)
  }

  private unprintable(mistake: Mistake, expression: Expression, scope: Scope): Mistake {
    const { absent = {} } = this.options
    const reason = expression.kind === 'path' ? absentThis(expression, scope, absent) : undefined
    if (reason !== undefined)
      this.fail('SL208', scope, expression, { message: `\`this\` has no meaning here: ${reason}` })
    return { ...mistake, message: `\`${sourceOf(scope, expression)}\` ${mistake.message}` }
  }

  private branch(node: IfNode, scope: Scope): void {
    const condition = this.evaluate(node.condition, scope)
    this.decidesBy(condition)
    const includeZero = node.includeZero !== undefined && isTruthy(this.evaluate(node.includeZero, scope))
    const holds = isTruthy(condition, includeZero) !== node.negated
    this.block(holds ? node.program : node.inverse, scope, scope.context)
  }

  private scoped(node: ScopeNode, scope: Scope): void {
    const value = this.evaluate(node.subject, scope)
    this.decidesBy(value)
    if (node.kind === 'each' || (node.kind === 'section' && isList(value))) this.each(node, value, scope)
    else if (node.kind === 'with' ? !isTruthy(value, true) : value === false || value === null)
      this.block(node.inverse, scope, scope.context)
    else if (node.kind === 'section' && value === true) this.block(node.program, scope, scope.context)
    else this.block(node.program, scope, value, [value])
  }

  private each(node: ScopeNode, value: TemplateValue, scope: Scope): void {
    const entries = this.entries(node, value, scope)
    if (entries.length === 0) this.block(node.inverse, scope, scope.context)
    const last = entries.length - 1
    entries.forEach(([key, item], index) => {
      this.item(node, scope, item, { index, key, first: index === 0, last: index === last })
    })
  }

  private entries(
    node: ScopeNode,
    value: TemplateValue,
    scope: Scope,
  ): readonly (readonly [string | number, TemplateValue])[] {
    if (isList(value)) return value.map((item, index) => [index, item])
    if (!value) return []
    if (typeof value === 'object' && !(value instanceof SqlFragment)) return Object.entries(value)
    this.fail('SL206', scope, node.subject, {
      message: `\`each\` goes through a list or an object, but \`${sourceOf(scope, node.subject)}\` is ${kindOf(value)}`,
    })
  }

  private item(node: ScopeNode, scope: Scope, item: TemplateValue, loop: Loop): void {
    this.checkLength(scope, node.subject)
    const data: LoopData = { ...scope.data, loop, outer: scope.data }
    this.block(node.program, scope, item, [item, loop.key], data)
  }

  private block(
    program: Program | undefined,
    scope: Scope,
    context: TemplateValue,
    values: readonly TemplateValue[] = [],
    data: LoopData = scope.data,
  ): void {
    if (!program) return
    const { unit, calls, contexts: outside } = scope
    const blockParams = program.blockParams > 0 ? { values, outer: scope.blockParams } : scope.blockParams
    this.program(program, { context, data, unit, calls }, outside, enter(outside, context), blockParams)
  }

  private partial(node: PartialNode, scope: Scope): void {
    const { file } = scope.unit.template
    const name = this.partialName(node, scope)
    this.checkCalls(node, name, scope)
    const context = this.partialContext(node, scope)
    const indentAt = { file, offset: node.start - node.indent.length, endOffset: node.start }
    this.output.indent(node.indent, indentAt, scope.calls, () => this.invoke(node, name, context, scope))
    this.checkLength(scope, node.nameRange)
  }

  private invoke(node: PartialNode, name: string, context: TemplateValue, scope: Scope): void {
    const { unit } = scope
    const block: PartialBlock | undefined = node.block && { program: node.block, scope }
    const data = block ? { ...scope.data, partialBlock: block, outer: scope.data } : scope.data
    const site: Written = { file: unit.template.file, offset: node.start, endOffset: node.end }
    const calls = [site, ...scope.calls]
    const body = name === '@partial-block' ? scope.data.partialBlock : undefined
    const inline = findInline(unit.inlines, name)
    const macro = body || inline ? undefined : this.options.partials(name)
    if (body) this.partialBlock(body, context, data, calls)
    else if (inline) this.inlinePartial(inline, context, data, calls)
    else if (macro) {
      const definitions = node.block && inlinesOf(node.block, unit, scope.contexts)
      const visible = definitions ? { definitions, outer: unit.inlines } : unit.inlines
      this.template(macro, context, data, visible, calls)
    }
    // Without such a macro the body of the call stands for it.
    else if (block) this.partialBlock(block, context, data, scope.calls)
    else this.fail('SL205', scope, node.nameRange, this.unknownMacro(name, scope))
  }

  private partialName(node: PartialNode, scope: Scope): string {
    if (typeof node.name === 'string') return node.name
    const name = this.evaluate(node.name, scope)
    if (typeof name === 'string') return name
    this.decidesBy(name)
    this.fail('SL206', scope, node.nameRange, { message: `a macro's name is a text, not ${kindOf(name)}` })
  }

  private partialContext(node: PartialNode, scope: Scope): TemplateValue {
    const context = node.argument ? this.evaluate(node.argument, scope) : scope.context
    if (node.hash.length === 0) return context
    const members = context instanceof SqlFragment ? (context.members ?? {}) : context
    // Spreading defines own members, also one that is called `__proto__`.
    return { ...(members as object), ...this.hash(node.hash, scope) }
  }

  /** The body of `{{#> macro}}`, rendered where the macro says `{{> @partial-block}}`. */
  private partialBlock(
    { program, scope: site }: PartialBlock,
    context: TemplateValue,
    data: LoopData,
    calls: readonly Written[],
  ): void {
    const restored: LoopData = { ...data, partialBlock: site.data.partialBlock, outer: data }
    const { unit, contexts, blockParams } = site
    this.program(
      program,
      { context, data: restored, unit, calls },
      contexts,
      enter(contexts, context),
      blockParams,
    )
  }

  private inlinePartial(
    { program, unit, contexts }: InlineClosure,
    context: TemplateValue,
    data: LoopData,
    calls: readonly Written[],
  ): void {
    this.program(program, { context, data, unit, calls }, contexts, enter(contexts, context), undefined)
  }

  private unknownMacro(name: string, scope: Scope): Mistake {
    if (name === '@partial-block')
      return {
        message:
          '`@partial-block` is the body of `{{#> macro}}…{{/macro}}`, but this macro is called without one',
        hint: 'guard it with `{{#if @partial-block}}…{{/if}}`',
      }
    const names = [...this.options.partialNames()]
    for (let at = scope.unit.inlines; at; at = at.outer) names.push(...at.definitions.keys())
    return {
      message: `there is no macro \`${name}\``,
      hint:
        didYouMean(name, names) ??
        (names.length > 0
          ? `there is ${names
              .slice(0, 8)
              .map((each) => `\`${each}\``)
              .join(', ')}`
          : 'a macro is a file `macros/name.sql`'),
    }
  }

  private checkCalls(node: PartialNode, name: string, scope: Scope): void {
    this.partialCalls += 1
    if (scope.calls.length >= maxDepth) {
      this.stop('SL209', scope, node.nameRange, {
        message: `macros call each other without end: ${this.cycle(name, scope).join(' → ')}`,
        hint: 'a macro that calls itself needs a condition under which it stops',
      })
    }
    if (this.partialCalls > maxCalls)
      this.stop('SL210', scope, node.nameRange, {
        message: `more than ${maxCalls} macro calls in one template`,
        hint: 'macros that call others several times multiply',
      })
  }

  private checkLength(scope: Scope, range: Range): void {
    const { maxLength = 16_000_000 } = this.options
    if (this.output.text.length > maxLength)
      this.stop('SL210', scope, range, {
        message: `the rendered text is longer than ${maxLength} characters`,
      })
  }

  private evaluate(expression: Expression, scope: Scope): TemplateValue {
    if (expression.kind === 'literal') return expression.value
    if (expression.kind === 'call') return this.call(expression, scope)
    const value = resolve(expression, scope)
    if (value !== undefined) return value
    const mistake = explainMissing(expression, scope, this.options.absent ?? {})
    this.fail(mistake.code, scope, mistake.range, mistake)
  }

  private call(node: CallNode, scope: Scope): TemplateValue {
    const args = node.args.map((arg, index) => {
      const mayBeMissing = node.helper === 'default' && index === 0 && arg.kind === 'path'
      return mayBeMissing ? (resolve(arg, scope) ?? null) : this.evaluate(arg, scope)
    })
    return callHelper(node.helper, {
      args,
      options: this.hash(node.hash, scope),
      writer: this.options,
      fail: (code, mistake, index) =>
        this.fail(code, scope, (index === undefined ? undefined : node.args[index]) ?? node, mistake),
      decidesBy: (value) => this.decidesBy(value),
    })
  }

  private hash(pairs: readonly HashPair[], scope: Scope): Readonly<Record<string, TemplateValue>> {
    const hash: Record<string, TemplateValue> = Object.create(null)
    for (const { key, value } of pairs) hash[key] = this.evaluate(value, scope)
    return hash
  }

  private decidesBy(value: TemplateValue): void {
    if (value instanceof SqlFragment && value.symbol !== undefined) this.symbolsDecide = true
  }

  private fail(code: Code, scope: Scope, range: Range, mistake: Mistake): never {
    throw new SluiceError([this.mistakeIn(code, scope, range, mistake)])
  }

  private stop(code: Code, scope: Scope, range: Range, mistake: Mistake): never {
    throw new Stop([...this.mistakes, this.mistakeIn(code, scope, range, mistake)])
  }

  private mistakeIn(code: Code, scope: Scope, range: Range, mistake: Mistake): Diagnostic {
    const found = mistakeAt(code, scope.unit.template, range, mistake)
    if (scope.calls.length === 0) return found
    const shown =
      scope.calls.length <= maxVia ? scope.calls : [...scope.calls.slice(0, maxVia - 1), scope.calls.at(-1)!]
    return { ...found, via: shown.map((call) => this.placeOf(call)) }
  }

  private placeOf({ file, offset, endOffset }: Written): Place {
    return placeAt(file, this.texts.get(file) ?? '', offset, endOffset)
  }

  /** The macros of an endless chain of calls, from the first to the one that comes again. */
  private cycle(name: string, scope: Scope): readonly string[] {
    const names = [name]
    for (const { file, offset, endOffset } of scope.calls) {
      const call = (this.texts.get(file) ?? '').slice(offset, endOffset)
      const caller = /^\{\{~?#?>\s*([^\s~}]+)/.exec(call)?.[1] ?? '…'
      names.unshift(caller.replace(/^["'[](.*)["'\]]$/, '$1'))
      if (names[0] === name || names.length > maxVia) break
    }
    return names
  }
}

function samePlace(a: Diagnostic, b: Diagnostic): boolean {
  return (
    a.place?.file === b.place?.file && a.place?.line === b.place?.line && a.place?.column === b.place?.column
  )
}

function sourceOf(scope: Scope, { start, end }: Range): string {
  return scope.unit.template.text.slice(start, end)
}
