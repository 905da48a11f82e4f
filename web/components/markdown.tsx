import type { JSX } from 'preact'
import type { Markdown } from '../../core/docs/markdown.ts'

/** A description as elements; no HTML is ever parsed. */
export function MarkdownText({ text }: { readonly text: Markdown }): JSX.Element {
  return <div class="markdown">{text.length}</div>
}
