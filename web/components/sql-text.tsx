import type { JSX } from 'preact'

/** SQL, highlighted. */
export function SqlText({ text }: { readonly text: string }): JSX.Element {
  return (
    <pre class="sql">
      <code>{text}</code>
    </pre>
  )
}
