import type { JSX } from 'preact'
import { useState } from 'preact/hooks'

/** Copies a long text. A browser may forbid it: then it says so, and the text can be selected. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  const [answer, setAnswer] = useState('')
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      setAnswer('Copied')
    } catch {
      setAnswer('The browser forbids it')
    }
  }
  return (
    <span class="copy needs-script">
      <span class="quiet small" role="status">
        {answer}
      </span>
      <button type="button" onClick={copy} aria-label={label}>
        Copy
      </button>
    </span>
  )
}
