import type { CompiledSource } from '../compile/compiled.ts'
import { type Diagnostic, diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import { type BoundSource, boundSource, sourceColumn } from '../sources/bind-source.ts'
import { queryText } from '../sources/queries.ts'
import { partitionAt } from '../time/layout.ts'
import type { Binding } from './bind-project.ts'
import type { BindQuery, Stub } from './binder.ts'
import { saidOf } from './problem.ts'

interface Asked {
  readonly source: CompiledSource
  readonly role: 'observe' | 'ready'
  readonly query: BindQuery
}

/** Binds what is asked of sources: their partition column, the columns and queries of `observe` and `ready`. */
export async function bindSourceQueries(binding: Binding): Promise<void> {
  const asked: Asked[] = []
  for (const name of binding.wanted) {
    const node = binding.node(name)
    const relation = binding.relations.get(name)
    if (node?.kind !== 'source' || relation?.kind !== 'bound') continue
    const bound = attempt(binding, () => boundSource(binding.request, node, relation.columns))
    if (bound !== undefined) asked.push(...queriesOf(binding, node, bound))
  }
  const answers = await binding.asker.ask(asked.map(({ query }) => query))
  for (const [index, each] of asked.entries()) {
    const answer = answers[index]!
    if (answer.kind === 'failed') binding.problems.push(refused(each, saidOf(answer.error, each.query.stubs)))
  }
}

function queriesOf(binding: Binding, source: CompiledSource, bound: BoundSource): readonly Asked[] {
  const { dialect } = binding.request
  const asked: Asked[] = []
  for (const role of ['observe', 'ready'] as const) {
    const watched = source[role]
    if (watched?.kind === 'column') {
      const what = role === 'ready' ? 'the column of `ready`' : 'the observed column'
      attempt(binding, () => sourceColumn(binding.request, source, bound.columns, watched.column, what))
    }
    if (watched?.kind !== 'query') continue
    const read = watched.sql.parts.flatMap((part) =>
      'text' in part && part.relation !== undefined ? [part.relation] : [],
    )
    const stubs: readonly Stub[] | string = binding.stubsOf([...new Set(read)].sort())
    if (typeof stubs === 'string') continue
    const partition =
      source.layout === undefined ? undefined : partitionAt(source.layout, source.layout.start)
    const text = queryText(dialect, watched.sql, bound, partition, binding.textOf)
    asked.push({ source, role, query: { text, stubs } })
  }
  return asked
}

function attempt<T>(binding: Binding, work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    binding.problems.push(...error.diagnostics)
    return undefined
  }
}

function refused({ source, role }: Asked, { message, hint }: ReturnType<typeof saidOf>): Diagnostic {
  return diagnostic('SL650', {
    message: `the query of \`${role}\` of ${source.name} cannot be used: ${message}`,
    model: source.name,
    place: source.place,
    ...(hint === undefined ? {} : { hint }),
  })
}
