import type { CompiledSource, CompiledSql } from '../compile/compiled.ts'
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'
import { freshnessMistake } from '../gates/freshness.ts'
import { type BoundSource, boundSource, sourceColumn } from '../sources/bind-source.ts'
import { queryText } from '../sources/queries.ts'
import { partitionAt } from '../time/layout.ts'
import type { Binding } from './bind-project.ts'
import type { BindQuery, Stub } from './binder.ts'
import { saidOf } from './problem.ts'

interface Asked {
  readonly source: CompiledSource
  readonly role: 'observe' | 'ready' | 'freshness'
  readonly query: BindQuery
}

/** Binds what is asked of sources: their partition column, the columns and queries of `observe`, `ready` and `freshness`. */
export async function bindSourceQueries(binding: Binding): Promise<void> {
  const asked: Asked[] = []
  for (const name of binding.wanted) {
    const node = binding.node(name)
    const relation = binding.relations.get(name)
    if (node?.kind !== 'source' || relation?.kind !== 'bound') continue
    const bound = binding.attempt(() => boundSource(binding.request, node, relation.columns))
    if (bound !== undefined) asked.push(...queriesOf(binding, node, bound))
  }
  const answers = await binding.asker.ask(asked.map(({ query }) => query))
  for (const [index, each] of asked.entries()) {
    const answer = answers[index]!
    if (answer.kind === 'failed') binding.problems.push(refused(each, saidOf(answer.error, each.query.stubs)))
    if (answer.kind !== 'bound' || each.role !== 'freshness') continue
    const mistake = freshnessMistake(binding.request.dialect, each.source, answer.columns)
    if (mistake !== undefined) binding.problems.push(mistake)
  }
}

function queriesOf(binding: Binding, source: CompiledSource, bound: BoundSource): readonly Asked[] {
  const { dialect } = binding.request
  const asked: Asked[] = []
  const add = (role: Asked['role'], sql: CompiledSql): void => {
    const read = sql.parts.flatMap((part) =>
      'text' in part && part.relation !== undefined ? [part.relation] : [],
    )
    const stubs: readonly Stub[] | string = binding.stubsOf([...new Set(read)].sort())
    if (typeof stubs === 'string') return
    const partition =
      source.layout === undefined ? undefined : partitionAt(source.layout, source.layout.start)
    const text = queryText(dialect, sql, bound, partition, binding.textOf)
    asked.push({ source, role, query: { text, stubs } })
  }
  for (const role of ['observe', 'ready'] as const) {
    const watched = source[role]
    if (watched?.kind === 'column') {
      const what = role === 'ready' ? 'the column of `ready`' : 'the observed column'
      binding.attempt(() => sourceColumn(binding.request, source, bound.columns, watched.column, what))
    }
    if (watched?.kind === 'query') add(role, watched.sql)
  }
  const { freshness } = source
  if (freshness?.by.kind === 'query') add('freshness', freshness.by.sql)
  return asked
}

function refused({ source, role }: Asked, { message, hint }: ReturnType<typeof saidOf>): Diagnostic {
  return diagnostic(role === 'freshness' ? 'SL680' : 'SL650', {
    message: `the query of \`${role}\` of ${source.name} cannot be used: ${message}`,
    model: source.name,
    place: source.place,
    ...(hint === undefined ? {} : { hint }),
  })
}
