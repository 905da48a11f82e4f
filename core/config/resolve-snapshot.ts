import type { Code } from '../diagnostics/catalogue.ts'
import { precisionOf } from '../time/cron.ts'
import type { Grain } from '../time/grain.ts'
import type { Layer, Layers } from './layers.ts'
import { type Finding, type MistakeFields, mistakeAt, type Path } from './problem.ts'
import type { PartitionConfig, SnapshotConfig } from './project.ts'
import type { ModelSettings } from './schema/model.ts'

/** Of each version: the start of the partition that recorded it, in the column by which partitions are told apart. */
export const SNAPSHOT_PARTITION_COLUMN = 'sluice_partition_start'

type Settings = NonNullable<ModelSettings['snapshot']>

/** The partition column of a snapshot, which nobody names. */
export function snapshotColumn(grain: Grain): PartitionConfig['column'] {
  const isDaily = typeof grain === 'string' ? grain !== 'hour' : precisionOf(grain) === 'day'
  return { name: SNAPSHOT_PARTITION_COLUMN, type: isDaily ? 'date' : 'timestamp' }
}

/** Whether what a snapshot records has no time of its own and gets that of its interval: it needs partitions. */
export function recordsIntervals({
  strategy,
  deletes,
}: Pick<SnapshotConfig, 'strategy' | 'deletes'>): boolean {
  return strategy.kind === 'check' || deletes !== 'ignore'
}

/** The `snapshot` of a model that is one; undefined, with findings, if something in it is missing or wrong. */
export function resolveSnapshot(
  all: Layers,
  hasPartition: boolean,
  findings: Finding[],
): SnapshotConfig | undefined {
  if (all.isBroken('snapshot', 'unique_key', 'materialized')) return undefined
  return new SnapshotRules(all, findings).resolve(hasPartition)
}

class SnapshotRules {
  readonly #all: Layers
  readonly #findings: Finding[]

  constructor(all: Layers, findings: Finding[]) {
    this.#all = all
    this.#findings = findings
  }

