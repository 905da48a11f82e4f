import type { Expression, PathNode, Program, Statement } from './tree.ts'

/** The names that a template takes from whoever renders it. */
export interface FreeNames {
  readonly required: ReadonlySet<string>
  /** Asked for by `default` only. */
  readonly optional: ReadonlySet<string>
  /** A macro whose name is computed may ask for others. */
  readonly isOpen: boolean
}

/** Finds the names that a template asks for at its top level, in macros that it calls too. */
export function freeNames(
  program: Program,
  macroOf: (name: string) => Program | undefined,
  ignored: ReadonlySet<string>,
): FreeNames {
  const finder = new Finder(macroOf)
  finder.program(program, 0, new Set(ignored))
  const optional = [...finder.optional].filter((name) => !finder.required.has(name))
  return { required: finder.required, optional: new Set(optional), isOpen: finder.isOpen }
}

class Finder {
  readonly required = new Set<string>()
  readonly optional = new Set<string>()
  isOpen = false
  private readonly macroOf: (name: string) => Program | undefined
  private readonly open = new Set<Program>()

  constructor(macroOf: (name: string) => Program | undefined) {
    this.macroOf = macroOf
  }

  /** @param level how many contexts lie between here and the top @param given names that are not taken from there */
  program({ body, inlines }: Program, level: number, given: ReadonlySet<string>): void {
    for (const inline of inlines) this.program(inline.program, level, given)
    for (const statement of body) this.statement(statement, level, given)
  }

  private statement(statement: Statement, level: number, given: ReadonlySet<string>): void {
    const inner = (program: Program | undefined, at: number) => {
      if (program !== undefined) this.program(program, at, given)
    }
    switch (statement.kind) {
      case 'text':
        return
      case 'output':
        this.expression(statement.value, level, given)
        return
      case 'if':
        this.expression(statement.condition, level, given)
        inner(statement.program, level)
        inner(statement.inverse, level)
        return
      case 'each':
      case 'with':
      case 'section':
        this.expression(statement.subject, level, given)
        inner(statement.program, level + 1)
        inner(statement.inverse, level)
        return
      case 'verbatim':
        inner(statement.program, level)
        return
      case 'partial': {
        if (statement.argument !== undefined) this.expression(statement.argument, level, given)
        for (const { value } of statement.hash) this.expression(value, level, given)
        inner(statement.block, level)
        if (typeof statement.name !== 'string') {
          this.expression(statement.name, level, given)
          this.isOpen = true
          return
        }
        const called = statement.argument === undefined ? this.macroOf(statement.name) : undefined
        if (called === undefined || this.open.has(called)) return
        this.open.add(called)
        this.program(called, level, new Set([...given, ...statement.hash.map(({ key }) => key)]))
        this.open.delete(called)
        return
      }
      default:
        throw new Error(`unknown statement ${statement satisfies never}`)
    }
  }

  private expression(expression: Expression, level: number, given: ReadonlySet<string>): void {
    if (expression.kind === 'literal') return
    if (expression.kind === 'path') {
      const name = topName(expression, level)
      if (name !== undefined && !given.has(name)) this.required.add(name)
      return
    }
    const [first, ...others] = expression.args
    const isDefault = expression.helper === 'default' && first?.kind === 'path'
    const name = isDefault ? topName(first, level) : undefined
    if (name !== undefined && !given.has(name)) this.optional.add(name)
    for (const each of isDefault ? others : expression.args) this.expression(each, level, given)
    for (const { value } of expression.hash) this.expression(value, level, given)
  }
}

/** The name at the top level that a path begins with, if it leads there. */
function topName({ scope, depth, parts }: PathNode, level: number): string | undefined {
  if (scope === 'data') return parts[0] === 'root' ? parts[1] : undefined
  return scope === 'context' && depth === level ? parts[0] : undefined
}
