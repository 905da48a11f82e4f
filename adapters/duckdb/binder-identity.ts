import type { TargetConfig } from '../../core/config/project.ts'
import { engineVersion } from './engine-version.ts'

type Settings = Extract<TargetConfig, { readonly adapter: 'duckdb' }>['settings']

/** Settings that decide what a query means or which types it has. All others (memory, files, secrets) stay out of an engine that only binds. */
const DECIDING: ReadonlySet<string> = new Set([
  'default_collation',
  'default_null_order',
  'default_order',
  'ieee_floating_point_ops',
  'integer_division',
  'lambda_syntax',
  'max_expression_depth',
  'null_order',
  'old_implicit_casting',
  'order_by_non_integer_literal',
  'preserve_identifier_case',
  'scalar_subquery_error_on_multiple_rows',
])

export function bindingSettings(target: TargetConfig): Settings {
  if (target.adapter !== 'duckdb') return {}
  return Object.fromEntries(
    Object.entries(target.settings).filter(([name]) => DECIDING.has(name.toLowerCase())),
  )
}

/** What decides what an engine in memory answers; undefined if its version is not known without opening it. */
export function binderIdentity(target: TargetConfig, version = engineVersion()): string | undefined {
  if (version === undefined) return undefined
  return JSON.stringify(['duckdb', version, Object.entries(bindingSettings(target)).sort()])
}
