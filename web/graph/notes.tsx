import type { JSX } from 'preact'
import type { LineageMap } from './lineage-map.ts'
import { mostColumns, type Scene } from './scene.ts'
import type { Selected } from './selection.ts'
import { filterCount, focusedOn, type GraphView, withFolderOpen, withoutFilters } from './view.ts'

export interface NotesProps {
  readonly map: LineageMap
  readonly view: GraphView
  readonly scene: Scene
  readonly ignored: readonly string[]
  readonly selected: Selected | undefined
  readonly error: string | undefined
  readonly isLive: boolean
  readonly show: (view: GraphView) => void
}

/** What is shown of how many, what is not and why, and what to do about it. */
export function Notes(props: NotesProps): JSX.Element {
  const { map, view, scene, ignored, selected, error, isLive, show } = props
  const { visible, moreColumns } = scene
  const all = map.page.nodes.length
  const shown = visible.selected.length
  const isNarrowed = view.focus !== undefined || filterCount(view) > 0
  return (
    <div class="graph-notes" id="graph-notes">
      <p class="graph-count">
        {shown === all ? `${all} nodes` : `${shown} of ${all} nodes`}
        {visible.isGrouped ? ', by folder' : null}
        {view.trace === undefined && isNarrowed ? (
          <button
            type="button"
            class="panel-link"
            onClick={() => show(withoutFilters(focusedOn(view, undefined)))}
          >
            Show everything
          </button>
        ) : null}
      </p>
      {view.trace === undefined ? <Folders view={view} show={show} /> : null}
      {visible.isGrouped ? <p class="quiet">Open a folder by pressing it, focus a node, or filter.</p> : null}
      {shown === 0 ? <p class="note">Nothing is left: no node is all that the filters ask for.</p> : null}
      {visible.leftOut > 0 ? (
        <p class="note" role="status">
          {visible.leftOut} boxes are left out, as so many would not be legible. Close a folder, filter, or
          focus a node with fewer levels around it.
        </p>
      ) : null}
      {[...moreColumns].map(([name, count]) => (
        <p key={name} class="note">
          {name} has {mostColumns + count} columns; the first {mostColumns} are in the graph, all on its page.
        </p>
      ))}
      {selected?.kind === 'refused'
        ? selected.messages.map((message) => (
            <p key={message} class="note is-error" role="alert">
              {message}
            </p>
          ))
        : null}
      {selected?.kind === 'found' && selected.note !== undefined ? <p class="note">{selected.note}</p> : null}
      {ignored.length > 0 ? (
        <p class="note" role="status">
          Not understood in the address, and left out: {ignored.join(', ')}
        </p>
      ) : null}
      {error === undefined ? null : (
        <p class="note is-error" role="alert">
          {error}. The table below still says what is connected.
        </p>
      )}
      {isLive ? null : (
        <noscript>
          <p class="note">Without JavaScript boxes lead to their pages; filters, zoom and columns need it.</p>
        </noscript>
      )}
    </div>
  )
}

/** Folders that somebody opened or closed, to undo that. */
function Folders({ view, show }: Pick<NotesProps, 'view' | 'show'>): JSX.Element | null {
  if (view.opened.length + view.closed.length === 0) return null
  return (
    <ul class="chips graph-folders" aria-label="Folders">
      {view.opened.map((folder) => (
        <li key={`o${folder}`}>
          <button type="button" class="chip" onClick={() => show(withFolderOpen(view, folder, false))}>
            {folder}: close
          </button>
        </li>
      ))}
      {view.closed.map((folder) => (
        <li key={`c${folder}`}>
          <button type="button" class="chip" onClick={() => show(withFolderOpen(view, folder, true))}>
            {folder}: open
          </button>
        </li>
      ))}
    </ul>
  )
}
