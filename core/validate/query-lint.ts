import type { LintRule } from '../config/project.ts'
import type { Relational } from '../sql/relational/ir.ts'
import { arbitraryRows } from './rules/arbitrary-rows.ts'
import { nullComparisons } from './rules/null-comparison.ts'
import { openStars } from './rules/open-star.ts'
import { selfComparisons } from './rules/self-comparison.ts'
import { unqualifiedColumns } from './rules/unqualified-column.ts'

/** What a rule found in one query. */
export interface QueryFinding {
  readonly rule: LintRule
  /** What the rule's sentence is about: names, a function. */
  readonly what: string
  /** UTF-16 offset in the query's text. */
  readonly start: number
  /** Findings of one rule and group are told as one. */
  readonly group?: number
}

/** Everything that the rules find in one query, whatever its model is excused from, in the order of the text. Pure. */
export function lintQuery(relational: Relational): readonly QueryFinding[] {
  const { query } = relational
  return [
    ...openStars(query),
    ...unqualifiedColumns(relational),
    ...arbitraryRows(query),
    ...nullComparisons(query),
    ...selfComparisons(query),
  ].sort((a, b) => a.start - b.start || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0))
}
