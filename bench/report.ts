import { cpus } from 'node:os'

/** One figure: a name, what was measured, in which unit, over how many runs. */
export interface Figure {
  readonly bench: string
  readonly figure: string
  readonly value: number
  readonly unit: 'ms' | 'ratio' | 'ms/task' | 'MB' | 'kB'
  readonly runs: number
  readonly [detail: string]: string | number
}

/** Prints a figure as one JSON line, with the machine that it was measured on. */
export function report(figure: Figure): void {
  const value = Math.round(figure.value * 1000) / 1000
  process.stdout.write(
    `${JSON.stringify({ ...figure, value, cores: cpus().length, node: process.version })}\n`,
  )
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
