/** A fenced block of a page. */
export interface Block {
  readonly language: string
  /** With a line end after each line. */
  readonly text: string
}

/** The fenced blocks of a page that stand at the margin, in order. */
export function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
    language: language!,
    text: text!,
  }))
}
