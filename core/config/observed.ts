import type { SourceEntry } from './descriptions.ts'
import { type Finding, type MistakeFields, mistakeAt, type Path, type YamlSource } from './problem.ts'
import type { ObserveConfig, PartitionConfig, ReadyConfig, SourceConfig, SourceFreshness } from './project.ts'
import { type PartitionContext, resolvePartition } from './resolve-model.ts'

type Observed = Pick<
  SourceConfig,
  'partition' | 'observe' | 'ready' | 'loadedAt' | 'freshness' | 'schemaChange'
>

/** How a source is observed and waited for: its `partition`, `observe`, `ready` and `loaded_at`. Appends what does not fit together. */
export function observedOf(
  entry: SourceEntry,
  source: YamlSource,
  context: PartitionContext,
  findings: Finding[],
): Observed {
  const { settings, broken, prefix } = entry
  const partition =
    settings.partition === undefined
      ? undefined
      : resolvePartition(
          [{ settings: { partition: settings.partition }, broken, source, prefix, isOwn: true }],
          context,
          findings,
        )
  const rules = new Rules(entry, source, findings)
  const observe = rules.observe()
  const ready = rules.ready()
  const freshness = rules.freshness()
  return {
    ...(partition === undefined ? {} : { partition: partition satisfies PartitionConfig }),
    ...(observe === undefined ? {} : { observe }),
    ...(ready === undefined ? {} : { ready }),
    ...(settings.loaded_at === undefined ? {} : { loadedAt: settings.loaded_at }),
    ...(freshness === undefined ? {} : { freshness }),
    ...(settings.schema_change === undefined ? {} : { schemaChange: settings.schema_change }),
  }
}

class Rules {
  private readonly entry: SourceEntry
  private readonly source: YamlSource
  private readonly findings: Finding[]

  constructor(entry: SourceEntry, source: YamlSource, findings: Finding[]) {
    this.entry = entry
    this.source = source
    this.findings = findings
  }

  observe(): ObserveConfig | undefined {
    const { settings } = this.entry
    const { observe } = settings
    if (observe === undefined) return undefined
    if (observe.query !== undefined) return { kind: 'query', query: observe.query }
    if (observe.column !== undefined) return { kind: 'column', column: observe.column }
    const hasFiles = Object.keys(settings.files ?? {}).length > 0
    if (observe.files) {
      if (settings.partition !== undefined) {
        this.add('SL151', ['observe'], 'value', {
          message: 'Files are observed as a whole, not by partition.',
          hint: 'Use `observe: true`, which counts the rows of each partition, or remove `partition`.',
        })
      }
      if (!hasFiles) {
        this.add('SL151', ['observe'], 'value', {
          message: 'The source has no `files` to be observed.',
          hint: 'Use `observe: { column: … }` or `observe: { query: … }`.',
        })
      }
      return { kind: 'files' }
    }
    if (!hasFiles && settings.partition === undefined && settings.loaded_at === undefined) {
      this.add('SL151', ['observe'], 'value', {
        message: '`observe: true` needs files, a `partition` or a `loaded_at` column to look at.',
        hint: 'Add `loaded_at: …`, or use `observe: { column: … }` or `observe: { query: … }`.',
      })
    }
    return { kind: 'natural' }
  }

  ready(): ReadyConfig | undefined {
    const { settings } = this.entry
    const { ready } = settings
    if (ready === undefined) return undefined
    if (ready.query !== undefined) return { kind: 'query', query: ready.query }
    const column = ready.column ?? settings.loaded_at
    if (column === undefined) {
      this.add('SL152', ['ready'], 'value', {
        message: '`ready` does not say which column tells how far the source has come.',
        hint: 'Add `column: …` to it, or `loaded_at: …` to the source.',
      })
      return undefined
    }
    if (settings.partition === undefined && ready.within === undefined) {
      this.add('SL152', ['ready'], 'value', {
        message: 'Without partitions `ready` needs `within`: how old the newest value may be.',
        hint: `Add \`within: 3h\`, or give the source a \`partition\`, whose end is then awaited.`,
      })
    }
    return { kind: 'column', column, withinMs: ready.within ?? 0 }
  }

  freshness(): SourceFreshness | undefined {
    const { settings } = this.entry
    const { freshness } = settings
    if (freshness === undefined) return undefined
    const { warn, fail, column, query, where } = freshness
    const limits = {
      ...(warn === undefined ? {} : { warnMs: warn }),
      ...(fail === undefined ? {} : { failMs: fail }),
    }
    if (query !== undefined) {
      if (column !== undefined || where !== undefined)
        this.add('SL184', ['freshness', column === undefined ? 'where' : 'column'], 'key', {
          message: '`query` says by itself when the source was loaded last.',
          hint: 'Keep `query` alone, or use `column` with or without `where`.',
        })
      return { ...limits, by: { kind: 'query', query } }
    }
    const by = column ?? settings.loaded_at
    if (by !== undefined)
      return { ...limits, by: { kind: 'column', column: by, ...(where === undefined ? {} : { where }) } }
    if (where === undefined && Object.keys(settings.files ?? {}).length > 0)
      return { ...limits, by: { kind: 'files' } }
    this.add('SL184', ['freshness'], 'value', {
      message: 'Nothing tells when the source was loaded last.',
      hint: 'Add `loaded_at: …` to the source, or `column` or `query` to its `freshness`.',
    })
    return undefined
  }

  private add(
    code: 'SL151' | 'SL152' | 'SL184',
    path: Path,
    at: 'key' | 'value',
    fields: MistakeFields,
  ): void {
    const problem = mistakeAt(code, [...this.entry.prefix, ...path], at, fields)
    this.findings.push({ source: this.source, problem })
  }
}
