/** Starting points tried for a shortest cycle of one component; more would be quadratic in large knots. */
const startsTried = 200

/** One cycle for each strongly connected component that has any: a shortest one, as positions from its smallest on, each
 * reading the next and the last reading the first. Components are in the order of their cycles' first positions. */
export function shortestCycles(upstream: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const component = components(upstream)
  const members = new Map<number, number[]>()
  for (const [position, id] of component.entries()) {
    const group = members.get(id)
    if (group === undefined) members.set(id, [position])
    else group.push(position)
  }
  const cycles: (readonly number[])[] = []
  for (const group of members.values()) {
    const [only] = group
    if (group.length === 1 && !upstream[only!]!.includes(only!)) continue
    cycles.push(shortestWithin(group, upstream, component))
  }
  return cycles.sort((a, b) => a[0]! - b[0]!)
}

function shortestWithin(
  group: readonly number[],
  upstream: readonly (readonly number[])[],
  component: readonly number[],
): readonly number[] {
  let best: readonly number[] | undefined
  for (const start of group.slice(0, startsTried)) {
    const found = cycleThrough(start, upstream, component, best?.length ?? Number.POSITIVE_INFINITY)
    if (found !== undefined) best = found
    if (best?.length === 1) break
  }
  if (best === undefined) throw new Error('a strongly connected component without a cycle')
  const first = best.indexOf(Math.min(...best))
  return [...best.slice(first), ...best.slice(0, first)]
}

/** A shortest cycle through `start` of fewer than `limit` steps, by breadth-first search. */
function cycleThrough(
  start: number,
  upstream: readonly (readonly number[])[],
  component: readonly number[],
  limit: number,
): readonly number[] | undefined {
  const cameFrom = new Map<number, number>()
  let frontier = [start]
  for (let length = 1; length < limit && frontier.length > 0; length++) {
    const next: number[] = []
    for (const position of frontier) {
      for (const read of upstream[position]!) {
        if (read === start) return pathBack(position, start, cameFrom)
        if (component[read] !== component[start] || cameFrom.has(read)) continue
        cameFrom.set(read, position)
        next.push(read)
      }
    }
    frontier = next
  }
  return undefined
}

function pathBack(end: number, start: number, cameFrom: ReadonlyMap<number, number>): readonly number[] {
  const path = [end]
  for (let at = end; at !== start; ) {
    at = cameFrom.get(at)!
    path.push(at)
  }
  return path.reverse()
}

/** The number of each position's strongly connected component. Tarjan's algorithm with a stack of its own, as a chain of
 * thousands would exhaust the call stack. */
function components(edges: readonly (readonly number[])[]): readonly number[] {
  const count = edges.length
  const visited = new Array<number>(count).fill(-1)
  const lowest = new Array<number>(count).fill(0)
  const component = new Array<number>(count).fill(-1)
  const open: number[] = []
  let visits = 0
  let found = 0
  for (let root = 0; root < count; root++) {
    if (visited[root] !== -1) continue
    const path: { readonly position: number; next: number }[] = []
    const enter = (position: number) => {
      visited[position] = lowest[position] = visits++
      open.push(position)
      path.push({ position, next: 0 })
    }
    enter(root)
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const { position } = step
      const target = edges[position]![step.next++]
      if (target === undefined) {
        path.pop()
        const parent = path.at(-1)?.position
        if (parent !== undefined) lowest[parent] = Math.min(lowest[parent]!, lowest[position]!)
        if (lowest[position] !== visited[position]) continue
        for (let member = open.pop(); member !== undefined; member = open.pop()) {
          component[member] = found
          if (member === position) break
        }
        found += 1
      } else if (visited[target] === -1) {
        enter(target)
      } else if (component[target] === -1) {
        lowest[position] = Math.min(lowest[position]!, visited[target]!)
      }
    }
  }
  return component
}
