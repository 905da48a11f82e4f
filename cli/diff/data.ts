import type { Adapter, Column } from '../../core/adapter.ts'
import { type CompiledModel, type CompiledNode, hasRows } from '../../core/compile/compiled.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { compareTables, type DataDiff, type PairedColumn } from '../../core/diff/data.ts'
import type { NodeDiff, ProjectDiff } from '../../core/diff/difference.ts'
import { buildScratch, type RunnableSide } from '../../core/diff/scratch.ts'
import type { Interval } from '../../core/time/interval.ts'
import { dueInterval } from '../../core/time/layout.ts'
import { rangeIn } from '../../core/time/requested-range.ts'
import type { Invocation } from '../command.ts'
import { rangeFrom } from '../options/range.ts'
import { selectionOf } from '../selection.ts'
import type { Workspace } from '../workspace.ts'
import type { Base } from './base.ts'

/** Thrown to end a transaction that must leave nothing. */
class Done extends Error {}

/** Builds both versions of the selected changed models on the target, in temporary tables of a transaction that is rolled back, and compares their rows.
 * @throws SluiceError SL432–SL436 */
export async function dataDiffs(
  head: Workspace,
  base: Base,
  diff: ProjectDiff,
  bound: { readonly head: RunnableSide['bound']; readonly base: RunnableSide['bound'] },
  invocation: Invocation,
): Promise<readonly DataDiff[]> {
  const { workspace } = base
  if (workspace === undefined) {
    throw SluiceError.of('SL433', {
      message: `${base.label} does not hold what its models need to run`,
      hint: 'compare with a Git ref',
    })
  }
  const models = await comparable(head, workspace, diff, invocation)
  const sides = {
    base: sideOf('the base', workspace, bound.base),
    head: sideOf('the project', head, bound.head),
  }
  // Postgres makes no temporary table in a transaction that only reads; of a file of DuckDB they are outside.
  const adapter = await head.connect({ readOnly: !head.factory.capabilities.sharedServer })
  try {
    return await inTransaction(adapter, invocation.signal, async (transaction) => {
      const build = (prefix: string, side: RunnableSide, other: RunnableSide, names: readonly string[]) =>
        buildScratch(adapter, transaction, {
          prefix,
          side,
          wanted: new Set(names),
          changed: changedIn(side, other),
          intervalOf: (node) => intervalOf(node, invocation),
          sourceText: (name) => sourceText(head, name),
          signal: invocation.signal,
        })
      const before = await build(
        'base',
        sides.base,
        sides.head,
        models.map(({ from }) => from),
      )
      const after = await build(
        'head',
        sides.head,
        sides.base,
        models.map(({ node }) => node.name),
      )
      const found: DataDiff[] = []
      for (const { node, change, from } of models) {
        const tables = { before: before.get(from)!, after: after.get(node.name)! }
        const columns = await pairs(adapter, transaction, tables, change, [
          workspace.project.nodes.get(from)!,
          node,
        ])
        const key = keyOf(node, columns, adapter, invocation)
        found.push(await compareTables(adapter, transaction, { model: node.name, ...tables, columns, key }))
      }
      return found
    })
  } finally {
    await adapter.close()
  }
}

function sideOf(title: string, { project, texts }: Workspace, bound: RunnableSide['bound']): RunnableSide {
  return { title, project, texts, ...(bound === undefined ? {} : { bound }) }
}

async function inTransaction<T>(
  adapter: Adapter,
  signal: AbortSignal,
  work: Parameters<Adapter['transaction']>[0] extends (transaction: infer X) => Promise<unknown>
    ? (transaction: X) => Promise<T>
    : never,
): Promise<T> {
  let result: { readonly value: T } | undefined
  try {
    await adapter.transaction(async (transaction) => {
      result = { value: await work(transaction) }
      throw new Done()
    }, signal)
  } catch (error) {
    if (!(error instanceof Done)) throw error
  }
  if (result === undefined) throw new Error('a comparison ended without a result')
  return result.value
}

interface Comparable {
  readonly node: CompiledModel
  readonly change: NodeDiff
  readonly from: string
}

/** Selected models on both sides whose rows may differ. */
async function comparable(
  head: Workspace,
  base: Workspace,
  diff: ProjectDiff,
  invocation: Invocation,
): Promise<readonly Comparable[]> {
  const isNarrowed = (['select', 'selector', 'exclude'] as const).some(
    (name) => invocation.options[name] !== undefined,
  )
  const selected = await selectionOf(head, invocation)
  const hit = new Set(diff.impact.filter((each) => each.hit !== 'none').map(({ name }) => name))
  const changes = new Map(diff.nodes.map((node) => [node.name, node]))
  const found = head.project.graph.order.flatMap((name): readonly Comparable[] => {
    const node = head.project.nodes.get(name)
    const change = changes.get(name)
    const from = change?.status === 'renamed' ? change.from : name
    if (node?.kind !== 'model' || !selected.has(name) || base.project.nodes.get(from)?.kind !== 'model')
      return []
    const isChanged = change?.parts.some(({ part }) => part === 'sql') === true
    // What only reads a change is compared if somebody names it.
    if (!isChanged && !(isNarrowed && (hit.has(name) || change !== undefined))) return []
    return [{ node, from, change: change ?? unchanged(node) }]
  })
  if (found.length === 0) {
    throw SluiceError.of('SL432', {
      message: isNarrowed
        ? 'nothing of what is selected has rows that differ by its SQL'
        : 'no model on both sides has SQL that differs',
      next: `sluice diff --base ${invocation.options.base}`,
    })
  }
  return found
}

