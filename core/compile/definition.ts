import type { Check } from '../checks/check.ts'
import type { Aspect } from '../graph/selector.ts'
import type {
  CompiledCheck,
  CompiledModel,
  CompiledNode,
  CompiledRelation,
  CompiledSource,
  CompiledSql,
} from './compiled.ts'
import { hashOf } from './fingerprint.ts'

/** Hashes of what the project says of a node, one for each part that `state:modified` can tell apart. */
export type Definition = Readonly<Record<Aspect, string>>

/** Two definitions are equal exactly if the project means the same by them, on any target of one engine: names are logical, and places,
 * descriptions, comments and layout of text do not count.
 * @param physicalOf what stands in SQL for a relation */
export function definitionOf(node: CompiledNode, physicalOf: (name: string) => string): Definition {
  const none = ''
  const kind = [node.kind, sorted(node.tags)]
  switch (node.kind) {
    case 'source':
      return {
        body: node.fingerprint,
        layout: node.layoutId,
        contract: contractOf(node.columns),
        checks: checksOf(node.checks, (text) => text),
        configs: hashOf(canonical([kind, samplesOf(node.columns), watchOf(node, physicalOf)])),
      }
    case 'check':
      return {
        body: node.fingerprint,
        layout: none,
        contract: none,
        checks: none,
        configs: hashOf(canonical([kind, node.severity, node.gateOf, ...limitsOf(node)])),
      }
    case 'exposure':
      return {
        body: hashOf(node.upstream),
        layout: none,
        contract: none,
        checks: none,
        configs: hashOf(canonical([kind, node.label, node.type, node.url, node.owner, node.ownerEmail])),
      }
    case 'seed':
    case 'model':
      return {
        body: node.fingerprint,
        layout: node.kind === 'model' ? node.layoutId : none,
        contract: contractOf(node.columns, node.kind === 'model' && node.config.contract !== undefined),
        checks: checksOf(node.checks, logical(node, physicalOf)),
        configs: hashOf(
          canonical([
            kind,
            node.indexes,
            node.grants,
            samplesOf(node.columns),
            node.kind === 'model' ? rest(node.config) : null,
          ]),
        ),
      }
    default:
      throw new Error(`unknown node ${node satisfies never}`)
  }
}

function limitsOf({ warnIf, errorIf }: CompiledCheck): readonly unknown[] {
  return warnIf === undefined && errorIf === undefined ? [] : [warnIf, errorIf]
}

/** How a source is watched. Where its files are on this machine does not count. */
function watchOf(
  { name, partition, observe, ready, freshness, schemaChange }: CompiledSource,
  physicalOf: (name: string) => string,
): unknown {
  const logical = (sql: CompiledSql) => JSON.stringify(sql.parts).replaceAll(inJson(physicalOf(name)), name)
  return [
    partition,
    ...(freshness === undefined
      ? []
      : [
          { ...freshness, by: freshness.by.kind === 'query' ? logical(freshness.by.sql) : freshness.by.kind },
        ]),
    ...(schemaChange === undefined ? [] : [schemaChange]),
    observe?.kind === 'query' ? logical(observe.sql) : observe?.kind === 'files' ? observe.kind : observe,
    ready?.kind === 'query' ? logical(ready.sql) : ready,
  ]
}

/** A text as it stands within a JSON string. */
function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

type Columns = CompiledRelation['columns']

function contractOf(columns: Columns, isEnforced = false): string {
  const described = columns.map(({ name, type, nullable }) => [
    name,
    type ?? null,
    ...(nullable === undefined ? [] : [nullable]),
  ])
  return hashOf(isEnforced ? ['enforced', described] : described)
}

/** A configuration without what stands in another part, or is said to whoever validates. */
function rest({ allow: _, contract: _1, ...others }: CompiledModel['config']): unknown {
  return others
}

function samplesOf(columns: Columns): readonly string[] {
  return columns.filter((column) => !column.sample).map((column) => column.name)
}

/** The order in which checks stand does not matter. */
function checksOf(checks: readonly Check[], logical: (text: string) => string): string {
  const texts = checks.map((check) => logical(JSON.stringify(canonical(meaningOf(check)))))
  return hashOf(texts.sort())
}

/** Where it stands does not count, and relations of a query of its own are logical. */
function meaningOf({ place: _, ...check }: Check): unknown {
  if (check.kind !== 'macro' || check.sql === undefined) return check
  const parts = check.sql.parts.map((part) =>
    'text' in part && part.relation !== undefined ? { relation: part.relation } : part,
  )
  return { ...check, sql: parts }
}

/** Conditions of checks hold physical names of the relations that they read; each target has its own. */
function logical(
  { checkReads }: CompiledRelation,
  physicalOf: (name: string) => string,
): (text: string) => string {
  const written = checkReads
    .map((name) => ({ name, physical: inJson(physicalOf(name)) }))
    .sort((a, b) => b.physical.length - a.physical.length)
  return (text) => written.reduce((left, { name, physical }) => left.replaceAll(physical, `{${name}}`), text)
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...texts].sort()
}

/** Plain data with the keys of its maps in order, so that how it was put together does not show. */
function canonical(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(canonical)
  if (typeof data !== 'object' || data === null) return data
  const entries = Object.entries(data).filter(([, value]) => value !== undefined)
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, canonical(value)]),
  )
}
