/** Numbers, the least of which can be had at any time; a binary heap. */
export class MinHeap {
  private readonly values: number[] = []

  peek(): number | undefined {
    return this.values[0]
  }

  push(value: number): void {
    const { values } = this
    let at = values.length
    values.push(value)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (values[parent]! <= value) break
      values[at] = values[parent]!
      at = parent
    }
    values[at] = value
  }

  pop(): number | undefined {
    const { values } = this
    const least = values[0]
    const last = values.pop()
    if (values.length === 0 || last === undefined) return least
    let at = 0
    for (let child = 1; child < values.length; child = 2 * at + 1) {
      if (child + 1 < values.length && values[child + 1]! < values[child]!) child += 1
      if (values[child]! >= last) break
      values[at] = values[child]!
      at = child
    }
    values[at] = last
    return least
  }

  clear(): void {
    this.values.length = 0
  }
}
