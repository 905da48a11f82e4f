import type { CompiledProject } from '../core/compile/compiled.ts'
import { select } from '../core/graph/select.ts'
import type { PlanRequest } from '../core/plan/planner.ts'
import type { Options } from './options/definitions.ts'
import { rangeFrom } from './options/range.ts'

/** What the options ask to be planned. */
export function planRequest({ graph }: CompiledProject, options: Options): PlanRequest {
  const range = rangeFrom(options)
  return {
    selected: select(graph, options.select ?? [], options.exclude ?? []),
    ...(range === undefined ? {} : { range }),
    force: options.force ?? false,
    fullRefresh: options.fullRefresh ?? false,
    upstream: options.upstream ?? 'block',
  }
}
