import type { Adapter, Session } from '../adapter.ts'
import type { CompiledSource } from '../compile/compiled.ts'
import { type CapturedColumn, columnText } from '../config/captured.ts'
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'
import { dottedName } from '../sql/tokens.ts'

/** By dialect and source, as `sources.columns.yml` has them. */
export type CapturedColumns = ReadonlyMap<
  string,
  ReadonlyMap<string, { readonly columns: readonly CapturedColumn[] }>
>

export type Pulled =
  | { readonly source: string; readonly columns: readonly CapturedColumn[] }
  | { readonly source: string; readonly problem: Diagnostic }

/** What a capture changes of one source. */
export interface SourceChange {
  readonly source: string
  readonly kind: 'added' | 'changed' | 'removed'
  /** In the order of the relation, gone columns last. */
  readonly columns: readonly ColumnChange[]
}

export type ColumnChange =
  | { readonly kind: 'added' | 'removed'; readonly column: string; readonly text: string }
  | { readonly kind: 'changed'; readonly column: string; readonly before: string; readonly text: string }
  /** The columns are the same, in another order. */
  | { readonly kind: 'moved'; readonly column: string; readonly text: string }

/** Asks the database for the columns of a source. A source that does not answer is a problem of its own. */
export async function pullSource(
  adapter: Adapter,
  session: Session,
  source: CompiledSource,
): Promise<Pulled> {
  try {
    const columns = await adapter.catalog.describe(session, `select * from ${source.sql}`)
    const { notNull, key } = await declaredOf(adapter, session, source)
    return {
      source: source.name,
      columns: columns.map(
        ({ name, type }): CapturedColumn => ({
          name,
          type,
          ...(notNull.includes(name) || key.includes(name) ? { isNotNull: true } : {}),
          ...(key.includes(name) ? { isKey: true } : {}),
        }),
      ),
    }
  } catch (error) {
    const { message, hint } = adapter.explain(error)
    return {
      source: source.name,
      problem: diagnostic('SL162', {
        message: `the columns of ${source.name} cannot be read: ${message}`,
        model: source.name,
        place: source.place,
        hint: hint ?? 'Correct its relation or files, or choose a target that has it with --target.',
      }),
    }
  }
}

async function declaredOf(
  adapter: Adapter,
  session: Session,
  source: CompiledSource,
): Promise<Awaited<ReturnType<Adapter['catalog']['declared']>>> {
  const name = dottedName(source.sql, 0)
  // Files have columns and nothing else.
  if (name === undefined || source.sql.slice(name.end).trim() !== '') return { notNull: [], key: [] }
  const [table, schema, database] = [...name.parts].reverse()
  return adapter.catalog.declared(session, {
    ...(database === undefined ? {} : { database }),
    schema: schema ?? adapter.dialect.defaultSchema,
    name: table!,
  })
}

/** The captured columns with what was pulled in the place of what was there; sources that nobody declares any more are left out if all were asked. */
export function withPulled(
  captured: CapturedColumns,
  dialect: string,
  pulled: readonly Pulled[],
  declared: ReadonlySet<string> | undefined,
): CapturedColumns {
  const all = new Map([...captured].map(([name, sources]) => [name, new Map(sources)]))
  const own = all.get(dialect) ?? new Map<string, { readonly columns: readonly CapturedColumn[] }>()
  all.set(dialect, own)
  for (const each of pulled) if ('columns' in each) own.set(each.source, { columns: each.columns })
  if (declared !== undefined) {
    for (const sources of all.values())
      for (const name of sources.keys()) if (!declared.has(name)) sources.delete(name)
  }
  return all
}

/** What is different between two captures for a dialect, by source. */
export function changesOf(
  before: CapturedColumns,
  after: CapturedColumns,
  dialect: string,
): readonly SourceChange[] {
  const [old, now] = [before.get(dialect), after.get(dialect)]
  const names = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].sort()
  return names.flatMap((source): SourceChange[] => {
    const [was, is] = [old?.get(source)?.columns, now?.get(source)?.columns]
    const columns = columnChanges(was ?? [], is ?? [])
    if (was === undefined) return [{ source, kind: 'added', columns }]
    if (is === undefined) return [{ source, kind: 'removed', columns }]
    return columns.length === 0 ? [] : [{ source, kind: 'changed', columns }]
  })
}

function columnChanges(
  before: readonly CapturedColumn[],
  after: readonly CapturedColumn[],
): readonly ColumnChange[] {
  const old = new Map(before.map((column) => [column.name, columnText(column)]))
  const changes = after.flatMap((column): ColumnChange[] => {
    const [was, text] = [old.get(column.name), columnText(column)]
    if (was === text) return []
    return was === undefined
      ? [{ kind: 'added', column: column.name, text }]
      : [{ kind: 'changed', column: column.name, before: was, text }]
  })
  const names = new Set(after.map(({ name }) => name))
  for (const [column, text] of old) if (!names.has(column)) changes.push({ kind: 'removed', column, text })
  if (changes.length > 0) return changes
  return after.flatMap((column, index): ColumnChange[] =>
    before[index]?.name === column.name
      ? []
      : [{ kind: 'moved', column: column.name, text: columnText(column) }],
  )
}
