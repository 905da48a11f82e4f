import type { CompiledModel, CompiledProject } from '../core/compile/compiled.ts'
import { type Diagnostic, diagnostic } from '../core/diagnostics/diagnostic.ts'
import type { Plan } from '../core/plan/plan.ts'
import { partitionAt } from '../core/time/layout.ts'
import type { Invocation } from './command.ts'
import { printDiagnostics } from './diagnostics/print.ts'

const mostModels = 4

/** Says that nothing was asked for where a range lies outside the history of all that is selected: else a mistyped year looks like a
 * success. */
export function warnOfEmptyRange(
  plan: Plan,
  project: CompiledProject,
  selected: ReadonlySet<string>,
  { options, terminal, format }: Invocation,
): void {
  const { partition, from, to } = options
  if (plan.tasks.length + plan.held.length + plan.skipped.length > 0) return
  if (partition === undefined && from === undefined && to === undefined) return
  const models = [...selected].map((name) => project.nodes.get(name)).filter(isPartitioned)
  if (models.length === 0) return
  const asked = partition ?? (from === to ? from : `${from ?? 'the beginning'} … ${to ?? 'the end'}`)
  const warning: Diagnostic = {
    ...diagnostic('SL912', {
      message: `no selected model has a partition in ${asked}`,
      hint: models.slice(0, mostModels).map(historyText).join('\n'),
    }),
    severity: 'warning',
  }
  printDiagnostics([warning], terminal.err, format === 'json' ? 'json' : 'text')
}

type Partitioned = CompiledModel & { readonly layout: NonNullable<CompiledModel['layout']> }

function isPartitioned(node: ReturnType<CompiledProject['nodes']['get']>): node is Partitioned {
  return node?.kind === 'model' && node.layout !== undefined
}

/** `staging.flights has 2001-01-01 … 2001-06-30`. */
function historyText({ name, layout }: Partitioned): string {
  const first = partitionAt(layout, layout.start)?.key ?? ''
  const last = layout.end === undefined ? undefined : partitionAt(layout, layout.end - 1)?.key
  return `${name} begins at ${first}${last === undefined ? '' : ` and ends at ${last}`}`
}
