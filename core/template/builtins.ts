import type { Code } from '../diagnostics/catalogue.ts'
import { closest } from '../diagnostics/suggest.ts'
import type { Mistake } from './failure.ts'
import { isList, isPlain, isTruthy, kindOf, relationOf, type SqlWriter, sqlOf } from './sql-text.ts'
import { SqlFragment, type TemplateValue } from './template.ts'

/** How a helper is called; checked before anything is rendered. */
export interface Signature {
  readonly usage: string
  readonly least: number
  readonly most: number
  /** Names of its hash arguments. */
  readonly options: readonly string[]
  /** A block that the renderer knows itself. */
  readonly block?: true
}

/** One call of a helper. */
export interface HelperCall {
  readonly args: readonly TemplateValue[]
  readonly options: Readonly<Record<string, TemplateValue>>
  readonly writer: SqlWriter
  /** Throws: what is wrong with an argument (or, without index, with the call). */
  fail(code: Code, mistake: Mistake, argument?: number): never
  /** The call's result depends on this value. */
  decidesBy(value: TemplateValue): void
}

type Helper = Omit<Signature, 'block'> & { readonly call: (call: HelperCall) => TemplateValue }

const endless = Number.POSITIVE_INFINITY

const helpers: Readonly<Record<string, Helper>> = {
  identifier: {
    ...takes('{{identifier name}}', 1, endless),
    call: (call) => new SqlFragment(call.args.map((_, index) => identifier(call, index)).join('.')),
  },
  literal: {
    ...takes('{{literal value}}', 1, 1),
    call: (call) => fragment(call, 0, (value) => sqlOf(value, call.writer)),
  },
  raw: {
    ...takes('{{raw text}}', 1, 1),
    call: (call) => fragment(call, 0, verbatim),
  },
  join: {
    ...takes('{{join list ", " as="identifier"}}', 1, 2, ['as']),
    call: join,
  },
  default: {
    ...takes('{{default name value}}', 2, 2),
    call: ({ args }) => args[0] ?? args[1]!,
  },
  lookup: {
    ...takes('{{lookup object name}}', 2, 2),
    call: lookup,
  },
  eq: { ...takes('(eq a b)', 2, 2), call: (call) => plain(call, 0) === plain(call, 1) },
  ne: { ...takes('(ne a b)', 2, 2), call: (call) => plain(call, 0) !== plain(call, 1) },
  lt: { ...takes('(lt a b)', 2, 2), call: (call) => compared(call, (a, b) => a < b) },
  lte: { ...takes('(lte a b)', 2, 2), call: (call) => compared(call, (a, b) => a <= b) },
  gt: { ...takes('(gt a b)', 2, 2), call: (call) => compared(call, (a, b) => a > b) },
  gte: { ...takes('(gte a b)', 2, 2), call: (call) => compared(call, (a, b) => a >= b) },
  in: { ...takes('(in value list)', 2, 2), call: isIn },
  and: {
    ...takes('(and a b …)', 1, endless),
    call: (call) => truths(call).every(Boolean),
  },
  or: { ...takes('(or a b …)', 1, endless), call: (call) => truths(call).some(Boolean) },
  not: { ...takes('(not a)', 1, 1), call: (call) => !truths(call)[0] },
}

/** Every helper and block, by name. */
export const signatures: Readonly<Record<string, Signature>> = {
  ...helpers,
  if: { ...takes('{{#if condition}}…{{/if}}', 1, 1, ['includeZero']), block: true },
  unless: { ...takes('{{#unless condition}}…{{/unless}}', 1, 1, ['includeZero']), block: true },
  each: { ...takes('{{#each list}}…{{/each}}', 1, 1), block: true },
  with: { ...takes('{{#with object}}…{{/with}}', 1, 1), block: true },
}

/** Calls a helper whose name and number of arguments were checked by the parser. */
export function callHelper(name: string, call: HelperCall): TemplateValue {
  return helpers[name]!.call(call)
}

function takes(
  usage: string,
  least: number,
  most: number,
  options: readonly string[] = [],
): Omit<Signature, 'block'> {
  return { usage, least, most, options }
}

/** A helper that turns one value into SQL; what is SQL already stays what it is, its symbol included. */
function fragment(
  call: HelperCall,
  index: number,
  write: (value: TemplateValue) => string | Mistake,
): SqlFragment {
  const value = call.args[index]!
  const own = value instanceof SqlFragment ? value : relationOf(value)
  if (own) return own
  const sql = write(value)
  if (typeof sql !== 'string') call.fail('SL207', { ...sql, message: `the argument ${sql.message}` }, index)
  return new SqlFragment(sql)
}

function verbatim(value: TemplateValue): string | Mistake {
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  return { message: `is ${kindOf(value)}, which is no SQL text`, hint: '`raw` inserts a text as it is' }
}

