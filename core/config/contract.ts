import type { Check } from '../checks/check.ts'
import type { Layer } from './layers.ts'
import { type Finding, mistakeAt, mistakeAtOffset, type Path } from './problem.ts'
import type { ContractColumn, ContractConfig, Materialization } from './project.ts'

/**
 * The columns that a model promises, where the nearest layer that speaks of a contract says `enforced`: those that its layers describe. What a
 * contract cannot do without is a mistake.
 */
export function contractOf(layers: readonly Layer[], findings: Finding[]): ContractConfig | undefined {
  const speaking = layers.find(({ settings }) => settings.contract !== undefined)
  if (speaking?.settings.contract !== true) return undefined
  const isBroken = layers.some(({ broken }) => broken.includes('columns'))
  const columns = promisedColumns(layers)
  if (columns.length === 0 && !isBroken) findings.push(nothingPromised(speaking, layers[0]!))
  return { columns }
}

function nothingPromised(speaking: Layer, own: Layer): Finding {
  const message = 'An enforced contract names no columns, so that nothing is promised.'
  const hint = 'Add `columns: [{ name: …, type: … }]`, or say `contract: none`.'
  if (!speaking.isOwn)
    return { source: own.source, problem: mistakeAtOffset('SL165', 0, undefined, { message, hint }) }
  const problem = mistakeAt('SL165', [...speaking.prefix, 'contract'], 'key', { message, hint })
  return { source: speaking.source, problem }
}

/** Each column once: what it is by its nearest layer that says so, and where it stands in the nearest that names it. */
function promisedColumns(layers: readonly Layer[]): readonly ContractColumn[] {
  const found = new Map<string, { type?: string; nullable?: boolean; at: ContractColumn['at'] }>()
  for (const { settings, source, prefix } of layers) {
    for (const [index, { name, type, nullable }] of (settings.columns ?? []).entries()) {
      const path: Path = [...prefix, 'columns', index]
      const known = found.get(name) ?? { at: { file: source.file, path } }
      found.set(name, known)
      if (type !== undefined && known.type === undefined) {
        known.type = type
        known.at = { file: source.file, path: [...path, 'type'] }
      }
      if (nullable !== undefined) known.nullable ??= nullable
    }
  }
  return [...found].map(([name, { type, nullable = true, at }]) => ({
    name,
    ...(type === undefined ? {} : { type }),
    nullable,
    at,
  }))
}

/** The checks with those that hold a contract's rows to `nullable: false`. A view publishes no rows. */
export function withPromises(
  checks: readonly Check[],
  contract: ContractConfig | undefined,
  materialized: Materialization,
): readonly Check[] {
  const promised = contract?.columns.filter(({ nullable }) => !nullable) ?? []
  if (promised.length === 0 || materialized === 'view') return checks
  const isHeld = (column: string) =>
    checks.some(
      (check) =>
        check.kind === 'not_null' &&
        check.severity === 'error' &&
        check.where === undefined &&
        check.warnIf === undefined &&
        check.errorIf === undefined &&
        check.columns.includes(column),
    )
  const names = new Set(checks.map(({ name }) => name))
  const added = promised
    .filter(({ name }) => !isHeld(name) && !names.has(`contract_${name}_not_null`))
    .map(
      ({ name }): Check => ({
        kind: 'not_null',
        name: `contract_${name}_not_null`,
        severity: 'error',
        columns: [name],
      }),
    )
  return added.length === 0 ? checks : [...checks, ...added]
}
