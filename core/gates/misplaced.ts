import type { Check } from '../checks/check.ts'
import { isOfHistory } from '../checks/kinds.ts'
import type { PartitionConfig, Project } from '../config/project.ts'
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'

/** Checks that the relation which they are on cannot have. `checksOf` gives those of a relation, the names in them resolved. */
export function misplacedChecks(
  project: Pick<Project, 'models' | 'seeds' | 'sources'>,
  checksOf: (name: string) => readonly Check[],
): readonly Diagnostic[] {
  const { models, seeds, sources } = project
  const partitions = new Map<string, PartitionConfig>()
  for (const { name, partition } of sources) if (partition !== undefined) partitions.set(name, partition)
  for (const { name, config } of models)
    if (config.partition !== undefined) partitions.set(name, config.partition)
  const relations: readonly Relation[] = [
    ...models.map(({ name, path, config }) => ({
      name,
      path,
      kind: kindOf(config.materialized),
      ...partitionOf(config),
    })),
    ...seeds.map(({ name, path }) => ({ name, path, kind: 'seed' as const })),
    ...sources.map(({ name, path }) => ({ name, path, kind: 'source' as const })),
  ]
  const known = new Set(relations.map(({ name }) => name))
  return relations.flatMap((relation) =>
    checksOf(relation.name).flatMap((check) => {
      const found = isOfHistory(check)
        ? historyMistake(relation, check)
        : check.kind === 'reconcile' && known.has(check.with)
          ? reconcileMistake(relation, check, partitions)
          : undefined
      if (found === undefined) return []
      const { code, message, hint } = found
      return diagnostic(code, {
        message: `the check ${check.name} of ${relation.name} ${message}`,
        hint,
        model: relation.name,
        place: check.place ?? { file: relation.path, line: 1, column: 1 },
      })
    }),
  )
}

interface Relation {
  readonly name: string
  readonly path: string
  readonly kind: 'table' | 'view' | 'seed' | 'source'
  readonly partition?: PartitionConfig
}

interface Mistake {
  readonly code: 'SL181' | 'SL182'
  readonly message: string
  readonly hint: string
}

function kindOf(materialized: string): 'table' | 'view' {
  return materialized === 'view' ? 'view' : 'table'
}

function partitionOf({ partition }: { readonly partition?: PartitionConfig }) {
  return partition === undefined ? {} : { partition }
}

function historyMistake(
  { kind, partition }: Relation,
  check: Extract<Check, { kind: 'volume' | 'z_score' }>,
): Mistake | undefined {
  const say = (message: string, hint: string): Mistake => ({ code: 'SL181', message, hint })
  if (kind === 'view' || kind === 'source')
    return say(
      `compares recorded numbers of rows, and of a ${kind} none are recorded`,
      'Put it on the model that is built from it.',
    )
  if (!check.weekday) return undefined
  if (partition === undefined)
    return say(
      'looks at days of the week, which a relation without partitions has none of',
      'Remove `weekday`.',
    )
  const { grain } = partition
  if (typeof grain !== 'string' || grain === 'hour' || grain === 'day') return undefined
  return say(
    `looks at days of the week, and each ${grain} has all of them`,
    'Remove `weekday`: it is for partitions of a day or less.',
  )
}

function reconcileMistake(
  { partition }: Relation,
  check: Extract<Check, { kind: 'reconcile' }>,
  partitions: ReadonlyMap<string, PartitionConfig>,
): Mistake | undefined {
  const say = (message: string, hint: string): Mistake => ({ code: 'SL182', message, hint })
  if (partition === undefined)
    return check.withColumn === undefined
      ? undefined
      : say('has `with_column`, but there is no partition to limit it to', 'Remove `with_column`.')
  if (check.withColumn !== undefined || partitions.has(check.with)) return undefined
  return say(
    `compares one partition with all of ${check.with}`,
    `Name by \`with_column\` the column of ${check.with} that tells which rows belong to a partition.`,
  )
}
