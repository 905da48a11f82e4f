import { afterAll, beforeAll, describe } from 'vitest'
import type { Adapter } from '../../core/adapter.ts'
import { catalogSuite } from './suite-catalog.ts'
import { csvSuite } from './suite-csv.ts'
import { dialectSuite } from './suite-dialect.ts'
import { errorSuite } from './suite-errors.ts'
import { ledgerSuite } from './suite-ledger.ts'
import { mergeSuite } from './suite-merge.ts'
import { rowHashSuite } from './suite-row-hash.ts'
import { sessionSuite } from './suite-sessions.ts'

/** An engine under test, on a database of its own that is empty at first. */
export interface Engine {
  readonly adapter: Adapter
  /** Opens the same database once more, as another process would where the engine allows it. */
  reopen(): Promise<Adapter>
  /** Opens an adapter on another, empty database. */
  fresh(): Promise<Adapter>
  /** A query that would run for minutes. */
  readonly endless: string
  /** Whether views hold on to the tables that they read, so that these cannot be altered or dropped under them. */
  readonly viewsPinTables: boolean
  /** Closes the adapter and removes its databases; adapters from `reopen` and `fresh` are closed by who asked for them. */
  close(): Promise<void>
}

/** How the suites reach the engine, which exists from `beforeAll` on. */
export type EngineUnderTest = () => Engine

/** What every adapter must do, asserted by doing it on the real engine. Where engines differ, a capability says so. */
export function conformance(name: string, open: () => Promise<Engine>): void {
  describe(`${name} conforms`, () => {
    let engine: Engine | undefined
    beforeAll(async () => {
      engine = await open()
    })
    afterAll(() => engine?.close())
    const current: EngineUnderTest = () => {
      if (engine === undefined) throw new Error(`${name} did not open`)
      return engine
    }
    sessionSuite(current)
    dialectSuite(current)
    mergeSuite(current)
    catalogSuite(current)
    errorSuite(current)
    csvSuite(current)
    ledgerSuite(current)
    rowHashSuite(current)
  })
}
