import type { Dialect } from '../adapter.ts'
import type { CompiledModel } from '../compile/compiled.ts'
import type { SqlParser } from '../sql/parser.ts'
import { type ComparedText, compareQueries, type QueryDifference } from './compare-queries.ts'
import { withNamesOf } from './local-names.ts'
import { parsableSql } from './logical-sql.ts'
import { tokenized } from './select-lists.ts'

/** A model's own SQL, whatever the views that it reads are. */
export interface OwnSql {
  /** Equal for two models exactly if their SQL means the same. */
  readonly meaning: string
  /** Undefined where the grammar gives no tree. */
  readonly text?: ComparedText
}

/** The SQL of models, each understood by itself.
 * @param nameOf what a relation is to be called; two texts are compared as if it had that name */
export async function ownSqlOf(
  models: readonly CompiledModel[],
  dialect: Dialect,
  parser: SqlParser,
  nameOf?: (relation: string) => string,
): Promise<ReadonlyMap<string, OwnSql>> {
  const texts = models.map((model) => parsableSql(model.sql, dialect, nameOf))
  const results = await parser.parse(texts, new Set(texts.keys()))
  return new Map(
    models.map((model, at) => {
      const text = texts[at]!
      const result = results[at]!
      // What was compiled can be read; only if names are put in that no engine takes, texts are compared as they stand.
      if (!result.ok) return [model.name, { meaning: text }]
      const { relational, normalized } = result.query
      // Where the template's logic looks at the partition, the text is one of many.
      const meaning = JSON.stringify([
        normalized,
        symbolsOf(model),
        model.sql.symbolsDecide && model.fingerprint,
      ])
      return [
        model.name,
        { meaning, ...(relational === undefined ? {} : { text: { relational, source: tokenized(text) } }) },
      ]
    }),
  )
}

function symbolsOf({ sql }: CompiledModel): readonly string[] {
  return sql.parts.flatMap((part) => ('symbol' in part ? [part.symbol] : []))
}

/** The SQL of `before` with CTEs and aliases called as in `after`, by the same keys: other names for them mean nothing. */
export async function namedAlike(
  before: ReadonlyMap<string, OwnSql>,
  pairs: readonly { readonly name: string; readonly after: OwnSql | undefined }[],
  parser: SqlParser,
): Promise<ReadonlyMap<string, OwnSql>> {
  const found = new Map(before)
  const renamed = pairs.flatMap(({ name, after }) => {
    const old = before.get(name)
    if (old?.text === undefined || after?.text === undefined || old.meaning === after.meaning) return []
    const text = withNamesOf(old.text, after.text)
    return text === undefined ? [] : [{ name, old, text }]
  })
  const results = await parser.parse(
    renamed.map(({ text }) => text),
    new Set(renamed.keys()),
  )
  for (const [at, { name, old, text }] of renamed.entries()) {
    const result = results[at]!
    const relational = result.ok ? result.query.relational : undefined
    if (relational !== undefined) found.set(name, { ...old, text: { relational, source: tokenized(text) } })
  }
  return found
}

/** How the SQL of two models differs; undefined if it does not. */
export function differenceOf(before: OwnSql, after: OwnSql): QueryDifference | undefined {
  if (before.meaning === after.meaning) return undefined
  if (before.text === undefined || after.text === undefined)
    return { rows: new Set(['unclear']), columns: new Set(), renamed: new Map() }
  const found = compareQueries(before.text, after.text)
  return found
}
