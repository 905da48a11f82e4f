import type { CompiledNode } from '../compile/compiled.ts'
import type { Definition } from '../compile/definition.ts'
import type { ChangedPart, PartChange } from './difference.ts'

/** Which parts of a node's definition differ, and how. Whether its SQL does is the caller's to say: a fingerprint is of views below too. */
export function partsThatDiffer(
  before: CompiledNode,
  after: CompiledNode,
  definitions: { readonly before: Definition; readonly after: Definition },
  sqlDiffers: boolean,
): readonly PartChange[] {
  const found: PartChange[] = []
  const differs = (aspect: keyof Definition) => definitions.before[aspect] !== definitions.after[aspect]
  const add = (part: ChangedPart, details: readonly string[]) => found.push({ part, details })
  if (before.kind === 'seed' && differs('body')) add('data', seedDetails(before, after))
  else if (before.kind === 'source' && differs('body')) add('location', [])
  else if (sqlDiffers) add('sql', [])
  const [a, b] = [describe(before), describe(after)]
  const materialization = flatDifference(a.materialization, b.materialization)
  if (materialization.length > 0) add('materialization', materialization)
  const partition = flatDifference(a.partition, b.partition)
  if (partition.length > 0) add('partition', partition)
  else if (differs('layout')) add('partition', [])
  const contract = [...flatDifference(a.contract, b.contract), ...namedDifference(a.columns, b.columns)]
  if (differs('contract') || contract.length > 0) add('contract', contract)
  const checks = namedDifference(a.checks, b.checks)
  if (differs('checks') || checks.length > 0) add('checks', checks)
  const config = flatDifference(a.config, b.config)
  if (config.length > 0) add('config', config)
  else if (differs('configs') && found.length === 0) add('config', [])
  return found
}

/** The words of its author, part by part, as plain data without places. */
interface Described {
  readonly materialization: unknown
  readonly partition: unknown
  readonly contract: unknown
  readonly columns: ReadonlyMap<string, string>
  readonly checks: ReadonlyMap<string, string>
  readonly config: unknown
}

function describe(node: CompiledNode): Described {
  const nothing = {
    materialization: undefined,
    partition: undefined,
    contract: undefined,
    columns: new Map(),
    checks: new Map(),
  }
  const tags = [...node.tags].sort()
  if (node.kind === 'check') return { ...nothing, config: { severity: node.severity, tags } }
  if (node.kind === 'exposure') {
    const { upstream: reads, label, type, url, owner, ownerEmail } = node
    return { ...nothing, config: { reads, label, type, url, owner, ownerEmail, tags } }
  }
  const columns = new Map(
    node.columns.map(({ name, type, nullable }) => [
      name,
      [type ?? 'any type', ...(nullable === false ? ['not null'] : [])].join(' '),
    ]),
  )
  const checks = new Map(
    node.checks.map(({ place: _, name, ...check }) => [name, JSON.stringify(plain(check))]),
  )
  const hidden = node.columns.filter(({ sample }) => !sample).map(({ name }) => name)
  const common = { ...nothing, columns, checks }
  if (node.kind === 'source') {
    const { observe, ready, partition } = node
    return {
      ...common,
      partition,
      config: { observe: observe?.kind, ready: ready?.kind, tags, hidden },
    }
  }
  const { indexes, grants } = node
  if (node.kind === 'seed')
    return { ...common, config: { delimiter: node.delimiter, indexes, grants, tags, hidden } }
  const { materialized, partition, contract, allow: _, ...config } = node.config
  return {
    ...common,
    materialization: materialized,
    partition,
    contract: contract === undefined ? undefined : 'enforced',
    config: { ...config, indexes, grants, tags, hidden },
  }
}

function seedDetails(before: CompiledNode, after: CompiledNode): readonly string[] {
  return before.kind === 'seed' && after.kind === 'seed' ? flatDifference(before.types, after.types) : []
}

/** `key: before → after` for each leaf that differs; what has no keys is a leaf itself. */
function flatDifference(before: unknown, after: unknown): readonly string[] {
  const a = flat(before)
  const b = flat(after)
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((key) => a.get(key) !== b.get(key))
    .map((key) => `${key === '' ? '' : `${key}: `}${a.get(key) ?? 'none'} → ${b.get(key) ?? 'none'}`)
}

function flat(data: unknown, prefix = '', found = new Map<string, string>()): ReadonlyMap<string, string> {
  const value = prefix === '' ? plain(data) : data
  if (isMap(value)) {
    for (const [key, each] of Object.entries(value))
      flat(each, prefix === '' ? key : `${prefix}.${key}`, found)
  } else if (value !== undefined && !(Array.isArray(value) && value.length === 0)) {
    found.set(prefix, typeof value === 'string' ? value : JSON.stringify(value))
  }
  return found
}

/** Each name on one side, or with another meaning: `added x`, `removed y`, `changed z`. */
function namedDifference(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  const shown = (text: string) => (text.startsWith('{') ? '' : ` (${text})`)
  return [
    ...[...before].filter(([name]) => !after.has(name)).map(([name]) => `removed ${name}`),
    ...[...after].filter(([name]) => !before.has(name)).map(([name, text]) => `added ${name}${shown(text)}`),
    ...[...after]
      .filter(([name, text]) => before.has(name) && before.get(name) !== text)
      .map(([name, text]) => {
        const old = before.get(name)!
        return text.startsWith('{')
          ? `changed ${name} (${flatDifference(JSON.parse(old), JSON.parse(text)).join(', ')})`
          : `${name}: ${old} → ${text}`
      }),
  ]
}

function isMap(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}

/** Plain data without places, its keys in order. */
function plain(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(plain)
  if (!isMap(data)) return data
  return Object.fromEntries(
    Object.entries(data)
      .filter(([key, value]) => value !== undefined && key !== 'place' && key !== 'at')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, plain(value)]),
  )
}