  resolve(hasPartition: boolean): SnapshotConfig | undefined {
    const before = this.#findings.length
    const settings = this.#all.merged('snapshot') ?? {}
    const strategy = this.#strategy(settings)
    const key = this.#all.get('unique_key')
    if (key === undefined) {
      this.#addModel('SL190', {
        message: 'A snapshot needs a `unique_key`.',
        hint: 'Add `unique_key: [column, …]`: the columns that tell the rows of the source apart.',
      })
    }
    this.#refuseLosses()
    if (strategy === undefined || key === undefined) return undefined
    const deletes = settings.deletes ?? 'ignore'
    this.#checkApplicability(settings, strategy, deletes)
    const names = this.#names(settings, key, strategy)
    if (!hasPartition && recordsIntervals({ strategy, deletes }) && !this.#all.isBroken('partition')) {
      if (this.#all.get('partition') === undefined) this.#addMissingPartition(strategy, settings)
    }
    if (this.#findings.length > before) return undefined
    return { strategy, deletes, asOf: settings.as_of ?? 'end', names }
  }

  #strategy(settings: Partial<Settings>): SnapshotConfig['strategy'] | undefined {
    switch (settings.strategy) {
      case undefined:
        this.#addSnapshot('SL190', {
          message: 'A snapshot needs `snapshot: { strategy: … }`.',
          hint: 'Add `snapshot: { strategy: timestamp, updated_at: COLUMN }`, or `snapshot: { strategy: check, columns: all }`.',
        })
        return undefined
      case 'timestamp':
        if (settings.updated_at !== undefined) return { kind: 'timestamp', updatedAt: settings.updated_at }
        this.#addSnapshot('SL190', {
          message: '`strategy: timestamp` needs `updated_at`.',
          hint: 'Add `updated_at: COLUMN`: the column that says when a row changed last.',
        })
        return undefined
      case 'check':
        return { kind: 'check', columns: settings.columns ?? 'all' }
    }
  }

  #checkApplicability(
    settings: Partial<Settings>,
    strategy: SnapshotConfig['strategy'],
    deletes: SnapshotConfig['deletes'],
  ): void {
    const refuse = (key: keyof Settings, message: string, hint: string) => {
      if (settings[key] !== undefined) this.#addInner('SL191', key, 'key', { message, hint })
    }
    if (strategy.kind === 'check')
      refuse(
        'updated_at',
        '`updated_at` has no effect with `strategy: check`.',
        'Use `strategy: timestamp`, or remove the key.',
      )
    else
      refuse(
        'columns',
        '`columns` has no effect with `strategy: timestamp`: only `updated_at` is looked at.',
        'Use `strategy: check`, or remove the key.',
      )
    if (!recordsIntervals({ strategy, deletes }))
      refuse(
        'as_of',
        '`as_of` has no effect with `strategy: timestamp` and `deletes: ignore`: each version carries its own time.',
        'Remove the key.',
      )
    const { deleted_at, is_deleted } = settings.names ?? {}
    if (deleted_at !== undefined && deletes !== 'close')
      this.#addInner('SL191', 'names', 'key', {
        message: '`deleted_at` is a column only with `deletes: close`.',
        hint: 'Add `deletes: close`, or remove the name.',
      })
    if (is_deleted !== undefined && deletes !== 'new_row')
      this.#addInner('SL191', 'names', 'key', {
        message: '`is_deleted` is a column only with `deletes: new_row`.',
        hint: 'Add `deletes: new_row`, or remove the name.',
      })
  }

  #names(
    settings: Partial<Settings>,
    key: readonly string[],
    strategy: SnapshotConfig['strategy'],
  ): SnapshotConfig['names'] {
    const { names } = settings
    const found = {
      validFrom: names?.valid_from ?? 'valid_from',
      validTo: names?.valid_to ?? 'valid_to',
      deletedAt: names?.deleted_at ?? 'deleted_at',
      isDeleted: names?.is_deleted ?? 'is_deleted',
    }
    const deletes = settings.deletes ?? 'ignore'
    const added = [
      found.validFrom,
      found.validTo,
      ...(deletes === 'close' ? [found.deletedAt] : []),
      ...(deletes === 'new_row' ? [found.isDeleted] : []),
      SNAPSHOT_PARTITION_COLUMN,
    ]
    const read =
      strategy.kind === 'timestamp'
        ? [strategy.updatedAt]
        : strategy.columns === 'all'
          ? []
          : strategy.columns
    const seen = new Set([...key, ...read].map((name) => name.toLowerCase()))
    for (const name of added) {
      const folded = name.toLowerCase()
      if (seen.has(folded)) {
        this.#addSnapshot('SL193', {
          message: `\`${name}\` would be two columns of the snapshot.`,
          hint: 'Choose another name by `snapshot: { names: { valid_from: … } }`, or rename the column in the query.',
        })
        break
      }
      seen.add(folded)
    }
    return found
  }

  #refuseLosses(): void {
    const all = this.#all
    if (all.get('on_schema_change') === 'sync') {
      this.#add(all.layerOf('on_schema_change')!, 'SL194', ['on_schema_change'], 'value', {
        message: '`on_schema_change: sync` would drop columns of a snapshot with their history.',
        hint: 'Use `on_schema_change: append`.',
      })
    }
    if ((all.merged('partition')?.ahead ?? 0) > 0) {
      this.#add(all.layerOf('partition', 'ahead')!, 'SL194', ['partition', 'ahead'], 'key', {
        message: 'A snapshot cannot record an interval before it has ended.',
        hint: 'Remove `ahead`.',
      })
    }
  }

  #addMissingPartition(strategy: SnapshotConfig['strategy'], settings: Partial<Settings>): void {
    const fields = {
      message:
        strategy.kind === 'check'
          ? '`strategy: check` needs `partition`: a change has no time but that of the interval in which it was seen.'
          : `\`deletes: ${settings.deletes}\` needs \`partition\`: that a key is gone has no time but that of the interval in which it was seen.`,
      hint: 'Add `partition: { grain: day, start: 2024-01-01 }`; the column is kept by Sluice.',
    }
    this.#addInner('SL192', strategy.kind === 'check' ? 'strategy' : 'deletes', 'value', fields)
  }

  #addModel(code: Code, fields: MistakeFields): void {
    const from = this.#all.layerOf('materialized')!
    this.#add(from, code, ['materialized'], 'value', fields)
  }

  #addSnapshot(code: Code, fields: MistakeFields): void {
    const layer = this.#all.layerOf('snapshot')
    if (layer === undefined) this.#addModel(code, fields)
    else this.#add(layer, code, ['snapshot'], 'key', fields)
  }

  #addInner(code: Code, key: keyof Settings, at: 'key' | 'value', fields: MistakeFields): void {
    const layer = this.#all.layerOf('snapshot', key) ?? this.#all.layerOf('snapshot')!
    this.#add(layer, code, ['snapshot', key], at, fields)
  }

  #add(layer: Layer, code: Code, path: Path, at: 'key' | 'value', fields: MistakeFields): void {
    const problem = mistakeAt(code, [...layer.prefix, ...path], at, fields)
    this.#findings.push({ source: layer.source, problem })
  }
}
