import type { Value } from './relation.ts'

/** Types of which only the shape is known. */
const list = '?[]'
const struct = 'struct'

const listMakers =
  /^(?:list|array_agg|flatten|apply|filter|split|str_split|string_split|string_to_array|(?:str|string)_split_regex|regexp_split_to_array|regexp_extract_all|range|generate_series|map_(?:keys|values|entries)|(?:list|array)_(?:value|apply|transform|filter|concat|cat|sort|reverse|reverse_sort|distinct|slice|append|prepend|push_back|push_front|zip|resize|select|where|intersect))$/

const structMakers = /^(?:struct_pack|row|struct_insert|struct_update|struct_concat)$/

/** Whether what a function makes is a list or a struct, for those whose name tells. */
export function shapeOfCall(name: string): string | undefined {
  if (listMakers.test(name)) return list
  return structMakers.test(name) ? struct : undefined
}

/** Of what an operator makes. */
export function shapeOfOperation(operator: string, operands: readonly Value[]): string | undefined {
  if (operator === 'array') return list
  return operator === 'coalesce' || operator === 'nullif' ? sharedShape(operands) : undefined
}

/** Of one of several values, which are all of one type. */
export function sharedShape(values: readonly Value[]): string | undefined {
  const shapes = values.map(({ type }) => (type === undefined ? undefined : shapeOf(type)))
  return shapes.find((each) => each !== undefined)
}

function shapeOf(type: string): string | undefined {
  if (/\]$|^list\b/i.test(type)) return list
  return /^struct\b/i.test(type) ? struct : undefined
}

/** What `unnest` makes of a value: a column for each field, or rows of one column. Undefined if that is not known. */
export function spreadOf({ type }: Value, isRecursive: boolean): 'fields' | 'rows' | undefined {
  if (type === undefined) return undefined
  const shape = shapeOf(type)
  if (shape === struct) return 'fields'
  if (!isRecursive) return 'rows'
  return type === list || /struct/i.test(type) ? undefined : 'rows'
}
