import type { Adapter, Column, Session } from '../adapter.ts'
import type { CompiledModel } from '../compile/compiled.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import { breachesOf, isTypeName, typesToAsk } from './breaches.ts'
import { breachDiagnostic } from './diagnostics.ts'

/**
 * Refuses to publish a model whose query does not return what its contract promises. Asks the engine, inside of the publishing transaction and
 * before anything is written, for the types that are written otherwise than it writes them.
 * @throws SluiceError SL320, SL321, SL322, SL166
 */
export async function enforceContract(
  adapter: Adapter,
  session: Session,
  model: CompiledModel,
  columns: readonly Column[],
): Promise<void> {
  const { contract } = model.config
  if (contract === undefined) return
  const { dialect } = adapter
  const types = await canonicalTypes(adapter, session, typesToAsk(contract, columns, dialect))
  const breaches = breachesOf(contract, columns, dialect, (written) => types.get(written))
  if (breaches.length === 0) return
  // A run knows the line of the model; where it stands in a file is said by `sluice validate`.
  const places = { yaml: async () => undefined, item: async () => undefined }
  const found = await Promise.all(breaches.map((breach) => breachDiagnostic(breach, model, places)))
  const [first, ...others] = found
  const message = [first!.message, ...others.map((each) => each.message)].join('; ')
  throw new SluiceError([{ ...first!, message, next: `validate --select ${model.name}` }])
}

/** What the engine calls types, by a query that is bound and not run. */
async function canonicalTypes(
  { catalog, dialect }: Adapter,
  session: Session,
  written: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const known = new Map<string, string | null>(
    written.filter((type) => !isTypeName(type)).map((type) => [type, null]),
  )
  const asked = written.filter(isTypeName)
  if (asked.length === 0) return known
  const columns = await catalog.describe(session, typesQuery(asked, dialect.quote))
  for (const [index, type] of asked.entries()) known.set(type, columns[index]!.type)
  return known
}

/** A query whose columns have these types. */
export function typesQuery(types: readonly string[], quote: (name: string) => string): string {
  return `select ${types.map((type, index) => `cast(null as ${type}) as ${quote(`t${index}`)}`).join(', ')}`
}
