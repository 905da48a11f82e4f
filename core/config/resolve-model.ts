import type { Code } from '../diagnostics/catalogue.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { CronGrain, Grain, GrainName } from '../time/grain.ts'
import { layoutOf } from '../time/layout.ts'
import { allowancesOf } from './allowances.ts'
import { contractOf, withPromises } from './contract.ts'
import { isEmpty, type Layer, Layers, mergedChecks, mergedColumns } from './layers.ts'
import { columnMistake } from './partition-column.ts'
import { type Finding, type MistakeFields, mistakeAt, type Path } from './problem.ts'
import type {
  GrantConfig,
  IndexConfig,
  Materialization,
  ModelConfig,
  PartitionConfig,
  RetryConfig,
} from './project.ts'
import { resolveSnapshot, snapshotColumn } from './resolve-snapshot.ts'
import type { ModelSettings } from './schema/model.ts'
import { sentence } from './schema/values.ts'

/** What reading a `partition` needs to know. */
export interface PartitionContext {
  /** The project's time zone, for partitions that name none. */
  readonly timezone: string
  /** Reads a cron expression, or says what is wrong with it; left out where nothing has one. */
  readonly cron?: (expression: string) => CronGrain | string
  /** Names of the project's own kinds of checks. */
  readonly checkMacros: ReadonlySet<string>
}

/** What a model's configuration is checked against. */
export interface ModelContext extends PartitionContext {
  /** Names of the pools, or undefined if they could not be read. */
  readonly pools: ReadonlySet<string> | undefined
}

/** How often and how fast a task is tried again after a transient error, unless the model says otherwise. */
export const defaultRetry: RetryConfig = {
  attempts: 3,
  delayMs: 1000,
  factor: 2,
  maxDelayMs: 60_000,
  jitter: 0.5,
}

const none: readonly never[] = []
const noRecord: Readonly<Record<string, never>> = {}

/** The configuration of a model that says nothing. */
const defaults: ModelConfig = {
  materialized: 'view',
  strategy: 'delete_insert',
  uniqueKey: none,
  deleteMissing: false,
  onSchemaChange: 'fail',
  reads: noRecord,
  follow: noRecord,
  checks: none,
  columns: none,
  indexes: none,
  grants: none,
  tags: none,
  priority: 0,
  allow: none,
  retry: defaultRetry,
}

/**
 * The configuration of one model from its layers, nearest first: header, YAML entry, folders from the innermost out. The
 * nearest layer that has a key wins; the keys of `partition`, `retry`, `freshness`, `reads`, `follow` and `grants` are looked
 * up one by one; checks add up. Appends to `findings` what does not fit together.
 */
export function resolveModel(
  layers: readonly Layer[],
  context: ModelContext,
  findings: Finding[],
): ModelConfig {
  if (layers.every(({ settings }) => isEmpty(settings))) return defaults
  const all = new Layers(layers)
  const materialized = all.get('materialized') ?? 'view'
  const rules = new Rules(all, findings)
  if (!all.isBroken('materialized')) rules.checkApplicability(materialized)
  const partition =
    materialized === 'incremental' || (materialized === 'snapshot' && all.get('partition') !== undefined)
      ? rules.partition(context, materialized)
      : undefined
  rules.checkMerge(materialized, partition)
  const snapshot =
    materialized === 'snapshot' ? resolveSnapshot(all, partition !== undefined, findings) : undefined
  rules.checkPool(context)
  const isMerge = materialized === 'incremental' && all.get('strategy') === 'merge'
  const optional: { -readonly [Key in OptionalKey]?: ModelConfig[Key] } = {}
  if (partition !== undefined) optional.partition = partition
  if (snapshot !== undefined) optional.snapshot = snapshot
  const description = all.get('description')
  if (description !== undefined) optional.description = description
  const owner = all.get('owner')
  if (owner !== undefined) optional.owner = owner
  const schedule = all.get('schedule')
  if (schedule !== undefined) optional.schedule = schedule
  const pool = all.get('pool')
  if (pool !== undefined) optional.pool = pool
  const concurrency = all.get('concurrency')
  if (concurrency !== undefined) optional.concurrency = concurrency
  const batch = materialized === 'incremental' ? all.get('batch') : undefined
  if (batch !== undefined) optional.batch = batch
  if (materialized !== 'view' && materialized !== 'snapshot' && all.get('data_hash') === true)
    optional.dataHash = true
  const timeout = all.get('timeout')
  if (timeout !== undefined) optional.timeoutMs = timeout
  const freshness = all.merged('freshness')
  if (freshness !== undefined) optional.freshness = freshnessOf(freshness)
  const contract = contractOf(layers, findings)
  if (contract !== undefined) optional.contract = contract
  return {
    materialized,
    strategy: isMerge ? 'merge' : 'delete_insert',
    uniqueKey: (isMerge || materialized === 'snapshot' ? all.get('unique_key') : undefined) ?? none,
    deleteMissing: (isMerge ? all.get('delete_missing') : undefined) ?? false,
    onSchemaChange: all.get('on_schema_change') ?? 'fail',
    reads: readsOf(all.merged('reads')),
    follow: (all.merged('follow') as ModelConfig['follow'] | undefined) ?? noRecord,
    checks: withPromises(mergedChecks(layers, findings, context.checkMacros), contract, materialized),
    columns: mergedColumns(layers, findings),
    indexes: materialized === 'view' ? none : indexesOf(all.get('indexes')),
    grants: grantsOf(all.merged('grants')),
    tags: all.get('tags') ?? none,
    priority: all.get('priority') ?? 0,
    allow: allowancesOf(layers),
    retry: retryOf(all.merged('retry')),
    ...optional,
  }
}

