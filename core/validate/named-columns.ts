import type { Column, Dialect } from '../adapter.ts'
import type { Check } from '../checks/check.ts'
import { namedColumns } from '../checks/named-columns.ts'
import type { CompiledNode, CompiledProject } from '../compile/compiled.ts'
import { type Diagnostic, diagnostic, type Place } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { columnNamed } from '../run/attempt.ts'

type ColumnsOf = (name: string) => readonly Column[] | undefined

/** Columns that checks of the selected nodes name, and indexes and partitions of seeds and sources, and that are not there. Relations whose columns nobody knows are left
 * alone. */
export function namedColumnFindings(
  project: CompiledProject,
  selected: ReadonlySet<string>,
  dialect: Dialect,
  columnsOf: ColumnsOf,
): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  for (const name of selected) {
    const node = project.nodes.get(name)
    if (node === undefined || node.kind === 'check') continue
    const columns = columnsOf(name)
    const start = node.kind === 'source' ? node.place : { file: node.path, line: 1, column: 1 }
    const look = (relation: string, written: string, who: string, place: Place): void => {
      const known = relation === name ? columns : columnsOf(relation)
      if (known === undefined || columnNamed(dialect, known, written) !== undefined) return
      found.push(missing({ node, relation, written, who, place, known }))
    }
    for (const check of node.checks) lookAt(check, name, start, look)
    for (const [who, written] of configured(node)) look(name, written, who, start)
  }
  return found
}

type Look = (relation: string, written: string, who: string, place: Place) => void

function lookAt(check: Check, own: string, start: Place, look: Look): void {
  const names = namedColumns(check)
  const who = `the check \`${check.name}\``
  const place = check.place ?? start
  for (const written of names.columns) look(own, written, who, place)
  for (const { relation, columns } of names.others) {
    for (const written of columns) look(relation, written, who, place)
  }
}

/** What else names columns of a node, in words. Those of models are looked at where they are bound. */
function configured(node: CompiledNode): readonly (readonly [string, string])[] {
  switch (node.kind) {
    case 'seed':
      return node.indexes.flatMap(({ columns }) => columns.map((each) => ['an index', each] as const))
    case 'source':
      return node.partition === undefined ? [] : [['the partition', node.partition.column.name]]
    case 'model':
    case 'check':
      return []
    default:
      throw new Error(`unknown node ${node satisfies never}`)
  }
}

function missing({
  node,
  relation,
  written,
  who,
  place,
  known,
}: {
  readonly node: CompiledNode
  readonly relation: string
  readonly written: string
  readonly who: string
  readonly place: Place
  readonly known: readonly Column[]
}): Diagnostic {
  const names = known.map((column) => column.name)
  const near = didYouMean(written, names)
  return diagnostic('SL324', {
    message: `${who} of ${node.name} names the column \`${written}\`, which ${relation} does not have`,
    hint: near ?? `It has ${names.join(', ')}.`,
    model: node.name,
    place,
  })
}
