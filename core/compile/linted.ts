import type { Finding } from '../batch/lint.ts'
import type { ModelConfig } from '../config/project.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { QueryFinding } from '../validate/query-lint.ts'
import type { WrittenAt } from './final-sql.ts'

/** What a rule found in a query, where it was written. */
export type PlacedFinding = Omit<QueryFinding, 'start'> & Pick<Diagnostic, 'place' | 'via'>

/** What the rules for SQL found in the query of one model, whatever it is excused from. */
export interface LintedQuery {
  readonly findings: readonly PlacedFinding[]
  /** Rules for partitions that find something, sorted; the findings themselves are told while compiling. */
  readonly partitionRules: readonly Finding['kind'][]
}

/** By model: what was found, and which of its inputs had partitions then, on which the rules for partitions depend. */
export type LintedQueries = Map<
  string,
  { readonly query: LintedQuery; readonly partitioned: readonly string[] }
>

/** Puts together what was found in one query, with places. */
export function lintedQuery(
  rules: readonly QueryFinding[],
  partitions: readonly Finding[],
  origin: (start: number) => Pick<WrittenAt, 'place' | 'via'>,
): LintedQuery {
  return {
    findings: rules.map(({ start, ...finding }) => {
      const { place, via } = origin(start)
      return { ...finding, place, ...(via.length === 0 ? {} : { via }) }
    }),
    partitionRules: [...new Set(partitions.map(({ kind }) => kind))].sort(),
  }
}

/** Those inputs of a model with partitions on which the rules for partitions depend. A history is read as of an instant. */
export function partitionedAmong(
  models: { get(name: string): PartitionedModel | undefined },
  name: string,
  upstream: readonly string[],
): readonly string[] {
  if (models.get(name)?.config.partition === undefined) return []
  return upstream.filter((each) => {
    const { partition, materialized } = models.get(each)?.config ?? {}
    return partition !== undefined && materialized !== 'snapshot'
  })
}

interface PartitionedModel {
  readonly config: Pick<ModelConfig, 'partition' | 'materialized'>
}
