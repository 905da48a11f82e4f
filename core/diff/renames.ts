import type { Dialect } from '../adapter.ts'
import type { CompiledModel, CompiledNode, CompiledSeed } from '../compile/compiled.ts'
import type { SqlParser } from '../sql/parser.ts'
import { ownSqlOf } from './own-sql.ts'
import { nodeOf, type Side } from './side.ts'

/** Relations that go by another name now: by the new name, the old one. Models with the same SQL, seeds with the same rows; what they read may have
 * been renamed itself. Where several could be meant, none is. */
export async function renamesOf(
  before: Side,
  after: Side,
  names: { readonly removed: readonly string[]; readonly added: readonly string[] },
  engine: { readonly dialect: Dialect; readonly parser: SqlParser },
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  const gone = new Map<string, string[]>()
  const keep = (key: string, name: string) => gone.set(key, [...(gone.get(key) ?? []), name])
  for (const name of names.removed) {
    const node = nodeOf(before, name)
    if (node?.kind === 'seed') keep(seedKey(node), name)
  }
  const oldSql = await ownSqlOf(modelsOf(before, names.removed), engine.dialect, engine.parser)
  for (const [name, { meaning }] of oldSql) keep(meaning, name)
  if (gone.size === 0) return found
  const claimed = new Map<string, string[]>()
  const order = after.compiled?.graph.order ?? []
  const added = new Set(names.added)
  for (const name of order) {
    const node = added.has(name) ? nodeOf(after, name) : undefined
    if (node === undefined) continue
    const key = await keyOf(node, engine, found)
    const old = key === undefined ? [] : (gone.get(key) ?? [])
    if (old.length !== 1) continue
    claimed.set(old[0]!, [...(claimed.get(old[0]!) ?? []), name])
    found.set(name, old[0]!)
  }
  for (const rivals of claimed.values()) if (rivals.length > 1) for (const name of rivals) found.delete(name)
  return found
}

async function keyOf(
  node: CompiledNode,
  { dialect, parser }: { readonly dialect: Dialect; readonly parser: SqlParser },
  renamed: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  if (node.kind === 'seed') return seedKey(node)
  if (node.kind !== 'model') return undefined
  const sql = await ownSqlOf([node], dialect, parser, (name) => renamed.get(name) ?? name)
  return sql.get(node.name)!.meaning
}

function seedKey({ fingerprint }: CompiledSeed): string {
  return `seed ${fingerprint}`
}

function modelsOf(side: Side, names: readonly string[]): readonly CompiledModel[] {
  return names.flatMap((name) => {
    const node = nodeOf(side, name)
    return node?.kind === 'model' ? [node] : []
  })
}
