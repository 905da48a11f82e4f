import type { EngineError } from '../adapter.ts'
import { type CompiledNode, hasRows, isRelation } from '../compile/compiled.ts'

type Nodes = ReadonlyMap<string, CompiledNode>

/**
 * Whether something that the node reads, itself included and views expanded, has a column that opted out of samples. What a query returns
 * cannot be traced to its columns (`email as x`, `t::text`), so nothing of it may be shown then.
 */
export function readsHidden(nodes: Nodes, node: CompiledNode): boolean {
  if (hides(node)) return true
  const checked = isRelation(node) ? [...node.checkReads, ...node.gates.flatMap((gate) => gate.upstream)] : []
  return [...node.upstream, ...checked].some((name) => hidesBehind(nodes, nodes.get(name)))
}

/** Whether a relation has such a column, or is a view over one. */
export function hidesBehind(nodes: Nodes, node: CompiledNode | undefined): boolean {
  if (node === undefined) return false
  if (hides(node)) return true
  if (node.kind !== 'model' || node.config.materialized !== 'view') return false
  return node.upstream.some((name) => hidesBehind(nodes, nodes.get(name)))
}

function hides(node: CompiledNode): boolean {
  return hasRows(node) && node.columns.some((column) => !column.sample)
}

/** An engine's error without the values of rows that it may quote: `Key (email)=(a@b.c) already exists`. */
export function withoutValues(error: EngineError): EngineError {
  const { detail: _, ...shown } = error
  const isAboutValues = error.kind === 'constraint' || error.kind === 'type' || error.kind === 'other'
  if (!isAboutValues) return shown
  return { ...shown, message: error.message.replace(QUOTED, '$1…$1').replace(NUMBER, '…') }
}

/** To the last quote, as a value can hold quotes. A name of an index or type goes with it. */
const QUOTED = /(["']).*\1/gs
/** Not the digits of a type's name. */
const NUMBER = /(?<![\w$])\d[\d.,:eE+-]*/g
