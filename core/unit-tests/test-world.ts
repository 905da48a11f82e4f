import type { Adapter } from '../adapter.ts'
import type { BoundProject } from '../bind/bound.ts'
import type { CompiledProject } from '../compile/compiled.ts'
import type { CsvType } from '../csv/infer.ts'
import type { SqlTexts } from '../run/attempt.ts'
import type { SqlParser } from '../sql/parser.ts'

/** What unit tests of one project and one set of variables run in. */
export interface TestWorld {
  readonly project: CompiledProject
  readonly texts: SqlTexts
  /** A database of which nothing is kept: all happens in transactions that are rolled back. */
  readonly adapter: Adapter
  readonly relations: BoundProject['relations']
  /** What the engine makes of values that have no type yet. */
  readonly csvTypes: Readonly<Record<CsvType, string>>
  readonly parser: SqlParser
  /** How schemas of this process begin, instead of those that all processes share. */
  readonly schemaPrefix: string
}
