/** Cuts a stream of text into its lines; a line that is longer than allowed ends it. */
export class Lines {
  private readonly longest: number
  private parts: string[] = []
  private length = 0

  /** @param longest characters of a line */
  constructor(longest: number) {
    this.longest = longest
  }

  /** The lines that end in this text, without what ends them; undefined once one was too long. */
  take(text: string): readonly string[] | undefined {
    const lines: string[] = []
    let from = 0
    for (;;) {
      const end = text.indexOf('\n', from)
      const part = text.slice(from, end < 0 ? undefined : end)
      this.length += part.length
      if (this.length > this.longest) return undefined
      this.parts.push(part)
      if (end < 0) return lines
      lines.push(this.parts.join(''))
      this.parts = []
      this.length = 0
      from = end + 1
    }
  }
}
