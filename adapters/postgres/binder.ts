import { randomBytes } from 'node:crypto'
import type { Column, Session } from '../../core/adapter.ts'
import {
  type BindAnswer,
  type Binder,
  type BindQuery,
  STUB_SCHEMA,
  type Stub,
} from '../../core/bind/binder.ts'
import type { TargetConfig } from '../../core/config/project.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { openPostgres } from './adapter.ts'
import { serverIdentity } from './binder-identity.ts'
import type { Connection } from './connection.ts'
import { postgresDialect } from './dialect.ts'
import { endsConnection, explain, isServerError } from './explain.ts'
import { quote } from './identifiers.ts'
import { type Described, describeAll, type TypeRef } from './pipeline.ts'
import { PostgresSession } from './session.ts'

/** The state to which everything is undone between two portions: a transaction keeps a lock for each relation that it made, and the server has room
 * for some thousands. */
const EMPTY = 'sluice_empty'
/** The state with the stubs of a portion. */
const STUBS = 'sluice_stubs'
const MOST_STUBS = 1000
const MOST_QUERIES = 250

/** Nothing waits long for others, and nobody waits long for this. */
const BEGIN = `begin isolation level read committed;
set local statement_timeout = '60s';
set local lock_timeout = '5s';
set local idle_in_transaction_session_timeout = '5min';
savepoint ${EMPTY}`

/**
 * Opens a transaction on the target's server in which queries are bound over views of nothing, in schemas of its own. It is always rolled back; a connection that
 * dies rolls back too.
 *
 * @throws SluiceError SL53x if the server cannot be reached, SL376 if the role may not create a schema
 */
export async function openPostgresBinder(
  target: Extract<TargetConfig, { readonly adapter: 'postgres' }>,
): Promise<Binder> {
  const adapter = await openPostgres(target, {
    threads: 1,
    readOnly: false,
    applicationName: 'sluice bind',
  })
  let end: () => void = () => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  try {
    return await new Promise<Binder>((resolve, reject) => {
      const lent = adapter.session(async (session) => {
        if (!(session instanceof PostgresSession)) throw new Error('not a session of this adapter')
        const identity = await serverIdentity(session)
        await session.query(BEGIN)
        try {
          await refuseWithoutRights(session, adapter.label, target.name)
          resolve(
            new PostgresBinder(session.connection, identity, async () => {
              end()
              await lent
              await adapter.close()
            }),
          )
          await ended
        } finally {
          if (!session.connection.isLost) await session.connection.finish('rollback').catch(() => undefined)
        }
      })
      lent.catch(reject)
    })
  } catch (error) {
    end()
    await adapter.close()
    throw error
  }
}

async function refuseWithoutRights(session: Session, label: string, target: string): Promise<void> {
  const [row] = await session.query(
    `select has_database_privilege(current_database(), 'create') as allowed, current_user::text as role`,
  )
  if (row?.allowed === true) return
  throw SluiceError.of('SL376', {
    message: `On ${label} the role "${row?.role}" of target "${target}" may not create the schema in which models are bound`,
    hint: 'Grant it CREATE on the database: the schema is rolled back and never seen by others. Or validate without types.',
    next: 'sluice validate --no-bind',
  })
}

class PostgresBinder implements Binder {
  readonly identity: string
  private readonly connection: Connection
  private readonly release: () => Promise<void>
  private readonly typeNames = new Map<string, TypeName>()
  /** Another transaction that makes a schema of the same name would wait for the end of this one. */
  private readonly schemas = `sluice_${randomBytes(4).toString('hex')}_`
  private turn: Promise<unknown> = Promise.resolve()

  constructor(connection: Connection, identity: string, release: () => Promise<void>) {
    this.connection = connection
    this.identity = identity
    this.release = release
  }

  bind(queries: readonly BindQuery[]): Promise<readonly BindAnswer[]> {
    const own = queries.map((query) => inSchemas(query, this.schemas))
    const answers = this.turn.then(() => this.reached(own))
    this.turn = answers.catch(() => undefined)
    return answers
  }

