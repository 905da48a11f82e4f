import type { JSX } from 'preact'
import { useRef, useState } from 'preact/hooks'

/** A command to type, with a button that copies it. `command` is without the program's name. */
export function CommandLine({ command }: { readonly command: string }): JSX.Element {
  const text = `sluice ${command}`
  const code = useRef<HTMLElement>(null)
  const [answer, setAnswer] = useState<'copied' | 'selected' | undefined>(undefined)
  const copy = async (): Promise<void> => setAnswer(await copied(text, code.current))
  return (
    <span class="command">
      <code ref={code}>{text}</code>
      <button type="button" class="needs-script" onClick={copy} aria-label={`Copy ${text}`}>
        {answer === 'copied' ? 'Copied' : 'Copy'}
      </button>
      <span class="visually-hidden" role="status">
        {answer === undefined ? '' : answer === 'copied' ? 'Copied' : 'Selected: copy it with the keyboard'}
      </span>
    </span>
  )
}

/** A browser may forbid the clipboard: then the text is selected, ready to be copied by hand. */
async function copied(text: string, element: HTMLElement | null): Promise<'copied' | 'selected'> {
  try {
    await navigator.clipboard.writeText(text)
    return 'copied'
  } catch {
    if (element !== null) globalThis.getSelection()?.selectAllChildren(element)
    return 'selected'
  }
}
