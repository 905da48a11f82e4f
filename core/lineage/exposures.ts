import type { CompiledExposure, CompiledProject } from '../compile/compiled.ts'

/** An exposure that reads something that is reached. Which columns of it, nobody knows. */
export interface ReachedExposure {
  readonly exposure: CompiledExposure
  /** Of what it reads, the relations that are reached. */
  readonly reads: readonly string[]
}

/** The exposures that read one of the reached relations and are downstream near enough, in the order of the graph. */
export function exposuresOf(
  { graph, nodes }: CompiledProject,
  reached: ReadonlySet<string>,
  near: ReadonlySet<string>,
): readonly ReachedExposure[] {
  const found = new Set([...reached].flatMap((name) => graph.downstream.get(name) ?? []))
  return graph.order.flatMap((name) => {
    const exposure = found.has(name) && near.has(name) ? nodes.get(name) : undefined
    if (exposure?.kind !== 'exposure') return []
    return [{ exposure, reads: exposure.upstream.filter((each) => reached.has(each)) }]
  })
}
