import type { Column } from '../adapter.ts'
import { contentKey } from '../cache/content-cache.ts'
import type { CompiledSeed } from '../compile/compiled.ts'
import { type Diagnostic, diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import type { Binding } from './bind-project.ts'

export interface SeedColumns {
  readonly seed: CompiledSeed
  /** Types as they were inferred or written. */
  readonly columns: readonly Column[]
}

/** The columns of seeds, by the rule by which they are loaded. A seed that cannot be read is unknown, and said to be so. */
export async function columnsOfSeeds(
  binding: Binding,
  seeds: readonly CompiledSeed[],
): Promise<readonly SeedColumns[]> {
  const found: SeedColumns[] = []
  for (const seed of seeds) {
    try {
      found.push({ seed, columns: await columnsOf(binding, seed) })
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error
      binding.problems.push(...error.diagnostics.map((each) => ofSeed(seed, each)))
      binding.relations.set(seed.name, { kind: 'unknown', reason: `${seed.name} cannot be read` })
    }
  }
  return found
}

/** Who reads a CSV file knows only where it is on this machine. */
function ofSeed(seed: CompiledSeed, found: Diagnostic): Diagnostic {
  const { place } = found
  const plain = (text: string) => text.replaceAll(seed.file, seed.path)
  return {
    model: seed.name,
    ...found,
    message: plain(found.message),
    ...(place?.file === seed.file ? { place: { ...place, file: seed.path } } : {}),
  }
}

async function columnsOf({ request }: Binding, seed: CompiledSeed): Promise<readonly Column[]> {
  const { cache, csvTypes, dialect } = request
  // The fingerprint holds the content's hash, the delimiter and the declared types.
  const key = contentKey(['seed', seed.fingerprint, csvTypes])
  const known = cache?.get(key)
  if (isColumns(known)) return known
  const { inferCsvFile, typedColumns } = await import('../csv/infer-file.ts')
  const file = { path: seed.file, delimiter: seed.delimiter, types: seed.types }
  const columns = typedColumns(await inferCsvFile(file), file, csvTypes, (name) => dialect.fold(name, true))
  cache?.set(key, columns)
  return columns
}

function isColumns(value: unknown): value is readonly Column[] {
  return (
    Array.isArray(value) &&
    value.every((each) => typeof each?.name === 'string' && typeof each.type === 'string')
  )
}

export function unknownSeedType(
  seed: CompiledSeed,
  column: string,
  type: string,
  { message, hint }: { readonly message: string; readonly hint?: string },
): Diagnostic {
  return diagnostic('SL372', {
    message: `the type \`${type}\` of ${seed.name}.${column} is not known: ${message}`,
    model: seed.name,
    place: { file: seed.path, line: 1, column: 1 },
    ...(hint === undefined ? {} : { hint }),
  })
}
