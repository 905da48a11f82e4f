import type { Adapter, RelationName, Row, Session } from '../../core/adapter.ts'

let count = 0

/** A schema that no other test uses. */
export async function newSchema(adapter: Adapter): Promise<string> {
  count += 1
  const schema = `space_${count}`
  await adapter.session((session) => session.execute(adapter.dialect.createSchema(schema)))
  return schema
}

/** A table with these rows, given as SQL: `(1, 'a'), (2, 'b')`. */
export async function newTable(
  adapter: Adapter,
  relation: RelationName,
  columns: readonly (readonly [name: string, type: string])[],
  values?: string,
): Promise<string> {
  const name = adapter.dialect.relation(relation)
  await adapter.session(async (session) => {
    await session.execute(
      adapter.dialect.createTable(
        relation,
        columns.map(([column, type]) => ({ name: column, type })),
      ),
    )
    if (values !== undefined) await session.execute(`insert into ${name} values ${values}`)
  })
  return name
}

/** Rows of a query in a session of its own. */
export function rowsOf(adapter: Adapter, sql: string): Promise<readonly Row[]> {
  return adapter.session((session) => session.query(sql))
}

/** The first row of a query. */
export async function rowOf(session: Session, sql: string): Promise<Row> {
  const [row] = await session.query(sql)
  if (row === undefined) throw new Error(`no row: ${sql}`)
  return row
}

/** What the work throws. */
export async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => {
      throw new Error('expected an error')
    },
    (error: unknown) => error,
  )
}