function unchanged({ name, kind, path }: CompiledModel): NodeDiff {
  return {
    ...{
      status: 'follows',
      name,
      kind,
      path,
      materialization: '',
      parts: [],
      isEdited: false,
      causes: [],
      columns: [],
    },
    ...{ rows: { by: [] }, sql: [] },
  }
}

/** What this side makes otherwise than the other one. */
function changedIn(side: RunnableSide, other: RunnableSide): ReadonlySet<string> {
  return new Set(
    [...side.project.nodes.values()]
      .filter((node) => fingerprintOf(node) !== fingerprintOf(other.project.nodes.get(node.name)))
      .map(({ name }) => name),
  )
}

function fingerprintOf(node: CompiledNode | undefined): string | undefined {
  return node === undefined || node.kind === 'exposure' ? undefined : node.fingerprint
}

/** Files of sources are outside of Git: both sides read those that are there. */
function sourceText(head: Workspace, name: string): string | undefined {
  const node = head.project.nodes.get(name)
  return node?.kind === 'source' ? node.sql : undefined
}

function intervalOf(node: CompiledModel, { options, now }: Invocation): Interval {
  const range = rangeFrom(options)
  const due = dueInterval(node.layout!, now())
  const interval = range === undefined ? undefined : rangeIn(node.layout!, range)
  if (interval === undefined || due === undefined) {
    throw SluiceError.of('SL434', {
      message:
        due === undefined
          ? `no partition of ${node.name} is due yet`
          : `${node.name} has partitions, and none is named`,
      model: node.name,
      hint: 'name the partitions whose rows are compared: `--partition KEY`, or `--from KEY --to KEY`',
    })
  }
  return { start: Math.max(interval.start, due.start), end: Math.min(interval.end, due.end) }
}

/** Columns of both tables that belong together. */
async function pairs(
  adapter: Adapter,
  transaction: Parameters<Adapter['catalog']['describe']>[0],
  tables: { readonly before: string; readonly after: string },
  change: NodeDiff,
  nodes: readonly CompiledNode[],
): Promise<readonly PairedColumn[]> {
  const { fold } = adapter.dialect
  const key = (name: string) => fold(name, true)
  const describe = (table: string): Promise<readonly Column[]> =>
    adapter.catalog.describe(transaction, `select * from ${table}`)
  const before = new Map((await describe(tables.before)).map((column) => [key(column.name), column]))
  const renamed = new Map(
    change.columns.flatMap((each) =>
      each.kind === 'renamed' ? [[key(each.to), key(each.column)] as const] : [],
    ),
  )
  const hidden = new Set(
    nodes.flatMap((node) =>
      hasRows(node) ? node.columns.filter(({ sample }) => !sample).map(({ name }) => key(name)) : [],
    ),
  )
  return (await describe(tables.after)).flatMap(({ name, type }) => {
    const old = before.get(renamed.get(key(name)) ?? key(name))
    if (old === undefined) return []
    const isHidden = hidden.has(key(name)) || hidden.has(key(old.name))
    return [{ before: old.name, after: name, types: [old.type, type] as const, isHidden }]
  })
}

/** The columns that tell rows apart: as the command line says, else the key of a merge, else of a unique check. */
function keyOf(
  node: CompiledModel,
  columns: readonly PairedColumn[],
  { dialect }: Adapter,
  { options }: Invocation,
): readonly PairedColumn[] {
  const named = (name: string) =>
    columns.find((column) => dialect.fold(column.after, true) === dialect.fold(name, true))
  const given = options.key?.split(',').map((name) => name.trim())
  const unique = node.checks.filter((check) => check.kind === 'unique' && check.where === undefined)
  const candidates = [
    ...(given === undefined ? [] : [given]),
    ...(node.config.uniqueKey.length > 0 ? [node.config.uniqueKey] : []),
    ...unique.map((check) => (check.kind === 'unique' ? check.columns : [])),
  ]
  for (const names of candidates) {
    const found = names.map(named)
    if (found.length > 0 && found.every((column) => column !== undefined)) return found
    if (names === given) {
      throw SluiceError.of('SL435', {
        message: `${node.name} does not have all columns of --key (${names.join(', ')}) on both sides`,
        model: node.name,
      })
    }
  }
  return []
}
