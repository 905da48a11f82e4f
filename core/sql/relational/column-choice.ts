import type { ColumnChoice, Expression, Name } from './ir.ts'

/** Whether a choice of columns takes the column of this name; undefined where nothing but the engine can tell. */
export function isChosen(choice: ColumnChoice, column: Name): boolean | undefined {
  switch (choice.kind) {
    case 'regexp':
      return pattern(choice.pattern)?.test(column.text)
    case 'names':
      return choice.names.some((each) => each.key === column.key)
    case 'lambda': {
      const value = evaluate(choice.condition, choice.parameter, column.text)
      return typeof value === 'boolean' ? value : undefined
    }
    case 'unknown':
      return undefined
    default:
      return choice satisfies never
  }
}

type Value = string | boolean

/** A condition over a column's name. */
function evaluate(expression: Expression, parameter: Name, text: string): Value | undefined {
  const inner = (each: Expression | undefined) =>
    each === undefined ? undefined : evaluate(each, parameter, text)
  switch (expression.kind) {
    case 'column':
      return expression.parts.length === 1 && expression.parts[0]!.key === parameter.key ? text : undefined
    case 'literal':
      if (expression.type === 'string') return expression.value
      return expression.type === 'boolean' ? expression.value === 'true' : undefined
    case 'operation':
      return operation(expression.operator, expression.operands.map(inner))
    case 'call':
      return named(expression.name, expression.arguments.map(inner))
    case 'in': {
      const value = inner(expression.expression)
      const list = expression.list.map(inner)
      if (value === undefined || list.includes(undefined)) return undefined
      return list.includes(value) !== expression.isNegated
    }
    default:
      return undefined
  }
}

function operation(operator: string, operands: readonly (Value | undefined)[]): Value | undefined {
  const [first, second] = operands
  switch (operator) {
    case 'not':
      return typeof first === 'boolean' ? !first : undefined
    case 'and':
      if (operands.includes(false)) return false
      return operands.every((each) => each === true) ? true : undefined
    case 'or':
      if (operands.includes(true)) return true
      return operands.every((each) => each === false) ? false : undefined
  }
  if (first === undefined || second === undefined) return undefined
  switch (operator) {
    case '=':
      return first === second
    case '<>':
      return first !== second
    default:
      return typeof first === 'string' && typeof second === 'string'
        ? comparison(operator, first, second)
        : undefined
  }
}

function comparison(operator: string, text: string, wanted: string): boolean | undefined {
  switch (operator) {
    case '~~':
      return like(wanted, '').test(text)
    case '!~~':
      return !like(wanted, '').test(text)
    case '~~*':
      return like(wanted, 'i').test(text)
    case '!~~*':
      return !like(wanted, 'i').test(text)
    case '~~~':
      // `?` is one byte.
      return /[[\]\\]/.test(wanted) || /[^\0-\x7f]/.test(text) ? undefined : glob(wanted).test(text)
    default:
      return undefined
  }
}

function named(name: string, values: readonly (Value | undefined)[]): Value | undefined {
  const [text, wanted] = values
  if (typeof text !== 'string') return undefined
  if (values.length === 1) {
    if (name === 'lower' || name === 'lcase') return text.toLowerCase()
    return name === 'upper' || name === 'ucase' ? text.toUpperCase() : undefined
  }
  if (values.length !== 2 || typeof wanted !== 'string') return undefined
  switch (name) {
    case 'starts_with':
    case 'prefix':
    case '^@':
      return text.startsWith(wanted)
    case 'ends_with':
    case 'suffix':
      return text.endsWith(wanted)
    case 'contains':
      return text.includes(wanted)
    case 'regexp_matches':
      return pattern(wanted)?.test(text)
    case 'regexp_full_match':
      return pattern(`^(?:${wanted})$`)?.test(text)
    default:
      return comparison(name, text, wanted)
  }
}

/** What RE2 and JavaScript write in the same way. */
function pattern(text: string): RegExp | undefined {
  const flags = /^(?:\^\(\?:)?\(\?([is]+)\)/.exec(text)?.[1] ?? ''
  const plain = flags === '' ? text : text.replace(`(?${flags})`, '')
  if (/\(\?[^:]|\[\[:|\\[^\w\s]*[ACGQEPXZazpx]/.test(plain)) return undefined
  try {
    return new RegExp(plain, `${[...new Set(flags)].join('')}u`)
  } catch {
    return undefined
  }
}

function like(text: string, flags: string): RegExp {
  const parts = [...text].map((each) => (each === '%' ? '.*' : each === '_' ? '.' : escaped(each)))
  return new RegExp(`^${parts.join('')}$`, `su${flags}`)
}

function glob(text: string): RegExp {
  const parts = [...text].map((each) => (each === '*' ? '.*' : each === '?' ? '.' : escaped(each)))
  return new RegExp(`^${parts.join('')}$`, 'su')
}

function escaped(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
}
