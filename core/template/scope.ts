import type { TemplateValue, Written } from './template.ts'
import type { ParsedTemplate, Program } from './tree.ts'

/** What an expression sees at one point of a rendering. */
export interface Scope {
  readonly context: TemplateValue
  /** Contexts reached by `../`, this one first. Undefined where there are none: then `../` is an error. */
  readonly contexts: Contexts | undefined
  readonly data: LoopData
  readonly blockParams: BlockParams | undefined
  readonly unit: Unit
  /** Macro call sites, innermost first. */
  readonly calls: readonly Written[]
}

export interface Contexts {
  readonly context: TemplateValue
  readonly outer: Contexts | undefined
}

export interface BlockParams {
  readonly values: readonly TemplateValue[]
  readonly outer: BlockParams | undefined
}

/** What `@name` means; `@../name` asks `outer`. Inner frames keep what they do not change, so each is complete. */
export interface LoopData {
  readonly root: TemplateValue
  readonly loop: Loop | undefined
  /** The body of `{{#> partial}}` for `{{> @partial-block}}`. */
  readonly partialBlock: PartialBlock | undefined
  readonly outer: LoopData | undefined
}

export interface Loop {
  readonly index: number
  readonly key: string | number
  readonly first: boolean
  readonly last: boolean
}

/** One template being rendered, with the inline partials that are visible in it at the moment. */
export interface Unit {
  readonly template: ParsedTemplate
  inlines: Inlines | undefined
}

export interface Inlines {
  readonly definitions: ReadonlyMap<string, InlineClosure>
  readonly outer: Inlines | undefined
}

/** An inline partial and the surroundings of its definition. */
export interface InlineClosure {
  readonly program: Program
  readonly unit: Unit
  readonly contexts: Contexts | undefined
}

export interface PartialBlock {
  readonly program: Program
  readonly scope: Scope
}

/** The contexts inside a block: as in Handlebars a level is added only if the context changes. */
export function enter(contexts: Contexts | undefined, context: TemplateValue): Contexts {
  // biome-ignore lint/suspicious/noDoubleEquals: Handlebars compares like this, and `../` must count the same levels
  return contexts && context == contexts.context ? contexts : { context, outer: contexts }
}

export function findInline(inlines: Inlines | undefined, name: string): InlineClosure | undefined {
  for (let at = inlines; at; at = at.outer) {
    const found = at.definitions.get(name)
    if (found) return found
  }
  return undefined
}

/** The partials defined in a program, or undefined if it defines none. */
export function inlinesOf(
  program: Program,
  unit: Unit,
  contexts: Contexts | undefined,
): ReadonlyMap<string, InlineClosure> | undefined {
  if (program.inlines.length === 0) return undefined
  return new Map(program.inlines.map((each) => [each.name, { program: each.program, unit, contexts }]))
}