  async close(): Promise<void> {
    await this.turn
    await this.release()
  }

  private async reached(queries: readonly BindQuery[]): Promise<readonly BindAnswer[]> {
    try {
      return await this.bindNow(queries)
    } catch (error) {
      if (!this.connection.isLost && !endsConnection(error)) throw error
      throw SluiceError.of(
        'SL375',
        { message: 'The connection to the server was lost.', hint: 'Try again in a moment.' },
        { cause: error },
      )
    }
  }

  private async bindNow(queries: readonly BindQuery[]): Promise<readonly BindAnswer[]> {
    const answers: BindAnswer[] = []
    for (const portion of portionsOf(queries)) answers.push(...(await this.overViews(portion)))
    return answers
  }

  /** Views are made many times faster than tables, and what can be bound over one can be bound over the other; but a table can do more: it has
   * system columns, and a primary key that determines its other columns. */
  private async overViews(queries: readonly BindQuery[]): Promise<readonly BindAnswer[]> {
    const answers = [...(await this.over(queries, createView))]
    const again = answers.flatMap((answer, index) => {
      const needsTable = queries[index]!.stubs.some(({ kind }) => kind === 'table')
      return answer.kind === 'failed' && needsTable ? [index] : []
    })
    if (again.length === 0) return answers
    const exact = await this.over(
      again.map((index) => queries[index]!),
      createExact,
    )
    for (const [at, index] of again.entries()) answers[index] = exact[at]!
    return answers
  }

  private async over(
    queries: readonly BindQuery[],
    create: (stub: Stub) => string,
  ): Promise<readonly BindAnswer[]> {
    const stubs = new Map(
      queries.flatMap((query) => query.stubs.map((stub) => [postgresDialect.relation(stub), stub])),
    )
    const broken = await this.makeStubs([...stubs.values()], create)
    const described = await describeAll(
      this.connection,
      queries.map(({ text }) => text),
      STUBS,
    )
    await this.connection.statements(`rollback to savepoint ${EMPTY}`)
    await this.nameTypes(described)
    return described.map((each, index) => {
      const reason = queries[index]!.stubs.map((stub) => broken.get(postgresDialect.relation(stub))).find(
        (found) => found !== undefined,
      )
      return reason === undefined ? this.answer(queries[index]!, each) : { kind: 'out_of_reach', reason }
    })
  }

  /** All at once; if one of them cannot be made, one by one. */
  private async makeStubs(
    stubs: readonly Stub[],
    create: (stub: Stub) => string,
  ): Promise<ReadonlyMap<string, string>> {
    const schemas = [...new Set(stubs.map(({ schema }) => schema))].map(
      (schema) => `create schema ${quote(schema)}`,
    )
    const broken = new Map<string, string>()
    try {
      await this.connection.statements([...schemas, ...stubs.map(create), `savepoint ${STUBS}`].join(';\n'))
      return broken
    } catch (error) {
      if (!isServerError(error) || this.connection.isLost) throw error
    }
    await this.connection.statements(
      [`rollback to savepoint ${EMPTY}`, ...schemas, `savepoint ${STUBS}`].join(';\n'),
    )
    for (const stub of stubs) {
      try {
        await this.connection.statements(`${create(stub)};\nsavepoint ${STUBS}`)
      } catch (error) {
        if (!isServerError(error) || this.connection.isLost) throw error
        broken.set(postgresDialect.relation(stub), `its input ${stub.name} cannot be made: ${error.message}`)
        await this.connection.statements(`rollback to savepoint ${STUBS}`)
      }
    }
    return broken
  }

