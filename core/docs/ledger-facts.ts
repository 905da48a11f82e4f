import type {
  Attention,
  CheckResult,
  ModelPage,
  NodeState,
  PartitionHistory,
  Publication,
  RunLine,
  RunPage,
  SourcePage,
} from './api.ts'

/** What the ledger says, in the site's words: read once, then asked by the pages. */
export interface LedgerFacts {
  /** Why there is nothing to say: no ledger yet, a database that could not be asked, or nobody wanted it. */
  readonly without?: string
  /** Of a model, seed, source or check of the project's own; `partition` is the newest due one, if it has partitions. */
  stateOf(node: string): { readonly state: NodeState; readonly partition?: string }
  partitionsOf(model: string): PartitionHistory | undefined
  /** Of relations without partitions. */
  publishedOf(relation: string): Publication | undefined
  /** The newest outcome of each check of a relation, by the check's name. Of the project's own checks by their own names. */
  checksOf(relation: string): ReadonlyMap<string, CheckResult>
  /** Outcomes of one of the project's own checks, newest first. */
  resultsOf(check: string): readonly CheckResult[]
  rowsOf(relation: string): number | undefined
  freshnessOf(model: string): ModelPage['freshness'] | undefined
  sourceFreshnessOf(source: string): SourcePage['freshness'] | undefined
  observationsOf(source: string): SourcePage['observations']
  /** Newest first. */
  readonly runs: readonly RunLine[]
  readonly olderRuns: number
  /** Of those in `runs`. */
  run(id: string): RunPage | undefined
  /** What is failed, stale, missing or late, worst first. */
  readonly attention: readonly Attention[]
}

/** Of a site without states. */
export function noFacts(without: string): LedgerFacts {
  return {
    without,
    stateOf: () => ({ state: 'unknown' }),
    partitionsOf: () => undefined,
    publishedOf: () => undefined,
    checksOf: () => new Map(),
    resultsOf: () => [],
    rowsOf: () => undefined,
    freshnessOf: () => undefined,
    sourceFreshnessOf: () => undefined,
    observationsOf: () => [],
    runs: [],
    olderRuns: 0,
    run: () => undefined,
    attention: [],
  }
}
