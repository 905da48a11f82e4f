import type { Dialect, RelationName } from '../adapter.ts'
import type { SourceConfig, TargetConfig } from '../config/project.ts'
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'

interface Named {
  readonly name: string
  readonly schema?: string
  readonly table: string
  readonly path: string
}

/** Where a model or seed lives on a target: its folder's schema under the target's rule. */
export function relationOf(named: Named, target: TargetConfig, dialect: Dialect): RelationName {
  const own = named.schema ?? dialect.defaultSchema
  const schema = target.schema.name ?? `${target.schema.prefix ?? ''}${own}`
  return {
    ...(target.database === undefined ? {} : { database: target.database }),
    schema,
    name: named.table,
  }
}

/** What a source is on a target, if it is a relation: the declared one, else its logical name. */
export function sourceRelation(source: SourceConfig, target: TargetConfig, dialect: Dialect): RelationName {
  const written = source.relations[target.name]
  const parts = written === undefined ? [] : written.split('.')
  const name = parts.pop() ?? source.table
  const schema = parts.pop() ?? (written === undefined ? source.schema : undefined) ?? dialect.defaultSchema
  const database = parts.pop()
  return { ...(database === undefined ? {} : { database }), schema, name }
}

/** Physical names that collide after the engine's folding, or that it would cut off. */
export function physicalProblems(
  relations: readonly { readonly named: Named; readonly relation: RelationName }[],
  dialect: Dialect,
): readonly Diagnostic[] {
  const problems: Diagnostic[] = []
  const seen = new Map<string, Named>()
  for (const { named, relation } of relations) {
    const place = { file: named.path, line: 1, column: 1 }
    const key = `${dialect.fold(relation.schema, false)}\0${dialect.fold(relation.name, false)}`
    const other = seen.get(key)
    if (other === undefined) seen.set(key, named)
    else
      problems.push(
        diagnostic('SL351', {
          message: `${named.name} and ${other.name} would both be ${dialect.relation(relation)} on this target`,
          place,
          hint: 'Give one of them another name, or the target a schema rule that keeps schemas apart.',
        }),
      )
    for (const part of [relation.schema, relation.name]) {
      if (dialect.maxIdentifierBytes === undefined) continue
      if (new TextEncoder().encode(part).length <= dialect.maxIdentifierBytes) continue
      problems.push(
        diagnostic('SL352', {
          message: `the name \`${part}\` is longer than the ${dialect.maxIdentifierBytes} bytes that the engine keeps of a name`,
          place,
          hint: 'Use a shorter name, or a shorter schema prefix.',
        }),
      )
    }
  }
  return problems
}
