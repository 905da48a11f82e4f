import type { Column, Dialect } from '../adapter.ts'
import type { CompiledNode, CompiledProject } from '../compile/compiled.ts'
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { columnNamed } from '../run/attempt.ts'

type ColumnsOf = (name: string) => readonly Column[] | undefined

/** Columns that indexes and partitions of the selected seeds and sources name, and that are not there. What models and checks name is
 * looked at where they are bound. Relations whose columns nobody knows are left alone. */
export function namedColumnFindings(
  project: CompiledProject,
  selected: ReadonlySet<string>,
  dialect: Dialect,
  columnsOf: ColumnsOf,
): readonly Diagnostic[] {
  return [...selected].flatMap((name) => {
    const node = project.nodes.get(name)
    const known = columnsOf(name)
    if (node === undefined || known === undefined) return []
    return configured(node)
      .filter(([, written]) => columnNamed(dialect, known, written) === undefined)
      .map(([who, written]) => missing(node, who, written, known))
  })
}

/** What names columns of a seed or source, in words. */
function configured(node: CompiledNode): readonly (readonly [string, string])[] {
  switch (node.kind) {
    case 'seed':
      return node.indexes.flatMap(({ columns }) => columns.map((each) => ['an index', each] as const))
    case 'source':
      return node.partition === undefined ? [] : [['the partition', node.partition.column.name]]
    case 'model':
    case 'check':
    case 'exposure':
      return []
    default:
      throw new Error(`unknown node ${node satisfies never}`)
  }
}

function missing(node: CompiledNode, who: string, written: string, known: readonly Column[]): Diagnostic {
  const names = known.map((column) => column.name)
  return diagnostic('SL324', {
    message: `${who} of ${node.name} names the column \`${written}\`, which it does not have`,
    hint: didYouMean(written, names) ?? `It has ${names.join(', ')}.`,
    model: node.name,
    place: node.kind === 'source' ? node.place : { file: node.path, line: 1, column: 1 },
  })
}
