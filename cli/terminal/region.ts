import { hideCursor, restoreCursor } from './cursor.ts'
import type { Output } from './terminal.ts'
import { displayWidth } from './width.ts'

const up = (rows: number) => (rows > 0 ? `\u001b[${rows}A` : '')
const clearLine = '\u001b[2K'
const clearBelow = '\u001b[J'
/** Synchronized output: terminals that know it show a frame at once, others ignore it. */
const beginFrame = '\u001b[?2026h'
const endFrame = '\u001b[?2026l'

/** The last lines of the terminal, redrawn in place while other lines scroll by above them. */
export class LiveRegion {
  private readonly output: Output
  private drawn: readonly string[] = []

  constructor(output: Output) {
    this.output = output
  }

  /** Writes `above` for good and draws `lines` below it, in one write. */
  draw(above: readonly string[], lines: readonly string[]): void {
    if (above.length === 0 && sameLines(lines, this.drawn)) return
    if (lines.length > 0) hideCursor(this.output)
    const written = [...above, ...lines].map((line) => `${clearLine}${line}\n`).join('')
    this.output.write(`${beginFrame}${up(this.height())}\r${written}${clearBelow}${endFrame}`)
    this.drawn = lines
    if (lines.length === 0) restoreCursor(this.output)
  }

  /** Takes the region away. */
  clear(): void {
    if (this.drawn.length > 0) this.draw([], [])
    restoreCursor(this.output)
  }

  /** Rows that the drawn lines take now: a narrower window has wrapped them. */
  private height(): number {
    const columns = this.output.columns() ?? Number.POSITIVE_INFINITY
    return this.drawn.reduce((rows, line) => rows + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0)
  }
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, at) => line === b[at])
}
