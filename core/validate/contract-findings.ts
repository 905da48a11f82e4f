import type { Column } from '../adapter.ts'
import { contentKey } from '../cache/content-cache.ts'
import type { CompiledModel } from '../compile/compiled.ts'
import type { ContractConfig } from '../config/project.ts'
import { breachesOf, isTypeName, typesToAsk } from '../contracts/breaches.ts'
import { breachDiagnostic } from '../contracts/diagnostics.ts'
import { typesQuery } from '../contracts/enforce.ts'
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'
import { itemPlace } from './item-place.ts'
import type { ValidationRequest } from './validate.ts'
import { placeOfYaml } from './yaml-place.ts'

/** Contracts of models whose bound columns break them. */
export async function contractFindings(
  request: ValidationRequest,
  models: readonly CompiledModel[],
  columnsOf: (name: string) => readonly Column[] | undefined,
): Promise<readonly Diagnostic[]> {
  const promising = models.flatMap((model) => {
    const { contract } = model.config
    const columns = columnsOf(model.name)
    return contract === undefined || columns === undefined ? [] : [{ model, contract, columns }]
  })
  if (promising.length === 0) return []
  const { dialect, project } = request
  const asked = new Set(promising.flatMap(({ contract, columns }) => typesToAsk(contract, columns, dialect)))
  const types = await canonicalTypes(request, [...asked])
  const found: Diagnostic[] = []
  for (const { model, contract, columns } of promising) {
    for (const breach of breachesOf(contract, columns, dialect, (written) => types.get(written))) {
      const places = {
        yaml: (at: Parameters<typeof placeOfYaml>[1]) => placeOfYaml(project.project.root, at),
        item: (column: string) => itemPlace(request, model, column),
      }
      found.push(await breachDiagnostic(breach, model, places))
    }
    found.push(...(await nullableFindings(request, model, contract)))
  }
  return found
}

/** Columns that may not be NULL and that the SQL shows to be NULL for some rows. */
async function nullableFindings(
  { lineage, project }: ValidationRequest,
  model: CompiledModel,
  contract: ContractConfig,
): Promise<readonly Diagnostic[]> {
  const promised = contract.columns.filter(({ nullable }) => !nullable)
  if (promised.length === 0 || lineage === undefined) return []
  const nullability = await lineage().nullability(model.name)
  const found: Diagnostic[] = []
  for (const { name, at } of promised) {
    if (nullability.get(name) !== 'maybe') continue
    const path = at.path.at(-1) === 'type' ? at.path.slice(0, -1) : at.path
    const place = await placeOfYaml(project.project.root, { file: at.file, path: [...path, 'nullable'] })
    found.push(
      diagnostic('SL323', {
        message: `${model.name} promises that \`${name}\` is never NULL, and its SQL can return NULL`,
        hint: 'Use `coalesce`, an inner join or a filter; or say why it never happens: `allow: { nullable_contract: why }`.',
        model: model.name,
        place: place ?? { file: model.path, line: 1, column: 1 },
      }),
    )
  }
  return found
}

/** What the engine calls types, one by one: an unknown one says nothing about the others. */
async function canonicalTypes(
  { binder, cache, dialect }: ValidationRequest,
  written: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const known = new Map<string, string | null>()
  const unknown: string[] = []
  // A type of one's own may mean something else tomorrow.
  const keyOf = (type: string) =>
    /^[a-z ]+(\(\d+(, ?\d+)?\))?$/i.test(type) ? contentKey(['type', dialect.name, type]) : undefined
  for (const type of written) {
    if (!isTypeName(type)) {
      known.set(type, null)
      continue
    }
    const key = keyOf(type)
    const answer = key === undefined ? undefined : (cache.get(key) as string | undefined)
    if (answer === undefined) unknown.push(type)
    else known.set(type, answer)
  }
  if (unknown.length === 0) return known
  const open = await binder?.()
  if (open === undefined) return known
  try {
    const answers = await open.bind(
      unknown.map((type) => ({ text: typesQuery([type], dialect.quote), stubs: [] })),
    )
    for (const [index, type] of unknown.entries()) {
      const answer = answers[index]!
      if (answer.kind === 'failed') known.set(type, null)
      if (answer.kind !== 'bound') continue
      const canonical = answer.columns[0]!.type
      known.set(type, canonical)
      const key = keyOf(type)
      if (key !== undefined) cache.set(key, canonical)
    }
    return known
  } finally {
    await open.close()
  }
}
