import { DuckDBInstance } from '@duckdb/node-api'
import type { Column, EngineError } from '../../core/adapter.ts'
import type { BindAnswer, Binder, BindQuery, Stub } from '../../core/bind/binder.ts'
import { sameColumns } from '../../core/bind/same-columns.ts'
import type { TargetConfig } from '../../core/config/project.ts'
import { binderIdentity, bindingSettings } from './binder-identity.ts'
import { Connection } from './connection.ts'
import { duckdbDialect } from './dialect.ts'
import { DuckdbError } from './error.ts'
import { Gate } from './gate.ts'
import { applySettings } from './settings.ts'

/** Statements of the native module occupy a thread of libuv's pool each, of which two must stay free for files. */
const LANES = 2

/** Nothing that a query names can be reached: no file, no address, no extension. The order counts: what is locked cannot be opened again. */
const CLOSED = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  enable_external_access: 'false',
  // Constants are folded while a query is bound: one that would fill the memory of the machine is an error instead.
  memory_limit: '1GB',
  threads: '1',
} as const

/** Opens an engine in memory that can bind and nothing else. */
export async function openDuckdbBinder(target: TargetConfig): Promise<Binder> {
  if (target.adapter !== 'duckdb') throw new Error(`not a DuckDB target: ${target.adapter}`)
  const instance = await DuckDBInstance.create(':memory:', CLOSED)
  try {
    const perConnection = await applySettings(instance, bindingSettings(target), target.name)
    const lanes = await Promise.all(
      Array.from({ length: LANES }, async () => {
        const connection = new Connection(await instance.connect(), [new Gate(1)])
        for (const sql of perConnection) await connection.query(sql)
        // What would be optimized is never run.
        await connection.query('pragma disable_optimizer')
        return connection
      }),
    )
    await lanes[0]!.query('set global lock_configuration = true')
    const [row] = await lanes[0]!.query('select version() as version')
    const identity = binderIdentity(target) ?? binderIdentity(target, String(row?.version))!
    return new DuckdbBinder(instance, lanes, identity)
  } catch (error) {
    instance.closeSync()
    throw error
  }
}

class DuckdbBinder implements Binder {
  readonly identity: string
  private readonly instance: DuckDBInstance
  private readonly lanes: readonly Connection[]
  private readonly schemas = new Set<string>()
  /** What stands under each name. */
  private readonly made = new Map<string, readonly Column[]>()
  private turn: Promise<unknown> = Promise.resolve()

  constructor(instance: DuckDBInstance, lanes: readonly Connection[], identity: string) {
    this.instance = instance
    this.lanes = lanes
    this.identity = identity
  }

  bind(queries: readonly BindQuery[]): Promise<readonly BindAnswer[]> {
    const answers = this.turn.then(() => this.bindNow(queries))
    this.turn = answers.catch(() => undefined)
    return answers
  }

  async close(): Promise<void> {
    await this.turn
    for (const lane of this.lanes) lane.close()
    this.instance.closeSync()
  }

  private async bindNow(queries: readonly BindQuery[]): Promise<readonly BindAnswer[]> {
    const broken = await this.makeStubs(queries)
    const answers: BindAnswer[] = []
    let next = 0
    await Promise.all(
      this.lanes.map(async (lane) => {
        for (let index = next++; index < queries.length; index = next++) {
          const query = queries[index]!
          const reason = query.stubs
            .map((stub) => broken.get(duckdbDialect.relation(stub)))
            .find((each) => each !== undefined)
          answers[index] = reason === undefined ? await answer(lane, query) : { kind: 'out_of_reach', reason }
        }
      }),
    )
    return answers
  }

  /** Makes what is not there yet; says which of them could not be made and why. */
  private async makeStubs(queries: readonly BindQuery[]): Promise<ReadonlyMap<string, string>> {
    const wanted = new Map<string, Stub>()
    for (const stub of queries.flatMap(({ stubs }) => stubs)) {
      const name = duckdbDialect.relation(stub)
      const standing = this.made.get(name)
      if (standing === undefined || !sameColumns(standing, stub.columns)) wanted.set(name, stub)
    }
    const broken = new Map<string, string>()
    const stubs = [...wanted.values()]
    for (let from = 0; from < stubs.length; from += AT_ONCE)
      await this.make(stubs.slice(from, from + AT_ONCE), broken)
    return broken
  }

  private async make(stubs: readonly Stub[], broken: Map<string, string>): Promise<void> {
    try {
      const statements = stubs.flatMap((stub) => this.statementsOf(stub))
      await this.lanes[0]!.query(['begin transaction', ...statements, 'commit'].join(';\n'))
      for (const stub of stubs) {
        this.schemas.add(stub.schema)
        this.made.set(duckdbDialect.relation(stub), stub.columns)
      }
    } catch (error) {
      if (!(error instanceof DuckdbError)) throw error
      await this.lanes[0]!.query('rollback').catch(() => undefined)
      // One of them is to blame: the others are made without it.
      if (stubs.length === 1)
        broken.set(
          duckdbDialect.relation(stubs[0]!),
          `its input ${stubs[0]!.name} cannot be made: ${error.message}`,
        )
      else for (const stub of stubs) await this.make([stub], broken)
    }
  }

  private statementsOf(stub: Stub): readonly string[] {
    const name = duckdbDialect.relation(stub)
    return [
      ...(this.schemas.has(stub.schema) ? [] : [duckdbDialect.createSchema(stub.schema)]),
      ...(this.made.has(name) ? [`drop table ${name}`] : []),
      duckdbDialect.createTable(stub, stub.columns),
    ]
  }
}

/** Tables that are made in one go. */
const AT_ONCE = 500

async function answer(lane: Connection, { text, parameters }: BindQuery): Promise<BindAnswer> {
  try {
    if (parameters === undefined) return { kind: 'bound', columns: await lane.columns(text) }
    const types = await lane.parameterTypes(text, parameters)
    return { kind: 'parameters', types: types.map((type) => type ?? null) }
  } catch (error) {
    if (!(error instanceof DuckdbError)) throw error
    return refused(error.details)
  }
}

function refused(error: EngineError): BindAnswer {
  const extension = /but it exists in the (\w+) extension/.exec(error.message)?.[1]
  if (extension !== undefined) {
    return { kind: 'out_of_reach', reason: `it needs the extension ${extension}, which is not loaded here` }
  }
  if (/disabled by configuration|external access/i.test(error.message)) {
    return { kind: 'out_of_reach', reason: 'it reads a file or an address, which is not looked at here' }
  }
  if (/^Cannot prepare multiple statements/.test(error.message)) {
    return {
      kind: 'out_of_reach',
      reason: 'its columns depend on the data (a PIVOT without a list of values)',
    }
  }
  const missing = /^(?:\w+ )*Function with name "?([^"]+?)"? does not exist/.exec(error.message)?.[1]
  if (missing !== undefined) {
    const own = `If \`${missing}\` is a macro of the database, name it below \`allow: { functions: […] }\` in sluice.yml.`
    return { kind: 'failed', error: withHint(error, own), missing }
  }
  if (/^Type with name \S+ does not exist/.test(error.message)) {
    const own =
      "Types that somebody created in the database are not known here: write them out, as in `enum ('a', 'b')`."
    return { kind: 'failed', error: withHint(error, own) }
  }
  return { kind: 'failed', error }
}

function withHint(error: EngineError, hint: string): EngineError {
  const before =
    error.hint === undefined ? '' : `${error.hint.charAt(0).toUpperCase()}${error.hint.slice(1)} `
  return { ...error, hint: `${before}${hint}` }
}
