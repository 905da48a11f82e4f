import type { JSX } from 'preact'
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { GraphPage } from '../../core/docs/api.ts'
import { Filters } from './filters.tsx'
import { Keys } from './keys.tsx'
import { Legend } from './legend.tsx'
import { lineageMap } from './lineage-map.ts'
import { NodeTable } from './node-table.tsx'
import { Notes } from './notes.tsx'
import { NodePanel } from './panel.tsx'
import type { Hit } from './search.ts'
import { SearchBox } from './search-box.tsx'
import { Stage } from './stage.tsx'
import { TracePanel } from './trace-panel.tsx'
import { useGraphView } from './use-graph-view.ts'
import { useLineages } from './use-lineages.ts'
import { useScene } from './use-scene.ts'
import { everything, focusedOn, tracing } from './view.ts'

/** The lineage page: a graph to walk through, what is known of the node in focus, and the same as a table. */
export function GraphView({ page }: { readonly page: GraphPage }): JSX.Element {
  const map = useMemo(() => lineageMap(page), [page])
  const { view, ignored, isLive, show } = useGraphView(map)
  const lineageOf = useLineages()
  const { drawn, scene, isBusy, error, selected } = useScene(map, view, isLive, lineageOf)
  const [said, say] = useState('')
  const wanted = useRef<string | undefined>(undefined)
  const search = useRef<HTMLInputElement>(null)
  const keys = useRef<HTMLDialogElement>(null)
  const root = useRef<HTMLDivElement>(null)
  const body = useRef<HTMLDivElement>(null)

  const focusNode = useCallback((name: string) => show(focusedOn(view, name)), [show, view])
  const found = (hit: Hit): void => {
    wanted.current = hit.name
    show(
      hit.column === undefined
        ? focusedOn(view, hit.name)
        : tracing(view, { relation: hit.name, column: hit.column }),
    )
  }
  const isMoved = view !== everything
  useEffect(() => {
    if (isBusy || !isLive || !isMoved) return
    const { boxes, selected: nodes } = scene.visible
    const center = view.trace === undefined ? view.focus : `${view.trace.relation}.${view.trace.column}`
    say(
      `${center === undefined ? '' : `${center}: `}${nodes.length} of ${page.nodes.length} nodes in ${boxes.length} boxes.`,
    )
  }, [isBusy, isLive, isMoved, scene, view, page])
  useEffect(() => {
    const keyDown = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      const { target } = event
      const isHere = target === document.body || (target instanceof Node && root.current?.contains(target))
      if (!isHere || isTyping(target) || keys.current?.open) return
      if (event.key === '/') search.current?.focus()
      else if (event.key === '?') keys.current?.showModal()
      else if (event.key === 'Escape' && view.trace !== undefined) show(tracing(view, undefined))
      else if (event.key === 'Escape' && view.focus !== undefined) show(focusedOn(view, undefined))
      else return
      event.preventDefault()
      // The site's own search listens for the same key.
      event.stopPropagation()
    }
    document.addEventListener('keydown', keyDown, { capture: true })
    return () => document.removeEventListener('keydown', keyDown, { capture: true })
  }, [show, view])

  const node = view.focus === undefined ? undefined : map.nodes.get(view.focus)
  const hasPanel = view.trace !== undefined || node !== undefined
  useEffect(() => {
    // On a small screen the panel is a sheet over the lower half: the graph goes to the upper one.
    if (hasPanel && matchMedia('(max-width: 820px)').matches) body.current?.scrollIntoView({ block: 'start' })
  }, [hasPanel])
  return (
    <div class="graph-page" ref={root}>
      <h1 class="visually-hidden">Lineage</h1>
      <fieldset class="graph-tools" disabled={!isLive} aria-label="What is shown">
        <SearchBox map={map} input={search} onFound={found} />
        <Filters map={map} view={view} show={show} />
        <button
          type="button"
          class="graph-keys-button"
          title="Keys (?)"
          onClick={() => keys.current?.showModal()}
        >
          Keys
        </button>
      </fieldset>
      <Notes
        map={map}
        view={view}
        scene={scene}
        ignored={ignored}
        selected={selected}
        error={error}
        isLive={isLive}
        show={show}
      />
      <div ref={body} class={`graph-body${hasPanel ? ' has-panel' : ''}`}>
        {drawn === undefined ? (
          <div class="graph-stage graph-waiting">
            <p class="quiet">
              {isLive ? 'Laying out…' : 'The picture is made by your browser; the table below says the same.'}
            </p>
          </div>
        ) : (
          <Stage
            map={map}
            view={view}
            drawn={drawn}
            isBusy={isBusy}
            isLive={isLive}
            show={show}
            say={say}
            onFocusNode={focusNode}
            wanted={wanted}
          />
        )}
        {view.trace !== undefined ? (
          <TracePanel map={map} view={view} column={view.trace} trace={scene.trace} show={show} />
        ) : null}
        {view.trace === undefined && node !== undefined ? (
          <NodePanel map={map} view={view} node={node} lineageOf={lineageOf} show={show} />
        ) : null}
      </div>
      <Legend scene={scene} />
      <p class="visually-hidden" role="status">
        {said}
      </p>
      <NodeTable
        map={map}
        nodes={scene.visible.selected}
        isOpen={error !== undefined || drawn === undefined}
      />
      <Keys dialog={keys} />
    </div>
  )
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input:not([type=checkbox]), textarea, select') !== null
}
