import type { AdapterFactory, Capabilities } from '../../core/adapter.ts'
import type { SqlParser } from '../../core/sql/parser.ts'
import { binderIdentity } from './binder-identity.ts'
import { csvTypes } from './csv-types.ts'
import { duckdbDialect } from './dialect.ts'

const capabilities: Capabilities = {
  transactional: true,
  // Only one process can open the file, so a lease that another process left is nobody's.
  sharedServer: false,
  rowLocks: false,
  grants: false,
  // Scans skip row groups by their minima and maxima; an index costs more at each write than it saves.
  needsIndexes: false,
  defaultThreads: 2,
  readsFiles: true,
}

/** The embedded engine. The native module is loaded by `open` and by the parser's first text, not by importing this. */
export const duckdb: AdapterFactory = {
  name: 'duckdb',
  dialectName: 'duckdb',
  dialect: duckdbDialect,
  capabilities,
  parser: lazyParser,
  async open(target, options) {
    const { openDuckdb } = await import('./open.ts')
    return openDuckdb(target, options, capabilities)
  },
  binder: {
    csvTypes,
    identity: async (target) => binderIdentity(target),
    open: async (target) => (await import('./binder.ts')).openDuckdbBinder(target),
  },
  async ownedFile(target) {
    if (target.adapter !== 'duckdb' || target.path === ':memory:') return undefined
    const { realPath } = await import('./path.ts')
    // What is wrong with the path is said by opening it.
    return realPath(target.path, false).catch(() => undefined)
  },
}

function lazyParser(): SqlParser {
  let parser: Promise<SqlParser> | undefined
  const load = (): Promise<SqlParser> => {
    parser ??= import('./parser.ts').then((module) => module.createDuckdbParser())
    return parser
  }
  return {
    dialect: 'duckdb',
    async parse(texts, relational) {
      return (await load()).parse(texts, relational)
    },
    async close() {
      await (await parser)?.close()
    },
  }
}
