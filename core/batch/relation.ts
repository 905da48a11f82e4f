import type { Name } from '../sql/relational/ir.ts'
import type { Visible } from '../sql/relational/scope.ts'
import type { Region } from './state.ts'

/** An output column of a query, or the columns of a relation that nobody knows (`select *`). */
export type Output =
  | { readonly kind: 'column'; readonly name: string | undefined; readonly isKey: boolean }
  | {
      readonly kind: 'rest'
      /** Names that are known to be keys. */
      readonly keys: ReadonlySet<string>
      /** Names that it does not have here. */
      readonly hidden: ReadonlySet<string>
    }

/** What is known of the rows that a query gives for a window, see `State`. */
export interface Relation {
  readonly outputs: readonly Output[]
  readonly rows:
    | { readonly kind: 'free' }
    | {
        readonly kind: 'windowed'
        readonly region: Region
        readonly isClean: boolean
        readonly start?: number
      }
}

/** What a name means among outputs: the first of that name, where nothing unknown can stand before it. */
export function outputNamed(
  outputs: readonly Output[],
  name: string,
): { readonly isKey: boolean; readonly isCertain: boolean } | undefined {
  const candidates = outputs.filter((each) =>
    each.kind === 'column' ? each.name === name : !each.hidden.has(name),
  )
  const [first, ...others] = candidates
  if (first === undefined) return undefined
  if (first.kind === 'column') return { isKey: first.isKey, isCertain: true }
  const isKey = first.keys.has(name) && others.every((each) => isKeyOf(each, name))
  return { isKey, isCertain: first.keys.has(name) }
}

function isKeyOf(output: Output, name: string): boolean {
  return output.kind === 'column' ? output.isKey : output.keys.has(name)
}

/** Outputs under other names, given by position. */
export function renamed(outputs: readonly Output[], names: readonly Name[]): readonly Output[] {
  if (names.length === 0) return outputs
  const head = outputs.slice(0, names.length)
  if (head.length < names.length || head.some((each) => each.kind === 'rest')) {
    return [{ kind: 'rest', keys: new Set(), hidden: new Set() }]
  }
  return outputs.map((each, index) =>
    each.kind === 'column' && index < names.length ? { ...each, name: names[index]!.key } : each,
  )
}

/** Whether a column of this name is among outputs; undefined if nobody knows. */
export function hasColumn(outputs: readonly Output[], name: string): boolean | undefined {
  const rests = outputs.filter((each) => each.kind === 'rest')
  if (outputs.some((each) => each.kind === 'column' && each.name === name)) return true
  if (rests.some((each) => each.keys.has(name))) return true
  return rests.every((each) => each.hidden.has(name)) ? false : undefined
}

/** A relation of a FROM clause with what is known of it. */
export interface Leaf extends Visible {
  readonly relation: Relation
}
