import type {
  Adapter,
  AdapterFactory,
  Capabilities,
  Catalog,
  Dialect,
  EngineError,
  Param,
  RelationName,
  Row,
  Session,
} from '../../core/adapter.ts'
import { type NumberColumns, type NumberKind, readNumbers } from '../../core/columns.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { CatalogQuestion, OwnerInfo, OwnerRequest } from '../../core/owner/protocol.ts'
import { type OwnerConnection, OwnerGone, OwnerRefused } from './connection.ts'
import { ownedError } from './errors.ts'

/** How the database is reached: through its owner, or, once that has ended, by this process itself. */
export type Reached =
  | { readonly kind: 'owner'; readonly connection: OwnerConnection }
  | { readonly kind: 'self'; readonly adapter: Adapter }

/**
 * A database that another process owns, to be read: every question is asked of the owner. When the owner ends meanwhile, the rest is asked
 * of the next one or of the database itself, from the question that was not answered on: none of them changes anything.
 */
export class RemoteAdapter implements Adapter {
  readonly capabilities: Capabilities
  readonly dialect: Dialect
  readonly catalog: Catalog
  readonly label: string
  private readonly owner: OwnerInfo
  private readonly reach: () => Promise<Reached>
  private own: Promise<Adapter> | undefined

  /** @param reach connects anew */
  constructor(factory: AdapterFactory, owner: OwnerInfo, reach: () => Promise<Reached>) {
    this.capabilities = factory.capabilities
    this.dialect = factory.dialect
    this.catalog = remoteCatalog
    this.label = owner.label
    this.owner = owner
    this.reach = reach
  }

  async session<T>(work: (session: Session) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const session = new RemoteSession(() => this.reached(), this.owner, signal)
    try {
      return await work(session)
    } finally {
      session.close()
    }
  }

  transaction(): Promise<never> {
    return Promise.reject(ownedError(this.owner))
  }

  migrate(): Promise<never> {
    return Promise.reject(ownedError(this.owner))
  }

  loadCsv(): Promise<never> {
    return Promise.reject(ownedError(this.owner))
  }

  ledgerVersion(): Promise<number> {
    return this.session(async (session) => {
      const columns = await this.catalog.columns(session, { schema: 'sluice', name: 'migrations' })
      if (columns === undefined) return 0
      const [row] = await session.query('select max(version) as version from sluice.migrations')
      return Number(row?.version ?? 0)
    })
  }

  classify(): 'permanent' {
    return 'permanent'
  }

  explain(error: unknown): EngineError {
    if (error instanceof OwnerRefused && error.failure.kind === 'engine') return error.failure.error
    if (error instanceof SluiceError) {
      const [first] = error.diagnostics
      const hint = first?.hint
      return {
        message: first?.message ?? error.message,
        kind: 'other',
        ...(hint === undefined ? {} : { hint }),
      }
    }
    if (error instanceof Error && error.name === 'AbortError') {
      return { message: 'The statement was cancelled.', kind: 'canceled' }
    }
    return { message: error instanceof Error ? error.message : String(error), kind: 'other' }
  }

  async close(): Promise<void> {
    const own = await this.own?.catch(() => undefined)
    await own?.close()
  }

  /** Once this process has the database, it keeps it. */
  private async reached(): Promise<Reached> {
    if (this.own !== undefined) return { kind: 'self', adapter: await this.own }
    const reached = await this.reach()
    if (reached.kind === 'owner') return reached
    if (this.own !== undefined) {
      await reached.adapter.close()
      return { kind: 'self', adapter: await this.own }
    }
    this.own = Promise.resolve(reached.adapter)
    return reached
  }
}

/** Owners that may end one after the other while one question is asked. */
const TRIES = 5

class RemoteSession implements Session {
  private readonly reach: () => Promise<Reached>
  private readonly owner: OwnerInfo
  private readonly signal: AbortSignal | undefined
  private reached: Promise<Reached> | undefined

  constructor(reach: () => Promise<Reached>, owner: OwnerInfo, signal: AbortSignal | undefined) {
    this.reach = reach
    this.owner = owner
    this.signal = signal
  }

