import { duckdb } from '../../adapters/duckdb/index.ts'
import { postgres } from '../../adapters/postgres/index.ts'
import { bindProject } from '../../core/bind/bind-project.ts'
import type { Binder, BindQuery } from '../../core/bind/binder.ts'
import type { BoundProject } from '../../core/bind/bound.ts'
import type { ContentCache } from '../../core/cache/content-cache.ts'
import { loadProject } from '../../core/config/load.ts'
import type { TargetConfig } from '../../core/config/project.ts'
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'
import type { TestProject } from '../run/project.ts'

export const factories = { duckdb, postgres }

export interface BindOptions {
  readonly cache?: ContentCache
  readonly only?: readonly string[]
  /** Another server. */
  readonly url?: string
}

/** What was bound, and what the engine was asked. */
export interface Binding extends BoundProject {
  readonly asked: readonly BindQuery[]
}

export async function targetOf(project: TestProject, url?: string): Promise<TargetConfig> {
  const env = { DATABASE_URL: url ?? project.url }
  return (await loadProject({ root: project.root, env })).project.target
}

/** Binds a project as `sluice validate` does. */
export async function bind(project: TestProject, options: BindOptions = {}): Promise<Binding> {
  const { project: compiled, texts } = await project.compile()
  const target = await targetOf(project, options.url)
  const factory = factories[project.engine]
  const identity = await factory.binder!.identity?.(target)
  const asked: BindQuery[] = []
  const bound = await bindProject({
    project: compiled,
    texts,
    dialect: factory.dialect,
    capabilities: factory.capabilities,
    csvTypes: factory.binder!.csvTypes,
    ...(identity === undefined ? {} : { identity }),
    open: async () => listening(await factory.binder!.open(target), asked),
    ...(options.cache === undefined ? {} : { cache: options.cache }),
    ...(options.only === undefined ? {} : { only: new Set(options.only) }),
  })
  return { ...bound, asked }
}

function listening(binder: Binder, asked: BindQuery[]): Binder {
  return {
    identity: binder.identity,
    bind(queries) {
      asked.push(...queries)
      return binder.bind(queries)
    },
    close: () => binder.close(),
  }
}

/** `name type, …` of a relation, or why it is unknown. */
export function columnsOf(bound: BoundProject, name: string): string {
  const relation = bound.relations.get(name)
  if (relation === undefined) return 'not there'
  if (relation.kind === 'unknown') return `unknown: ${relation.reason}`
  return relation.columns.map((column) => `${column.name} ${column.type}`).join(', ')
}

/** `SL603 models/a.sql:3:8 message`. */
export function shown({ code, place, message }: Diagnostic): string {
  return `${code} ${place === undefined ? '' : `${place.file}:${place.line}:${place.column} `}${message}`
}

/** Types that tests name, as each engine spells them. */
export const spelled = {
  duckdb: {
    int: 'INTEGER',
    bigint: 'BIGINT',
    text: 'VARCHAR',
    date: 'DATE',
    timestamp: 'TIMESTAMP',
    double: 'DOUBLE',
    numeric: 'DECIMAL(10,2)',
  },
  postgres: {
    int: 'integer',
    bigint: 'bigint',
    text: 'text',
    date: 'date',
    timestamp: 'timestamp without time zone',
    double: 'double precision',
    numeric: 'numeric(10,2)',
  },
} as const
