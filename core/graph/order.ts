/** The positions 0…n−1 in an order in which everything comes after what it depends on; among those that could come
 * next, the smallest does. Positions on a cycle, or downstream of one, are missing. Kahn's algorithm with a heap. */
export function topologicalOrder(
  upstream: readonly (readonly number[])[],
  downstream: readonly (readonly number[])[],
): readonly number[] {
  const missing = upstream.map((each) => each.length)
  const ready = new Heap()
  for (const [position, count] of missing.entries()) if (count === 0) ready.push(position)
  const order: number[] = []
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    order.push(next)
    for (const reader of downstream[next]!) {
      missing[reader]! -= 1
      if (missing[reader] === 0) ready.push(reader)
    }
  }
  return order
}

/** A binary heap: `pop` gives the smallest number. */
class Heap {
  readonly #items: number[] = []

  push(item: number): void {
    const items = this.#items
    let at = items.length
    items.push(item)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (items[parent]! <= item) break
      items[at] = items[parent]!
      at = parent
    }
    items[at] = item
  }

  pop(): number | undefined {
    const items = this.#items
    const smallest = items[0]
    const last = items.pop()
    if (last === undefined || items.length === 0) return smallest
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= items.length) break
      if (child + 1 < items.length && items[child + 1]! < items[child]!) child += 1
      if (last <= items[child]!) break
      items[at] = items[child]!
      at = child
    }
    items[at] = last
    return smallest
  }
}
