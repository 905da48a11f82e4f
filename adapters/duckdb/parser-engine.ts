import type { DuckDBConnection, DuckDBInstance, DuckDBPreparedStatement } from '@duckdb/node-api'

/** The tree of one text as JSON, and a digest of it that leaves positions out. */
export interface Serialized {
  readonly json: string
  readonly digest: string
}

/** Empty lists say nothing in the tree, but for one: a grouping set without columns. Texts that may have such are serialized with them. */
const MAY_HAVE_EMPTY_SET = `'(?i)\\b(grouping|rollup|cube)\\b|[^A-Za-z0-9_"]\\(\\s*\\)'`

/** Inside a JSON string every quote is preceded by a backslash, so `{"` and `,"` can only begin a key, never stand in a constant. */
const SERIALIZE = `
select json, sha256(regexp_replace(json, '([{,])"query_location":[0-9]+', '\\1', 'g'))
from (
  select case when regexp_matches(text, ${MAY_HAVE_EMPTY_SET})
    then json_serialize_sql(text, skip_null := true, skip_empty := false, skip_default := true)
    else json_serialize_sql(text, skip_null := true, skip_empty := true, skip_default := true) end as json
  from (select unnest($1::varchar[]) as text)
)`

/** An in-memory DuckDB that only parses: no files, no extensions, no data. Connections are opened as they are needed. */
export class ParsingEngine {
  #instance: Promise<DuckDBInstance> | undefined
  readonly #idle: Lane[] = []

  /** Serializes all texts in one statement on one thread of DuckDB's. Throws the engine's error if one text makes it fail. */
  async serialize(texts: readonly string[]): Promise<readonly Serialized[]> {
    const lane = this.#idle.pop() ?? (await this.#open())
    try {
      return await lane.serialize(texts)
    } finally {
      this.#idle.push(lane)
    }
  }

  /** Must not be called while texts are being serialized. */
  async close(): Promise<void> {
    for (const lane of this.#idle.splice(0)) lane.close()
    const instance = await this.#instance
    this.#instance = undefined
    instance?.closeSync()
  }

  async #open(): Promise<Lane> {
    const api = await import('@duckdb/node-api')
    this.#instance ??= api.DuckDBInstance.create(':memory:', {
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      enable_external_access: 'false',
    })
    const connection = await (await this.#instance).connect()
    const statement = await connection.prepare(SERIALIZE)
    return new Lane(connection, statement, (texts) => {
      statement.bind([api.listValue([...texts])], [api.LIST(api.VARCHAR)])
    })
  }
}

/** One connection with its prepared statement: one batch at a time. */
class Lane {
  readonly #connection: DuckDBConnection
  readonly #statement: DuckDBPreparedStatement
  readonly #bind: (texts: readonly string[]) => void

  constructor(
    connection: DuckDBConnection,
    statement: DuckDBPreparedStatement,
    bind: (texts: readonly string[]) => void,
  ) {
    this.#connection = connection
    this.#statement = statement
    this.#bind = bind
  }

  async serialize(texts: readonly string[]): Promise<readonly Serialized[]> {
    this.#bind(texts)
    const result = await this.#statement.run()
    const [json, digests] = await result.getColumns()
    return texts.map((_, index) => ({ json: String(json![index]), digest: String(digests![index]) }))
  }

  close(): void {
    this.#statement.destroySync()
    this.#connection.closeSync()
  }
}
