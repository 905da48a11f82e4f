/** Reading the JSON that libpg-query prints of a parse tree. Zero values are left out of it: a missing location is 0. */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [key: string]: Json
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object under `key`, or undefined. */
export function childOf(node: JsonObject, key: string): JsonObject | undefined {
  const value = node[key]
  return isObject(value) ? value : undefined
}

/** The list under `key`; empty if there is none. */
export function listOf(node: JsonObject, key: string): readonly Json[] {
  const value = node[key]
  return Array.isArray(value) ? value : []
}

export function textOf(node: JsonObject, key: string): string | undefined {
  const value = node[key]
  return typeof value === 'string' ? value : undefined
}

/** The byte offset of a node; undefined where the grammar made the node up (-1). */
export function locationOf(node: JsonObject): number | undefined {
  const value = node.location
  if (value === undefined) return 0
  return typeof value === 'number' && value >= 0 ? value : undefined
}

/** The value of a wrapped string, `{ String: { sval } }`; undefined for any other node. */
export function stringOf(value: Json | undefined): string | undefined {
  if (!isObject(value)) return undefined
  const wrapped = childOf(value, 'String')
  return wrapped && (textOf(wrapped, 'sval') ?? '')
}

/** A wrapped node, `{ FuncCall: {…} }`, as its type and content. */
export function unwrap(
  value: Json | undefined,
): { readonly type: string; readonly node: JsonObject } | undefined {
  if (!isObject(value)) return undefined
  for (const type in value) {
    const node = value[type]
    return isObject(node) ? { type, node } : undefined
  }
  return undefined
}
