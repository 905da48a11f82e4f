import type { CompiledProject } from '../compile/compiled.ts'
import type { ColumnSource, QueryLineage } from '../lineage/lineage.ts'
import type { ColumnStep, ColumnSteps, RelationLineage, Role } from './api.ts'

/** One step of column lineage of every relation, in both directions. */
export class ColumnStepsOfProject {
  readonly #lineages: ReadonlyMap<string, QueryLineage>
  readonly #fold: (name: string) => string
  /** By relation, then folded column: what is made of it. */
  readonly #readers = new Map<string, Map<string, ColumnStep[]>>()
  readonly #rowReaders = new Map<string, RelationLineage['rowReaders'][number][]>()

  /** @param lineages of each model, in the order of the graph */
  constructor(lineages: ReadonlyMap<string, QueryLineage>, fold: (name: string) => string) {
    this.#lineages = lineages
    this.#fold = fold
    for (const [model, lineage] of lineages) this.#note(model, lineage)
  }

  /** What a column is made of, and what is made of it. */
  of(relation: string, column: string): Pick<ColumnSteps, 'sources' | 'readers' | 'unresolved'> {
    const folded = this.#fold(column)
    const own = this.#lineages.get(relation)?.columns.find((each) => this.#fold(each.column) === folded)
    const unresolved = [...new Set((own?.unresolved ?? []).map(({ reason }) => reason))]
    return {
      sources: stepsOf(own?.sources ?? []),
      readers: this.#readers.get(relation)?.get(folded) ?? [],
      ...(unresolved.length === 0 ? {} : { unresolved }),
    }
  }

  lineageOf(relation: string, columns: readonly { name: string; type?: string }[]): RelationLineage {
    const own = this.#lineages.get(relation)
    return {
      relation,
      columns: columns.map(({ name, type }) => ({
        name,
        ...(type === undefined ? {} : { type }),
        ...this.of(relation, name),
      })),
      rows: stepsOf(own?.rows ?? []),
      rowReaders: this.#rowReaders.get(relation) ?? [],
      unresolved: [...new Set((own?.unresolved ?? []).map(({ reason }) => reason))],
    }
  }

  #note(model: string, { columns, rows }: QueryLineage): void {
    for (const { column, sources } of columns) {
      for (const source of stepsOf(sources)) {
        const readers = this.#readersOf(source.relation)
        listIn(readers, this.#fold(source.column)).push({ relation: model, column, role: source.role })
      }
    }
    for (const { relation, column, role } of stepsOf(rows))
      listIn(this.#rowReaders, relation).push({ column, relation: model, role })
  }

  #readersOf(relation: string): Map<string, ColumnStep[]> {
    const known = this.#readers.get(relation)
    if (known !== undefined) return known
    const made = new Map<string, ColumnStep[]>()
    this.#readers.set(relation, made)
    return made
  }
}

function listIn<T>(lists: Map<string, T[]>, key: string): T[] {
  const known = lists.get(key)
  if (known !== undefined) return known
  const made: T[] = []
  lists.set(key, made)
  return made
}

/** Each once, whichever of its fields is read. */
function stepsOf(sources: readonly ColumnSource[]): readonly ColumnStep[] {
  const seen = new Set<string>()
  const steps: ColumnStep[] = []
  for (const { relation, column, role } of sources) {
    const key = JSON.stringify([relation, column, role])
    if (seen.has(key)) continue
    seen.add(key)
    steps.push({ relation, column, role: role satisfies Role })
  }
  return steps
}

/** Models of the project, upstream first. */
export function modelsOf({ graph, nodes }: CompiledProject): readonly string[] {
  return graph.order.filter((name) => nodes.get(name)?.kind === 'model')
}
