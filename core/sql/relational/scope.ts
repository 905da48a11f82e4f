import type { Name } from './ir.ts'

/** A relation that columns can be taken from, under the name by which it is visible. */
export interface Visible {
  /** Unique within one analysis. */
  readonly id: number
  /** Keys of its name: an alias, or the parts of a table's name. Empty for what has none. */
  readonly name: readonly string[]
  /** Whether it has a column of this name; undefined if nobody knows. */
  has(column: string): boolean | undefined
}

/** A column that USING or NATURAL made of two. */
export interface Merged {
  readonly type: 'inner' | 'left' | 'right' | 'full'
  readonly left: Resolution
  readonly right: Resolution
}

/** What a column's name means. `fields` are what follows the column. */
export type Resolution =
  | {
      readonly kind: 'column'
      readonly relation: Visible
      readonly name: string
      readonly fields: readonly string[]
    }
  | { readonly kind: 'merged'; readonly merged: Merged; readonly fields: readonly string[] }
  /** It is one of several relations whose columns nobody knows. */
  | {
      readonly kind: 'open'
      readonly scope: Scope
      readonly name: string
      readonly fields: readonly string[]
    }
  | { readonly kind: 'none' }

/** The relations of one FROM clause, and of the queries around it. */
export class Scope {
  readonly relations: readonly Visible[]
  readonly merged: ReadonlyMap<string, Merged>
  readonly outer: Scope | undefined
  /** Keys of columns that are named together with their relation: `1.d` by relation id and column. */
  readonly #qualified = new Set<string>()
  readonly #named = new Set<string>()

  constructor(relations: readonly Visible[], merged: ReadonlyMap<string, Merged>, outer: Scope | undefined) {
    this.relations = relations
    this.merged = merged
    this.outer = outer
  }

  /** Tells of a name that the text has, so that a bare name can later be known to mean the same column. */
  note(parts: readonly Name[]): void {
    if (parts.length < 2) return
    const found = this.resolve(parts)
    if (found.kind !== 'column') return
    this.#qualified.add(`${found.relation.id}.${found.name}`)
    this.#named.add(found.name)
  }

  /** Whether the text names a column of this name together with a relation. */
  isNamedWithRelation(column: string): boolean {
    return this.#named.has(column)
  }

  /**
   * Where a name leads, by the rules that both engines share: the innermost query that has it, a relation's name before a column with
   * fields. Where nobody knows the columns, a name with a dot is one of a relation if any query around has such a relation, and a bare name in
   * the only relation of a query is a column of that one.
   */
  resolve(parts: readonly Name[]): Resolution {
    const keys = parts.map((part) => part.key)
    return (keys.length > 1 ? this.#ofRelation(keys) : undefined) ?? this.#ofColumn(keys)
  }

  #ofRelation(keys: readonly string[]): Resolution | undefined {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.outer) {
      const found = scope.#qualifiedBy(keys)
      if (found !== undefined) {
        const [name, ...fields] = keys.slice(found.length)
        if (name !== undefined) return { kind: 'column', relation: found.relation, name, fields }
      }
      // A struct of that name is nearer than relations further out.
      if (scope.relations.some((each) => each.has(keys[0]!) === true)) return undefined
    }
    return undefined
  }

  #ofColumn(keys: readonly string[]): Resolution {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.outer) {
      const found = scope.#bare(keys[0]!, keys.slice(1))
      if (found !== undefined) return found
    }
    return { kind: 'none' }
  }

  /** The relation that the leading keys name; the longest name wins. */
  #qualifiedBy(keys: readonly string[]): { readonly relation: Visible; readonly length: number } | undefined {
    for (let length = Math.min(keys.length - 1, 3); length >= 1; length--) {
      const found = this.relations.find((each) => isNamed(each, keys.slice(0, length)))
      if (found !== undefined) return { relation: found, length }
    }
    return undefined
  }

  #bare(name: string, fields: readonly string[]): Resolution | undefined {
    const merged = this.merged.get(name)
    if (merged !== undefined) return { kind: 'merged', merged, fields }
    const known = this.relations.filter((each) => each.has(name) === true)
    if (known.length === 1) return { kind: 'column', relation: known[0]!, name, fields }
    if (known.length > 1) return { kind: 'none' }
    const open = this.relations.filter((each) => each.has(name) === undefined)
    const meant = open.filter((each) => this.#qualified.has(`${each.id}.${name}`))
    const only = meant.length === 1 ? meant[0] : open.length === 1 ? open[0] : undefined
    if (only !== undefined) return { kind: 'column', relation: only, name, fields }
    return open.length === 0 ? undefined : { kind: 'open', scope: this, name, fields }
  }
}

/** `t` and `s.t` both name `s.t`. */
function isNamed({ name }: Visible, keys: readonly string[]): boolean {
  const skipped = name.length - keys.length
  return skipped >= 0 && name.length > 0 && keys.every((key, index) => key === name[skipped + index])
}