type OptionalKey =
  | 'partition'
  | 'snapshot'
  | 'description'
  | 'owner'
  | 'schedule'
  | 'pool'
  | 'concurrency'
  | 'batch'
  | 'dataHash'
  | 'timeoutMs'
  | 'freshness'
  | 'contract'

function readsOf(reads: Partial<NonNullable<ModelSettings['reads']>> | undefined): ModelConfig['reads'] {
  if (reads === undefined) return noRecord
  const entries = Object.entries(reads).map(
    ([name, each]) => [name, { before: each?.before ?? 0, after: each?.after ?? 0 }] as const,
  )
  return Object.fromEntries(entries)
}

function retryOf(retry: ModelSettings['retry']): RetryConfig {
  if (retry === undefined) return defaultRetry
  return {
    attempts: retry.attempts ?? defaultRetry.attempts,
    delayMs: retry.delay ?? defaultRetry.delayMs,
    factor: retry.factor ?? defaultRetry.factor,
    maxDelayMs: retry.max_delay ?? defaultRetry.maxDelayMs,
    jitter: retry.jitter ?? defaultRetry.jitter,
  }
}

function freshnessOf({
  warn,
  fail,
}: NonNullable<ModelSettings['freshness']>): NonNullable<ModelConfig['freshness']> {
  return { ...(warn === undefined ? {} : { warnMs: warn }), ...(fail === undefined ? {} : { failMs: fail }) }
}

/** Declared indexes with their defaults. */
export function indexesOf(indexes: ModelSettings['indexes']): readonly IndexConfig[] {
  return (indexes ?? none).map(({ columns, unique }) => ({ columns, unique: unique ?? false }))
}

/** Grants in a fixed order of privileges, so that the order of writing changes nothing. */
export function grantsOf(
  grants: Readonly<Record<string, readonly string[] | undefined>> | undefined,
): readonly GrantConfig[] {
  if (grants === undefined) return none
  return Object.entries(grants)
    .map(([privilege, to]) => ({ privilege, to: to ?? [] }))
    .sort((a, b) => (a.privilege < b.privilege ? -1 : 1))
}

/** The `partition` that the layers say; undefined, with findings, if something in it is missing or wrong. */
export function resolvePartition(
  layers: readonly Layer[],
  context: PartitionContext,
  findings: Finding[],
): PartitionConfig | undefined {
  return new Rules(new Layers(layers), findings).partition(context)
}

/** The rules that concern several keys of one model. */
class Rules {
  readonly #all: Layers
  readonly #findings: Finding[]

  constructor(all: Layers, findings: Finding[]) {
    this.#all = all
    this.#findings = findings
  }

