import type { CompiledNode, CompiledProject } from '../../core/compile/compiled.ts'

/** A relation, or an exposure, and what it reads. */
export interface RelationLine {
  readonly name: string
  readonly kind: Exclude<CompiledNode['kind'], 'check'>
  readonly reads: readonly string[]
}

/** What is selected, upstream first. Checks are left out: nothing is made of them. */
export function relationLines(
  { graph, nodes }: CompiledProject,
  selected: ReadonlySet<string>,
): readonly RelationLine[] {
  return graph.order.flatMap((name) => {
    const node = nodes.get(name)
    if (node === undefined || node.kind === 'check' || !selected.has(name)) return []
    return [{ name, kind: node.kind, reads: [...new Set(node.upstream)] }]
  })
}

/** From what is read to who reads it, where both are shown. */
export function arrowsOf(lines: readonly RelationLine[]): readonly (readonly [from: string, to: string])[] {
  const shown = new Set(lines.map(({ name }) => name))
  return lines.flatMap(({ name, reads }) =>
    reads.filter((each) => shown.has(each)).map((each) => [each, name] as const),
  )
}
