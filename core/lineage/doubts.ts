import type { ColumnSource, QueryLineage } from './lineage.ts'

/** Columns and rows whose sources are not known in full, as they go on to who reads them. */
export class Doubts {
  readonly #keyOf: (relation: string, column: string) => string
  readonly #columns = new Set<string>()
  readonly #rows = new Set<string>()
  readonly #relations = new Set<string>()
  /** Keys of the columns that are known, of relations that may have others. */
  readonly #open = new Map<string, ReadonlySet<string>>()

  constructor(keyOf: (relation: string, column: string) => string) {
    this.#keyOf = keyOf
  }

  /** Whether anything of a relation that was looked at is not known. */
  has(relation: string): boolean {
    return this.#relations.has(relation)
  }

  /** Looks at what reads only relations that were looked at before: those of them whose own doubts it has too. */
  inheritedBy(name: string, { columns, rows, reads, unresolved, isOpen }: QueryLineage): ReadonlySet<string> {
    const inherited = new Set(reads.filter((relation) => this.#rows.has(relation)))
    this.#addDoubtful(rows, inherited)
    if (unresolved.length > 0 || inherited.size > 0) this.#rows.add(name)
    if (this.#rows.has(name)) this.#relations.add(name)
    for (const { column, sources, unresolved: own = [] } of columns) {
      const found = new Set<string>()
      this.#addDoubtful(sources, found)
      for (const relation of found) inherited.add(relation)
      if (own.length === 0 && found.size === 0) continue
      this.#columns.add(this.#keyOf(name, column))
      this.#relations.add(name)
    }
    if (isOpen === true) this.#open.set(name, new Set(columns.map(({ column }) => this.#keyOf(name, column))))
    inherited.delete(name)
    return inherited
  }

  #addDoubtful(sources: readonly ColumnSource[], found: Set<string>): void {
    for (const { relation, column } of sources) {
      const key = this.#keyOf(relation, column)
      const isOfOpen = this.#open.get(relation)?.has(key) === false
      if (isOfOpen || this.#columns.has(key)) found.add(relation)
    }
  }
}