  /** Keys without effect are mistakes where the model itself says them; a folder's defaults just do not concern it. */
  checkApplicability(materialized: Materialization): void {
    if (materialized !== 'snapshot') {
      const hint = 'Add `materialized: snapshot`, or remove the key.'
      this.#refuse(
        'snapshot',
        `\`snapshot\` has no effect on a model that is ${article(materialized)}.`,
        hint,
      )
    } else {
      const hint = 'Remove the key.'
      this.#refuse('strategy', 'How a snapshot tells changes is said by `snapshot: { strategy: … }`.', hint)
      this.#refuse(
        'delete_missing',
        'What a snapshot does with keys that are gone is said by `snapshot: { deletes: … }`.',
        hint,
      )
      this.#refuse('batch', 'A snapshot records one partition at a time: `batch` has no effect.', hint)
      this.#refuse(
        'data_hash',
        'A snapshot knows by itself whether anything changed: `data_hash` has no effect.',
        hint,
      )
    }
    if (materialized === 'view' || materialized === 'table') {
      for (const key of ['partition', 'strategy', 'unique_key', 'delete_missing', 'batch'] as const) {
        this.#refuse(
          key,
          `\`${key}\` has no effect on a ${materialized}: only incremental models have partitions.`,
          'Add `materialized: incremental`, or remove the key.',
        )
      }
    }
    if (materialized === 'view') {
      const hint = 'Add `materialized: table`, or remove the key.'
      this.#refuse('indexes', 'A view cannot have indexes.', hint)
      this.#refuse('on_schema_change', '`on_schema_change` has no effect on a view.', hint)
      this.#refuse('data_hash', 'A view has no content of its own: `data_hash` has no effect on it.', hint)
    }
  }

  #refuse(key: keyof ModelSettings, message: string, hint: string): void {
    for (const layer of this.#all.layers) {
      if (layer.isOwn && layer.settings[key] !== undefined) {
        this.#add(layer, 'SL125', [key], 'key', { message, hint })
      }
    }
  }

  /** The partition of a model that has them, or undefined if something is missing or wrong. */
  partition(context: PartitionContext, materialized?: Materialization): PartitionConfig | undefined {
    const all = this.#all
    if (all.isBroken('partition')) return undefined
    const merged = all.merged('partition')
    const layer = all.layerOf('partition')
    if (merged === undefined || layer === undefined) {
      const from = all.layerOf('materialized')
      if (!from || all.isBroken('materialized')) return undefined
      const at = from.isOwn ? from : (all.layers.find((each) => each.isOwn) ?? from)
      this.#add(at, 'SL124', ['materialized'], 'value', {
        message: 'An incremental model needs `partition`.',
        hint: 'Add `partition: { column: …, grain: day, start: 2001-01-01 }`, or use `materialized: table`.',
      })
      return undefined
    }
    const isSnapshot = materialized === 'snapshot'
    const { grain, start, end } = merged
    if (isSnapshot && all.layerOf('partition', 'column')?.isOwn === true) {
      this.#addPartition('column', 'key', 'SL191', {
        message: 'A snapshot keeps the partition of each version in a column of its own.',
        hint: 'Remove `column`: it is always `sluice_partition_start`.',
      })
    }
    for (const [key, value] of Object.entries({ column: merged.column, grain, start })) {
      if (value !== undefined || (isSnapshot && key === 'column')) continue
      this.#add(layer, 'SL107', ['partition'], 'key', {
        message: `\`${key}\` is missing from \`partition\`.`,
        hint: `Add ${missingHints[key]}.`,
      })
    }
    if (grain === undefined || start === undefined) return undefined
    const firstDayOfWeek = merged.first_day_of_week ?? 'monday'
    if (merged.first_day_of_week !== undefined && grain !== 'week') {
      this.#addPartition('first_day_of_week', 'key', 'SL125', {
        message: `\`first_day_of_week\` has no effect on partitions of a ${grain}.`,
        hint: 'Remove it, or use `grain: week`.',
      })
    }
    const cut = this.#grain(grain, context)
    const column = isSnapshot && cut !== undefined ? snapshotColumn(cut) : merged.column
    if (cut === undefined || column === undefined) return undefined
    const config: PartitionConfig = {
      column,
      grain: cut,
      firstDayOfWeek,
      timezone: merged.timezone ?? context.timezone,
      start,
      ...(end === undefined ? {} : { end }),
      availableAfterMs: merged.available_after ?? 0,
      ahead: merged.ahead ?? 0,
    }
    this.#checkColumn(config)
    this.#checkHistory(config)
    return config
  }

  /** The grain as it is used; undefined for a cron expression that cannot be read. */
  #grain(written: string, { cron }: PartitionContext): Grain | undefined {
    if (isGrainName(written)) return written
    if (cron === undefined) throw new Error('cron expressions were not prepared')
    const found = cron(written)
    if (typeof found !== 'string') return found
    this.#addPartition('grain', 'value', 'SL131', {
      message: `\`${written}\` is not a cron expression: ${found}.`,
      hint: 'Five fields: minute, hour, day of the month, month, day of the week. Each day at six: "0 6 * * *".',
    })
    return undefined
  }

  #checkColumn(config: PartitionConfig): void {
    const { type, format } = config.column
    if (type !== undefined) {
      const mistake = columnMistake(config, type)
      if (mistake !== undefined) {
        const { code, key, inner, message, hint } = mistake
        this.#addPartition(key, 'value', code, { message: `${sentence(message)}.`, hint }, inner)
        return
      }
    }
    if (format === undefined || type === 'text' || type === 'integer') return
    this.#addPartition(
      'column',
      'key',
      'SL125',
      {
        message: `\`format\` has no effect on a column ${type ? `of type ${type}` : 'without a type'}.`,
        hint: 'Add `type: text` or `type: integer`, or remove the key.',
      },
      'format',
    )
  }

  #checkHistory(config: PartitionConfig): void {
    if (config.end === undefined) return
    try {
      layoutOf(config)
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error
      const { code, message, hint } = error.diagnostics[0]!
      this.#addPartition('end', 'value', code, { message: `${sentence(message)}.`, hint })
    }
  }

  checkMerge(materialized: Materialization, partition: PartitionConfig | undefined): void {
    const all = this.#all
    if (materialized !== 'incremental' || all.isBroken('strategy', 'unique_key', 'materialized')) return
    const isMerge = all.get('strategy') === 'merge'
    const key = all.get('unique_key')
    if (isMerge && key === undefined) {
      this.#add(all.layerOf('strategy')!, 'SL126', ['strategy'], 'value', {
        message: '`strategy: merge` needs a `unique_key`.',
        hint: 'Add `unique_key: [column, …]`: the columns that tell rows apart.',
      })
    }
    if (!isMerge) {
      const hint = 'Add `strategy: merge`, or remove the key; that rows are unique is said by a check.'
      this.#refuse('unique_key', '`unique_key` has no effect without `strategy: merge`.', hint)
      this.#refuse(
        'delete_missing',
        '`delete_missing` has no effect without `strategy: merge`: delete_insert replaces the whole partition.',
        'Remove the key.',
      )
      return
    }
    if (key === undefined || partition === undefined) return
    const column = partition.column.name.toLowerCase()
    if (key.some((each) => each.toLowerCase() === column)) return
    this.#refuse(
      'data_hash',
      `\`data_hash\` needs the partition column \`${partition.column.name}\` in \`unique_key\`: else a partition has no rows of its own.`,
      'Add the column to the key, or remove `data_hash`.',
    )
    if (all.get('delete_missing') !== true) return
    this.#add(all.layerOf('delete_missing')!, 'SL127', ['delete_missing'], 'key', {
      message: `\`delete_missing\` needs the partition column \`${partition.column.name}\` in \`unique_key\`.`,
      hint: `Add \`${partition.column.name}\` to the key, or remove \`delete_missing\`.`,
    })
  }

  checkPool({ pools }: ModelContext): void {
    const pool = this.#all.get('pool')
    if (pool === undefined || pools === undefined || pools.has(pool)) return
    this.#add(this.#all.layerOf('pool')!, 'SL128', ['pool'], 'value', {
      message: `There is no pool \`${pool}\`.`,
      hint: sentence(didYouMean(pool, pools, 1)) ?? `Declare it in sluice.yml: \`pools: { ${pool}: 4 }\`.`,
    })
  }

  #addPartition(key: string, at: 'key' | 'value', code: Code, fields: MistakeFields, inner?: string): void {
    const layer = this.#all.layerOf('partition', key) ?? this.#all.layerOf('partition')!
    this.#add(layer, code, ['partition', key, ...(inner === undefined ? [] : [inner])], at, fields)
  }

  #add(layer: Layer, code: Code, path: Path, at: 'key' | 'value', fields: MistakeFields): void {
    const problem = mistakeAt(code, [...layer.prefix, ...path], at, fields)
    this.#findings.push({ source: layer.source, problem })
  }
}

const grainNames: ReadonlySet<string> = new Set<GrainName>([
  'hour',
  'day',
  'week',
  'month',
  'quarter',
  'year',
])

function isGrainName(text: string): text is GrainName {
  return grainNames.has(text)
}

const missingHints: Readonly<Record<string, string>> = {
  column: "`column: …`, the column that tells a row's partition",
  grain: '`grain: day` (or hour, week, month, quarter, year, or a cron expression)',
  start: '`start: 2001-01-01`, where the history begins',
}

function article(materialized: Materialization): string {
  return materialized === 'incremental' ? 'incremental' : `a ${materialized}`
}
