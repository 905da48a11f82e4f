import { z } from 'zod'
import type { Check } from '../../checks/check.ts'
import type { Place } from '../../diagnostics/diagnostic.ts'
import type { VarValue } from '../project.ts'
import { type BuiltOptions, commonOf, limitMistake } from './build-check.ts'
import { shared } from './check-kinds.ts'
import { isMap, map, report } from './values.ts'

const common = map(shared)

/**
 * A check of the project's own, as `- positive: { column: a, limit: 5 }`, `- positive: a` (its column), `- together: [a, b]` (its columns) or below a column.
 * Whether there is such a macro, and what it takes, is seen later.
 */
export function macroCheckOf(
  macro: string,
  written: Readonly<Record<string, unknown>>,
  column: string | undefined,
  place: Place | undefined,
  context: z.core.ParsePayload,
): Check {
  const { [macro]: value, ...beside } = written
  const inside = isMap(value) ? value : shortForm(value)
  const twice = Object.keys(beside).find((key) => key in inside)
  if (twice !== undefined)
    return report(context, 'SL132', `\`${twice}\` stands both beside \`${macro}\` and in its map`, {
      hint: 'Keep one of the two.',
      path: [twice],
      at: 'key',
    })
  const all: Readonly<Record<string, unknown>> = {
    ...(column === undefined ? {} : { column }),
    ...beside,
    ...inside,
  }
  const own = Object.fromEntries(Object.entries(all).filter(([key]) => key in shared))
  const given = Object.entries(all).filter(([key]) => !(key in shared))
  const result = common.safeParse(own, { reportInput: true })
  if (!result.success) {
    for (const { input, ...issue } of result.error.issues) {
      const path = String(issue.path[0]) in beside ? issue.path : [macro, ...issue.path]
      context.issues.push({ ...issue, input, path } as z.core.$ZodRawIssue)
    }
    return z.NEVER
  }
  const options = result.data as Partial<BuiltOptions>
  const subject = [all.column, all.columns]
    .flat()
    .filter((name) => typeof name === 'string')
    .join('_')
  const check = {
    kind: 'macro' as const,
    macro,
    arguments: Object.fromEntries(given) as Readonly<Record<string, VarValue>>,
    ...commonOf(macro, subject, options),
    ...(place === undefined ? {} : { place }),
  }
  const mistake = limitMistake(check, options)
  if (mistake === undefined) return check
  return report(context, mistake.code, mistake.message, { hint: mistake.hint, path: [macro] })
}

/** `true` and nothing say that it takes nothing but what its surroundings give. */
function shortForm(value: unknown): Readonly<Record<string, unknown>> {
  if (value === null || value === true) return {}
  return Array.isArray(value) ? { columns: value } : { column: value }
}