  query(sql: string, params: readonly Param[] = []): Promise<readonly Row[]> {
    return this.either(
      (connection) => connection.query(sql, params, this.signal),
      (adapter) => adapter.session((session) => session.query(sql, params), this.signal),
    )
  }

  execute(): Promise<never> {
    return Promise.reject(ownedError(this.owner))
  }

  readNumbers(sql: string, kinds: readonly NumberKind[]): Promise<NumberColumns> {
    return this.either(
      (connection) => connection.readNumbers(sql, kinds, this.signal),
      (adapter) => adapter.session((session) => readNumbers(session, sql, kinds), this.signal),
    )
  }

  /** Asks the owner, or the database itself. */
  ask<T>(request: OwnerRequest, self: (adapter: Adapter) => Promise<T>): Promise<T> {
    return this.either(async (connection) => (await connection.ask(request, {}, this.signal)) as T, self)
  }

  /** Asks the owner a question to the catalogue, or the database itself. */
  askCatalog<T>(
    question: CatalogQuestion,
    relation: RelationName,
    self: (catalog: Catalog, session: Session) => Promise<T>,
  ): Promise<T> {
    return this.ask<T>({ op: 'catalog', question, relation }, (adapter) =>
      adapter.session((session) => self(adapter.catalog, session), this.signal),
    )
  }

  close(): void {
    void this.reached?.then(
      (reached) => reached.kind === 'owner' && reached.connection.close(),
      () => undefined,
    )
  }

  /** Questions of one session wait for each other: the owner answers one at a time. */
  private turn: Promise<unknown> = Promise.resolve()

  private either<T>(
    remote: (connection: OwnerConnection) => Promise<T>,
    self: (adapter: Adapter) => Promise<T>,
  ): Promise<T> {
    const answer = this.turn.then(() => this.inTurn(remote, self))
    this.turn = answer.catch(() => undefined)
    return answer
  }

  private async inTurn<T>(
    remote: (connection: OwnerConnection) => Promise<T>,
    self: (adapter: Adapter) => Promise<T>,
  ): Promise<T> {
    for (let tries = 1; ; tries++) {
      this.signal?.throwIfAborted()
      this.reached ??= this.reach()
      const reached = await this.reached
      if (reached.kind === 'self') return self(reached.adapter)
      try {
        return await remote(reached.connection)
      } catch (error) {
        if (error instanceof OwnerRefused) throw understood(error)
        if (!(error instanceof OwnerGone) || tries === TRIES) throw error
        this.reached = undefined
      }
    }
  }
}

function understood(error: OwnerRefused): Error {
  return error.failure.kind === 'diagnostics' ? new SluiceError(error.failure.diagnostics) : error
}

/** An answer of null says that there is no such relation. */
const remoteCatalog: Catalog = {
  kind: async (session, relation) =>
    (await ownSession(session).askCatalog('kind', relation, (catalog, own) => catalog.kind(own, relation))) ??
    undefined,
  columns: async (session, relation) =>
    (await ownSession(session).askCatalog('columns', relation, (catalog, own) =>
      catalog.columns(own, relation),
    )) ?? undefined,
  describe: (session, select) =>
    ownSession(session).ask({ op: 'describe', select }, (adapter) =>
      adapter.session((own) => adapter.catalog.describe(own, select)),
    ),
  // Nothing is published through an owner, and only publishing asks.
  parameterTypes: async (_session, _select, count) => Array.from({ length: count }, () => undefined),
  declared: (session, relation) =>
    ownSession(session).askCatalog('declared', relation, (catalog, own) => catalog.declared(own, relation)),
  indexes: (session, relation) =>
    ownSession(session).askCatalog('indexes', relation, (catalog, own) => catalog.indexes(own, relation)),
  dependents: (session, relation) =>
    ownSession(session).askCatalog('dependents', relation, (catalog, own) =>
      catalog.dependents(own, relation),
    ),
  preserve: (session, relation) =>
    ownSession(session).askCatalog('preserve', relation, (catalog, own) => catalog.preserve(own, relation)),
  grants: (session, relation) =>
    ownSession(session).askCatalog('grants', relation, (catalog, own) => catalog.grants(own, relation)),
}

function ownSession(session: Session): RemoteSession {
  if (!(session instanceof RemoteSession)) throw new Error('not a session of this adapter')
  return session
}
