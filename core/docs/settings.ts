import { durationText } from '../checks/failing-text.ts'
import type { CompiledModel, CompiledSource } from '../compile/compiled.ts'
import type { PartitionConfig, SnapshotConfig } from '../config/project.ts'
import { grainText } from '../time/grain.ts'

export interface Setting {
  readonly name: string
  readonly value: string
}

/** What is worth saying of how a model is built, in words. What is as it usually is is left out. */
export function modelSettings(model: CompiledModel): readonly Setting[] {
  const { config } = model
  const { partition } = config
  const settings: Setting[] = [{ name: 'materialization', value: config.materialized }]
  const say = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== '') settings.push({ name, value })
  }
  if (config.materialized === 'incremental') say('strategy', strategyText(model))
  if (config.snapshot !== undefined) say('history', snapshotText(config.snapshot))
  say('unique key', config.uniqueKey.join(', '))
  if (partition !== undefined) settings.push(...partitionSettings(partition))
  say('reads', readsText(config.reads))
  say(
    'follow',
    Object.entries(config.follow)
      .map(([name, follow]) => `${name}: ${follow}`)
      .join(', '),
  )
  say('schedule', config.schedule)
  say('freshness', limitsText(config.freshness))
  say('batch', batchText(model))
  say('pool', config.pool)
  say(
    'concurrency',
    config.concurrency === undefined ? undefined : `${config.concurrency} partitions at once`,
  )
  if (config.priority !== 0) say('priority', String(config.priority))
  if (config.contract !== undefined) say('contract', `enforced, ${config.contract.columns.length} columns`)
  if (config.onSchemaChange !== 'fail') say('on schema change', config.onSchemaChange)
  if (config.dataHash === true) say('data hash', 'rows that are written anew unchanged keep their version')
  say('timeout', config.timeoutMs === undefined ? undefined : durationText(config.timeoutMs / 1000))
  if (config.retry.attempts !== 3) say('attempts', String(config.retry.attempts))
  say(
    'indexes',
    model.indexes
      .map(({ columns, unique }) => `${columns.join(', ')}${unique ? ' (unique)' : ''}`)
      .join('; '),
  )
  say('grants', model.grants.map(({ privilege, to }) => `${privilege} to ${to.join(', ')}`).join('; '))
  if (model.readsItself && config.snapshot === undefined) say('reads itself', 'what it published before')
  return settings
}

/** How a source's changes are seen, when it is there and how old it may be, in words. */
export function sourceSettings(source: CompiledSource): readonly Setting[] {
  const settings: Setting[] = []
  const say = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== '') settings.push({ name, value })
  }
  say('relation', source.sql)
  say('changes are seen by', observedText(source))
  say('ready', readyText(source))
  say('freshness', limitsText(source.freshness))
  if (source.partition !== undefined) settings.push(...partitionSettings(source.partition))
  const changes = Object.entries(source.schemaChange ?? {}).map(
    ([change, severity]) => `${change}: ${severity}`,
  )
  say('columns that change', changes.join(', '))
  if (source.captured !== undefined) say('columns', 'captured from the database')
  return settings
}

function strategyText({ config }: CompiledModel): string {
  if (config.strategy === 'delete_insert') return 'delete and insert: a partition is replaced as a whole'
  return config.deleteMissing
    ? 'merge by the unique key; rows that are no longer returned are deleted'
    : 'merge by the unique key'
}

function snapshotText({ strategy, deletes, asOf }: SnapshotConfig): string {
  const changed =
    strategy.kind === 'timestamp'
      ? `a row changed if ${strategy.updatedAt} is newer`
      : strategy.columns === 'all'
        ? 'a row changed if any column did'
        : `a row changed if one of ${strategy.columns.join(', ')} did`
  const gone = {
    ignore: 'keys that are gone stay',
    close: 'keys that are gone end',
    new_row: 'keys that are gone get a row that says so',
  }[deletes]
  return `${changed}; ${gone}; state at the ${asOf} of the interval`
}

function partitionSettings(partition: PartitionConfig): readonly Setting[] {
  const { column, grain, timezone, start, end, availableAfterMs, ahead } = partition
  const type = [column.type, column.format].filter((each) => each !== undefined).join(', ')
  return [
    { name: 'partition column', value: type === '' ? column.name : `${column.name} (${type})` },
    { name: 'grain', value: timezone === 'UTC' ? grainText(grain) : `${grainText(grain)}, ${timezone}` },
    { name: 'history', value: end === undefined ? `from ${start}` : `${start} to ${end}` },
    ...(availableAfterMs === 0
      ? []
      : [{ name: 'due', value: `${durationText(availableAfterMs / 1000)} after the partition's end` }]),
    ...(ahead === 0 ? [] : [{ name: 'ahead', value: `${ahead} partitions before their end` }]),
  ]
}

function readsText(reads: CompiledModel['config']['reads']): string {
  return Object.entries(reads)
    .map(([name, { before, after }]) => {
      const around = [
        ...(before === 0 ? [] : [`${before} before`]),
        ...(after === 0 ? [] : [`${after} after`]),
      ].join(' and ')
      return `${name}: the same partitions${around === '' ? '' : ` and ${around}`}`
    })
    .join('; ')
}

function batchText({ config, batch }: CompiledModel): string | undefined {
  if (config.materialized !== 'incremental') return undefined
  if (config.batch === 'all') return 'as many partitions in one statement as there are'
  if (config.batch === 1) return 'one partition in a statement'
  if (config.batch !== undefined) return `at most ${config.batch} partitions in one statement`
  if (batch === undefined) return undefined
  return batch.batchable ? 'adjacent partitions in one statement: proven' : 'one partition in a statement'
}

function observedText({ observe }: CompiledSource): string {
  switch (observe?.kind) {
    case undefined:
      return 'nothing'
    case 'files':
      return 'path, size and time of its files'
    case 'column':
      return `the newest ${observe.column} and the number of rows`
    case 'query':
      return 'a query'
  }
}

function readyText({ ready }: CompiledSource): string | undefined {
  if (ready === undefined) return undefined
  if (ready.kind === 'query') return 'when a query says so'
  const within = ready.withinMs === 0 ? '' : `, give or take ${durationText(ready.withinMs / 1000)}`
  return `when ${ready.column} has come to the partition's end${within}`
}

function limitsText(
  freshness: { readonly warnMs?: number; readonly failMs?: number } | undefined,
): string | undefined {
  if (freshness === undefined) return undefined
  const { warnMs, failMs } = freshness
  return [
    ...(warnMs === undefined ? [] : [`late after ${durationText(warnMs / 1000)}`]),
    ...(failMs === undefined ? [] : [`too old after ${durationText(failMs / 1000)}`]),
  ].join(', ')
}
