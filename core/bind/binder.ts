import type { Column, EngineError } from '../adapter.ts'
import type { TargetConfig } from '../config/project.ts'
import type { CsvType } from '../csv/infer.ts'

/** How the schemas of stubs begin. A server that several processes bind on at once puts other characters, as many, in the place of the zeros. */
export const STUB_SCHEMA = 'sluice_00000000_'

/** An empty relation that a query is bound over. */
export interface Stub {
  readonly schema: string
  /** Columns that do not say their relation in full may be qualified by it. */
  readonly name: string
  readonly kind: 'table' | 'view'
  readonly columns: readonly Column[]
  /** Columns of its primary key, by which the others are determined. */
  readonly key?: readonly string[]
}

/** A query to bind, in the names of its stubs. */
export interface BindQuery {
  readonly text: string
  readonly stubs: readonly Stub[]
  /** How many parameters (`$1`, …) it has, whose types are asked for instead of its columns. */
  readonly parameters?: number
}

export type BindAnswer =
  | { readonly kind: 'bound'; readonly columns: readonly Column[] }
  /** What each parameter is taken for, where the engine says so; nothing of a query that cannot be bound. */
  | { readonly kind: 'parameters'; readonly types: readonly (string | null)[] }
  /** The offset is one of the query's text. `missing`: the function that is not there, where the target's database may have one of its own. */
  | { readonly kind: 'failed'; readonly error: EngineError; readonly missing?: string }
  /** The engine would need something that it does not get here: a file, an extension. Nothing is wrong with the query. */
  | { readonly kind: 'out_of_reach'; readonly reason: string }

/** An engine that only binds: over empty relations, with nothing of it lasting, and no way to files or other databases. */
export interface Binder {
  /** What decides the answers besides the queries: version, settings, functions of a server. */
  readonly identity: string
  /** Answers in the order of the queries. Stubs of one place are the same in all calls. */
  bind(queries: readonly BindQuery[]): Promise<readonly BindAnswer[]>
  close(): Promise<void>
}

/** How an engine binds. */
export interface BinderFactory {
  /** What the engine makes of the values of a CSV file. */
  readonly csvTypes: Readonly<Record<CsvType, string>>
  /** `Binder.identity`, where it is known without asking a server. */
  identity?(target: TargetConfig): Promise<string | undefined>
  /** @throws SluiceError that says why the engine cannot be asked */
  open(target: TargetConfig): Promise<Binder>
}
