import type { Mistake } from './failure.ts'
import { SqlFragment, type TemplateValue } from './template.ts'

/** How the target's dialect writes values and names. */
export interface SqlWriter {
  /** A plain value as a literal: `'it''s'`, `1.5`, `TRUE`, `NULL`. */
  literal(value: string | number | boolean | null): string
  /** One identifier in quotes. */
  quote(identifier: string): string
}

export type ValueObject = { readonly [name: string]: TemplateValue }

/** A value as SQL: plain values and lists of them as literals, SQL as it is. A mistake if it has none. */
export function sqlOf(value: TemplateValue, writer: SqlWriter): string | Mistake {
  if (isPlain(value)) return plainSql(value, writer)
  if (value instanceof SqlFragment) return value.sql
  const own = relationOf(value)
  if (own) return own.sql
  if (!isList(value)) return { message: 'is an object, which has no SQL literal', hint: membersHint(value) }
  if (value.length === 0)
    return {
      message: 'is an empty list, which has no SQL literal',
      hint: 'put it inside `{{#if list}}…{{else}}…{{/if}}` and say what should happen without items',
    }
  const items: string[] = []
  for (const item of value) {
    if (isPlain(item)) {
      const sql = plainSql(item, writer)
      if (typeof sql !== 'string') return sql
      items.push(sql)
    } else if (item instanceof SqlFragment) items.push(item.sql)
    else
      return {
        message: `is a list of ${isList(item) ? 'lists' : 'objects'}, which has no SQL literal`,
        hint: 'write the items in a loop: `{{#each list}}…{{/each}}`',
      }
  }
  return items.join(', ')
}

/** The root context stands for the model's own relation (`{{this}}`) where a value is wanted. */
export function relationOf(value: TemplateValue): SqlFragment | undefined {
  if (value === null || typeof value !== 'object' || value instanceof SqlFragment || isList(value))
    return undefined
  const own = Object.hasOwn(value, 'this') ? value.this : undefined
  return own instanceof SqlFragment ? own : undefined
}

export function isPlain(value: TemplateValue): value is string | number | boolean | null {
  return value === null || typeof value !== 'object'
}

export function isList(value: TemplateValue): value is readonly TemplateValue[] {
  return Array.isArray(value)
}

/** What Handlebars' `if` takes for true: not `false`, `null`, `''`, `0` or an empty list. */
export function isTruthy(value: TemplateValue, includeZero = false): boolean {
  if (value === 0) return includeZero
  return isList(value) ? value.length > 0 : !!value
}

/** A value for people: `the text 'a'`, `a list`. */
export function kindOf(value: TemplateValue): string {
  if (value === null) return 'null'
  if (value instanceof SqlFragment) return 'SQL'
  if (isList(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'string') return 'a text'
  return typeof value === 'number' ? 'a number' : `${value}`
}

function plainSql(value: string | number | boolean | null, writer: SqlWriter): string | Mistake {
  if (typeof value === 'number' && !Number.isFinite(value))
    return {
      message: `is ${value}, which has no SQL literal`,
      hint: 'write it in SQL, with a cast to its type',
    }
  return writer.literal(value)
}

function membersHint(value: ValueObject): string {
  const names = Object.keys(value)
  const some = names.slice(0, 5).map((name) => `\`${name}\``)
  if (some.length === 0) return 'it has no members'
  return `use one of its members: ${some.join(', ')}${names.length > some.length ? ', …' : ''}`
}
