import { bitsOf, composedBits, mergedBits, rolesOf } from './flow.ts'
import type { ColumnSource, Role, Unresolved } from './lineage.ts'

/** Sources and what is not known of them, as sorted numbers: of a source its number times 64, plus its roles as bits. Equal ones are one object. */
export interface Packed {
  readonly sources: Float64Array
  readonly issues: Float64Array
}

const ROLES = 64

/** Numbers for columns of relations and for what could not be resolved, and one object for each list of them: thousands of models
 * share what they have in common. */
export class Interned {
  readonly #numbers = new Map<string, number>()
  readonly #columns: Omit<ColumnSource, 'role'>[] = []
  readonly #issueNumbers = new Map<string, number>()
  readonly #issues: Unresolved[] = []
  readonly #lists = new Map<number, Float64Array[]>()
  readonly none: Packed = { sources: new Float64Array(), issues: new Float64Array() }

  column(relation: string, column: string, fields: readonly string[]): number {
    const key = [relation, column, ...fields].join('\0')
    let number = this.#numbers.get(key)
    if (number === undefined) {
      number = this.#columns.length
      this.#columns.push({ relation, column, ...(fields.length > 0 ? { fields } : {}) })
      this.#numbers.set(key, number)
    }
    return number
  }

  issue(issue: Unresolved): number {
    const key = `${issue.model ?? ''}\0${issue.start ?? ''}\0${issue.reason}`
    let number = this.#issueNumbers.get(key)
    if (number === undefined) {
      number = this.#issues.length
      this.#issues.push(issue)
      this.#issueNumbers.set(key, number)
    }
    return number
  }

  issuesOf({ issues }: Packed): readonly Unresolved[] {
    return [...issues].map((number) => this.#issues[number]!)
  }

  /** Each with its roles, as yet several of one column if fields differ. */
  sourcesOf({ sources }: Packed): readonly (Omit<ColumnSource, 'role'> & { readonly roles: number })[] {
    return [...sources].map((each) => ({
      ...this.#columns[Math.floor(each / ROLES)]!,
      roles: each % ROLES,
    }))
  }

  /** Fields of a column's source below fields that it is itself. */
  below(number: number, fields: readonly string[]): number {
    const { relation, column, fields: before = [] } = this.#columns[number]!
    return this.column(relation, column, [...before, ...fields])
  }

  pack(sources: ReadonlyMap<number, number>, issues: ReadonlySet<number>): Packed {
    const packed = Float64Array.from(sources, ([number, roles]) => number * ROLES + roles).sort()
    return { sources: this.#list(packed), issues: this.#list(Float64Array.from(issues).sort()) }
  }

  #list(list: Float64Array): Float64Array {
    if (list.length === 0) return this.none.sources
    let hash = 2166136261
    for (const each of list) hash = Math.imul(hash ^ (each % 4294967296), 16777619) >>> 0
    const others = this.#lists.get(hash)
    const same = others?.find((each) => each.length === list.length && each.every((n, at) => n === list[at]))
    if (same !== undefined) return same
    if (others === undefined) this.#lists.set(hash, [list])
    else others.push(list)
    return list
  }
}

/** A list that grows while sources are put together. */
export class Gathering {
  readonly #interned: Interned
  readonly #sources = new Map<number, number>()
  readonly #issues = new Set<number>()

  constructor(interned: Interned) {
    this.#interned = interned
  }

  add(number: number, roles: number): void {
    if (roles === 0) return
    const before = this.#sources.get(number)
    this.#sources.set(number, before === undefined ? roles : mergedBits(before, roles))
  }

  /** A column that is no column of a model. */
  addSource({ relation, column, fields = [], role }: ColumnSource): void {
    this.add(this.#interned.column(relation, column, fields), bitsOf(role))
  }

  addIssue(issue: Unresolved): void {
    this.#issues.add(this.#interned.issue(issue))
  }

  /** What something in this role depends on, if what plays it depends on that. */
  addThrough(role: Role, inner: Packed, fields: readonly string[]): void {
    for (const each of inner.sources) {
      const number = Math.floor(each / ROLES)
      const roles = each % ROLES
      const isCopied = fields.length > 0 && rolesOf(roles)[0] === 'copied'
      const composed = composedBits(bitsOf(role), roles)
      const isValue = rolesOf(composed).length === 1 && bitsOf(role) < 4
      this.add(isCopied && isValue ? this.#interned.below(number, fields) : number, composed)
    }
    for (const issue of inner.issues) this.#issues.add(issue)
  }

  /** All of it, in its own roles. */
  addAll({ sources, issues }: Packed): void {
    for (const each of sources) this.add(Math.floor(each / ROLES), each % ROLES)
    for (const issue of issues) this.#issues.add(issue)
  }

  finish(): Packed {
    return this.#interned.pack(this.#sources, this.#issues)
  }
}
