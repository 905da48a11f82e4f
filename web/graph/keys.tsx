import type { JSX, RefObject } from 'preact'

const keys: readonly (readonly [string, string])[] = [
  ['Tab', 'into the graph, then to the node'],
  ['← →', 'to what the node reads, to what reads it'],
  ['↑ ↓', 'to the node above, below'],
  ['Enter', 'focus: only what is around the node'],
  ['c', 'show or hide its columns'],
  ['o', 'open its page'],
  ['Esc', 'stop following, then leave the focus'],
  ['+ −', 'zoom'],
  ['f', 'fit all of it'],
  ['0', 'zoom to 100%'],
  ['Shift + arrows', 'move the view; without Shift where no node has the focus'],
  ['/', 'find a node or column'],
  ['?', 'these keys'],
]

/** The keys of the graph, in a dialog that the browser closes with Escape. */
export function Keys({ dialog }: { readonly dialog: RefObject<HTMLDialogElement | null> }): JSX.Element {
  return (
    <dialog ref={dialog} class="graph-keys" aria-labelledby="graph-keys-title">
      <h2 id="graph-keys-title">Keys of the graph</h2>
      <dl>
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  )
}
