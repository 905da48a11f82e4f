import type { Submittable, Connection as WireConnection } from 'pg'
import type { Column } from '../../core/adapter.ts'
import type { Connection } from './connection.ts'

interface Field {
  readonly name: string
  readonly dataTypeID: number
  readonly dataTypeModifier: number
}

/** Sends Parse and Describe without Bind and Execute: the server binds the statement and tells its columns. */
class Description implements Submittable {
  private fields: readonly Field[] = []
  private readonly sql: string
  private readonly resolve: (fields: readonly Field[]) => void
  private readonly reject: (error: Error) => void

  constructor(sql: string, resolve: (fields: readonly Field[]) => void, reject: (error: Error) => void) {
    this.sql = sql
    this.resolve = resolve
    this.reject = reject
  }

  submit(connection: WireConnection): void {
    connection.parse({ name: '', text: this.sql, types: [] }, true)
    connection.describe({ type: 'S', name: '' }, true)
    connection.sync()
  }

  handleRowDescription(message: { readonly fields: readonly Field[] }): void {
    this.fields = message.fields
  }

  handleReadyForQuery(): void {
    this.resolve(this.fields)
  }

  handleError(error: Error): void {
    this.reject(error)
  }
}

/** The output columns of a query, bound but not run; `typeNames` remembers names of types between calls. */
export async function describeQuery(
  connection: Connection,
  sql: string,
  typeNames: Map<string, string>,
): Promise<readonly Column[]> {
  const fields = await connection.run(
    sql,
    () =>
      new Promise<readonly Field[]>((resolve, reject) => {
        connection.client.query(new Description(sql, resolve, reject))
      }),
  )
  await nameTypes(connection, fields, typeNames)
  return fields.map((field) => ({ name: field.name, type: typeNames.get(typeKey(field)) ?? 'text' }))
}

function typeKey(field: Field): string {
  return `${field.dataTypeID}:${field.dataTypeModifier}`
}

async function nameTypes(
  connection: Connection,
  fields: readonly Field[],
  typeNames: Map<string, string>,
): Promise<void> {
  const unknown = [...new Set(fields.map(typeKey))].filter((key) => !typeNames.has(key))
  if (unknown.length === 0) return
  const values = unknown.map((key) => `(${key.replace(':', ', ')})`).join(', ')
  const [result] = await connection.statements(
    `select id || ':' || modifier as key, format_type(id::oid, modifier) as name from (values ${values}) as types(id, modifier)`,
  )
  for (const row of result?.rows ?? []) typeNames.set(String(row.key), String(row.name))
}