  private answer({ parameters }: BindQuery, described: Described): BindAnswer {
    if (parameters !== undefined) {
      const found = described.ok ? described.parameters : []
      const types = Array.from({ length: parameters }, (_, index) => {
        const id = found[index]
        return id === undefined ? null : (this.typeNames.get(keyOf(parameter(id)))?.name ?? null)
      })
      return { kind: 'parameters', types }
    }
    if (!described.ok) return { kind: 'failed', error: explain(described.error) }
    const columns: Column[] = []
    for (const field of described.fields) {
      const type = this.typeNames.get(keyOf(field))!
      // Said by the server only when a relation is made of the query.
      if (type.isPseudo)
        return {
          kind: 'failed',
          error: {
            kind: 'type',
            engineCode: '42P16',
            message: `column "${field.name}" has pseudo-type ${type.name}`,
          },
        }
      if (GONE.test(type.name))
        return {
          kind: 'out_of_reach',
          reason: `its column \`${field.name}\` is a whole row of a relation, whose type nothing here can name`,
        }
      columns.push({ name: field.name, type: type.name })
    }
    return { kind: 'bound', columns }
  }

  private async nameTypes(described: readonly Described[]): Promise<void> {
    const refs = described.flatMap((each) =>
      each.ok ? [...each.fields, ...each.parameters.map(parameter)] : [],
    )
    const unknown = [...new Set(refs.map(keyOf))].filter((key) => !this.typeNames.has(key))
    if (unknown.length === 0) return
    const values = unknown.map((key) => `(${key.replace(':', ', ')})`).join(', ')
    const [result] = await this.connection.statements(
      `select id || ':' || modifier as key, format_type(id::oid, modifier) as name, t.typtype = 'p' as pseudo
from (values ${values}) as types(id, modifier) left join pg_catalog.pg_type as t on t.oid = id::oid`,
    )
    for (const row of result?.rows ?? [])
      this.typeNames.set(String(row.key), { name: String(row.name), isPseudo: row.pseudo === true })
  }
}

/** How the server spells a type that is not there: the row of a stub, or a list of them, once the stub is undone. */
const GONE = /^\?\?\?(?:\[\])?$/

function inSchemas(query: BindQuery, own: string): BindQuery {
  return {
    ...query,
    text: query.text.replaceAll(STUB_SCHEMA, own),
    stubs: query.stubs.map((stub) => ({ ...stub, schema: stub.schema.replace(STUB_SCHEMA, own) })),
  }
}

interface TypeName {
  readonly name: string
  readonly isPseudo: boolean
}

function parameter(id: number): TypeRef {
  return { dataTypeID: id, dataTypeModifier: -1 }
}

function keyOf({ dataTypeID, dataTypeModifier }: TypeRef): string {
  return `${dataTypeID}:${dataTypeModifier}`
}

/** Queries that share a set of stubs of bearable size. */
function portionsOf(queries: readonly BindQuery[]): readonly (readonly BindQuery[])[] {
  const portions: BindQuery[][] = []
  let stubs = new Set<string>()
  for (const query of queries) {
    const own = query.stubs.map((stub) => postgresDialect.relation(stub))
    const last = portions.at(-1)
    const together = new Set([...stubs, ...own])
    if (last === undefined || last.length >= MOST_QUERIES || together.size > MOST_STUBS) {
      portions.push([query])
      stubs = new Set(own)
    } else {
      last.push(query)
      stubs = together
    }
  }
  return portions
}

function createView(stub: Stub): string {
  const columns = stub.columns.map(({ name, type }) => `cast(null as ${type}) as ${quote(name)}`)
  return `create view ${postgresDialect.relation(stub)} as select ${columns.join(', ')}`
}

function createExact(stub: Stub): string {
  if (stub.kind === 'view') return createView(stub)
  const columns = stub.columns.map(({ name, type }) => `${quote(name)} ${type}`)
  const key =
    stub.key === undefined || stub.key.length === 0 ? [] : [`primary key (${stub.key.map(quote).join(', ')})`]
  return `create table ${postgresDialect.relation(stub)} (${[...columns, ...key].join(', ')})`
}
