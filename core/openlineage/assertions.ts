import type { CheckOutcome } from '../checks/check.ts'
import { namedColumns } from '../checks/named-columns.ts'
import type { CompiledNode } from '../compile/compiled.ts'

export interface Assertion {
  readonly assertion: string
  readonly success: boolean
  readonly column?: string
}

/** What the facet `dataQualityAssertions` says of checks: the kind and the column of a check of one column, else its name. A check that failed for some
 * partition of those that were checked together failed. */
export function assertionsOf(
  outcomes: readonly CheckOutcome[],
  node: CompiledNode | undefined,
): readonly Assertion[] {
  const found = new Map<string, Assertion>()
  for (const outcome of outcomes) {
    const column = columnOf(outcome, node)
    const key = JSON.stringify([outcome.name, outcome.model])
    found.set(key, {
      assertion: column === undefined ? outcome.name : outcome.kind,
      success: outcome.passed && found.get(key)?.success !== false,
      ...(column === undefined ? {} : { column }),
    })
  }
  return [...found.values()]
}

function columnOf({ name }: CheckOutcome, node: CompiledNode | undefined): string | undefined {
  const check =
    node !== undefined && 'checks' in node ? node.checks.find((each) => each.name === name) : undefined
  if (check === undefined) return undefined
  const { columns, others } = namedColumns(check)
  return columns.length === 1 && others.length === 0 ? columns[0] : undefined
}
