import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** Copies the address of what is shown. */
export function CopyLink(): JSX.Element {
  const [answer, setAnswer] = useState<'copied' | 'refused' | undefined>(undefined)
  useEffect(() => {
    const forget = () => setAnswer(undefined)
    addEventListener('hashchange', forget)
    return () => removeEventListener('hashchange', forget)
  }, [])
  const copy = () =>
    copied(location.href).then(
      () => setAnswer('copied'),
      () => setAnswer('refused'),
    )
  return (
    <>
      <button type="button" onClick={() => void copy()}>
        Copy link
      </button>
      <span class="small quiet" role="status">
        {answer === 'copied' ? 'Copied' : null}
        {answer === 'refused' ? 'Not allowed here: copy it from the address bar' : null}
      </span>
    </>
  )
}

/** From a file or over plain HTTP browsers give no clipboard: an older way is left then. */
async function copied(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text)
  const field = document.createElement('textarea')
  field.value = text
  document.body.append(field)
  field.select()
  const isDone = document.execCommand('copy')
  field.remove()
  if (!isDone) throw new Error('the browser does not copy')
}
