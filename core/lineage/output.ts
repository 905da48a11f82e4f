import type { Unresolved } from './lineage.ts'
import type { LineageInputs } from './query.ts'
import { findColumn, type Item, type KnownColumn, originOf, unknownValue, type Value } from './relation.ts'

/** An output column under the name that the engine gives it, as far as that is known. */
interface OutputColumn {
  readonly name: string
  readonly value: Value
}

export interface Output {
  readonly columns: readonly OutputColumn[]
  readonly unresolved: readonly Unresolved[]
  /** There may be more columns than these. */
  readonly isOpen: boolean
}

/** The columns of the whole query, held against those that the engine bound. */
export function outputsOf(
  items: readonly Item[],
  { outputs, fold }: Pick<LineageInputs, 'outputs' | 'fold'>,
): Output {
  if (outputs === undefined) return unbound(items)
  const open = items.findIndex((item) => item.kind === 'open')
  if (open < 0) return matched(items as readonly KnownColumn[], outputs, fold)
  return filled(items, open, outputs, fold)
}

function unbound(items: readonly Item[]): Output {
  const columns: OutputColumn[] = []
  const unresolved: Unresolved[] = []
  for (const [index, item] of items.entries()) {
    if (item.kind === 'open') unresolved.push(...originOf(item).issues)
    else columns.push({ name: item.name?.text ?? `column ${index + 1}`, value: item.value })
  }
  return { columns, unresolved, isOpen: unresolved.length > 0 }
}

function matched(
  items: readonly KnownColumn[],
  outputs: readonly string[],
  fold: (name: string) => string,
): Output {
  const disagreement = disagreementOf(items, outputs, fold)
  if (disagreement !== undefined) return disagreed(outputs, disagreement)
  const columns = items.map(({ value }, index) => ({ name: outputs[index]!, value }))
  return { columns, unresolved: [], isOpen: false }
}

function disagreementOf(
  items: readonly KnownColumn[],
  outputs: readonly string[],
  fold: (name: string) => string,
): string | undefined {
  if (items.length !== outputs.length) {
    return `the engine finds ${outputs.length} columns where ${items.length} were found here`
  }
  const index = items.findIndex((item, at) => !isCalled(item, outputs[at]!, fold))
  if (index < 0) return undefined
  return `the engine calls column ${index + 1} \`${outputs[index]}\`, which was found to be \`${items[index]!.name?.text}\``
}

/** An expression without an alias has the name that the engine likes; the second of two columns of one name gets a number. */
function isCalled(
  { name, isUncertain }: KnownColumn,
  output: string,
  fold: (name: string) => string,
): boolean {
  if (name === undefined || isUncertain === true) return true
  const called = fold(output)
  return (
    called === name.key || (called.startsWith(`${name.key}_`) && /^_\d+$/.test(called.slice(name.key.length)))
  )
}

function disagreed(outputs: readonly string[], reason: string): Output {
  const columns = outputs.map((name) => ({ name, value: unknownValue(reason) }))
  return { columns, unresolved: [], isOpen: false }
}

/** Columns that were not known by name are those between the ones that were. */
function filled(
  items: readonly Item[],
  open: number,
  outputs: readonly string[],
  fold: (name: string) => string,
): Output {
  const last = items.findLastIndex((item) => item.kind === 'open')
  const before = items.slice(0, open) as readonly KnownColumn[]
  const after = items.slice(last + 1) as readonly KnownColumn[]
  const between = outputs.slice(before.length, outputs.length - after.length)
  if (before.length + after.length > outputs.length) {
    return disagreed(outputs, `the engine finds only ${outputs.length} columns`)
  }
  const known = [...before, ...after]
  const names = [...outputs.slice(0, before.length), ...outputs.slice(outputs.length - after.length)]
  const disagreement = disagreementOf(known, names, fold)
  if (disagreement !== undefined) return disagreed(outputs, disagreement)
  const among = items.slice(open, last + 1)
  const columns = [
    ...before.map(({ value }, index) => ({ name: names[index]!, value })),
    ...between.map((name) => ({ name, value: valueBetween(among, name, fold) })),
    ...after.map(({ value }, index) => ({ name: names[before.length + index]!, value })),
  ]
  return { columns, unresolved: [], isOpen: false }
}

function valueBetween(items: readonly Item[], name: string, fold: (name: string) => string): Value {
  const found = findColumn(items, { text: name, key: fold(name) })
  if (found.kind === 'column') return found.column.value
  if (found.kind === 'open') return found.value
  const reasons = items.flatMap((item) =>
    item.kind === 'open' ? [unknownValue(item.reason, item.start)] : [],
  )
  return reasons[0]!
}