/** A text is a name that may be qualified with dots; a list gives the parts as they are. */
function identifier(call: HelperCall, index: number): string {
  const given = call.args[index]!
  const value = relationOf(given) ?? given
  const parts = typeof value === 'string' ? value.split('.') : isList(value) ? value : undefined
  if (!parts || parts.length === 0 || parts.some((part) => typeof part !== 'string'))
    call.fail(
      'SL206',
      {
        message: `\`identifier\` takes a name or a list of its parts, not ${parts ? 'this list' : kindOf(value)}`,
        hint: value instanceof SqlFragment ? 'this is SQL already: write it without `identifier`' : undefined,
      },
      index,
    )
  if (parts.includes(''))
    call.fail(
      'SL206',
      { message: `\`${parts.join('.')}\` has an empty part, which no identifier can have` },
      index,
    )
  return parts.map((part) => call.writer.quote(String(part))).join('.')
}

const joinStyles = ['literal', 'identifier', 'raw']

function join(call: HelperCall): TemplateValue {
  const [list, separator = ', '] = call.args
  const style = call.options.as ?? 'literal'
  if (!isList(list!)) call.fail('SL206', { message: `\`join\` takes a list, not ${kindOf(list!)}` }, 0)
  if (typeof separator !== 'string')
    call.fail('SL206', { message: `\`join\` takes a text as separator, not ${kindOf(separator)}` }, 1)
  if (typeof style !== 'string' || !joinStyles.includes(style)) {
    const near = typeof style === 'string' ? closest(style, joinStyles, 1)[0] : undefined
    call.fail('SL206', {
      message: '`join` can write items as "literal", "identifier" or "raw"',
      hint: near && `did you mean \`as="${near}"\`?`,
    })
  }
  const items = list.map((item) => {
    call.decidesBy(item)
    const one = callHelper(style, { ...call, args: [item], options: {}, fail: (c, m) => call.fail(c, m, 0) })
    return one instanceof SqlFragment ? one.sql : ''
  })
  return new SqlFragment(items.join(separator))
}

function lookup(call: HelperCall): TemplateValue {
  const [from, key] = call.args
  call.decidesBy(key!)
  if (typeof key !== 'string' && typeof key !== 'number')
    call.fail('SL206', { message: `\`lookup\` takes a name or a number, not ${kindOf(key!)}` }, 1)
  const found = memberOf(from!, String(key))
  if (found !== undefined) return found
  const names = memberNames(from!)
  const near = closest(String(key), names).map((name) => `\`${name}\``)
  call.fail(
    'SL203',
    {
      message: `${kindOf(from!)} has no member \`${key}\``,
      hint: near.length > 0 ? `did you mean ${near.join(' or ')}?` : undefined,
    },
    1,
  )
}

/** An own member of a value; never anything of a prototype. */
export function memberOf(value: TemplateValue, name: string): TemplateValue | undefined {
  if (value === null) return undefined
  const members = value instanceof SqlFragment ? value.members : Object(value)
  if (members === undefined || !Object.hasOwn(members, name)) return undefined
  const member: unknown = members[name]
  return typeof member === 'function' ? undefined : (member as TemplateValue | undefined)
}

export function memberNames(value: TemplateValue): readonly string[] {
  if (isPlain(value) || isList(value)) return []
  return Object.keys(value instanceof SqlFragment ? (value.members ?? {}) : value)
}

function isIn(call: HelperCall): boolean {
  const value = plain(call, 0)
  const list = call.args[1]!
  if (!isList(list)) call.fail('SL206', { message: `\`in\` looks into a list, not into ${kindOf(list)}` }, 1)
  return list.some((item) => item === value)
}

function compared(call: HelperCall, holds: (a: string | number, b: string | number) => boolean): boolean {
  const a = plain(call, 0)
  const b = plain(call, 1)
  if (typeof a === 'number' && typeof b === 'number') return holds(a, b)
  if (typeof a === 'string' && typeof b === 'string') return holds(a, b)
  return call.fail('SL206', {
    message: `two numbers or two texts can be compared, not ${kindOf(a)} and ${kindOf(b)}`,
  })
}

/** An argument as a value that can be compared. SQL that is a literal compares as its value (`partition.key`). */
function plain(call: HelperCall, index: number): string | number | boolean | null {
  const value = call.args[index]!
  if (isPlain(value)) return value
  call.decidesBy(value)
  if (!(value instanceof SqlFragment))
    call.fail('SL206', { message: `single values can be compared, not ${kindOf(value)}` }, index)
  const text = /^'((?:[^']|'')*)'$/.exec(value.sql)
  if (text) return text[1]!.replaceAll("''", "'")
  if (/^-?\d+(\.\d+)?$/.test(value.sql)) return Number(value.sql)
  return call.fail(
    'SL206',
    {
      message: `\`${value.sql}\` is an SQL expression, whose value only the engine knows`,
      hint: 'compare it in SQL, or compare `partition.key`',
    },
    index,
  )
}

function truths(call: HelperCall): readonly boolean[] {
  return call.args.map((value) => {
    call.decidesBy(value)
    return isTruthy(value)
  })
}
