import { useCallback, useEffect, useState } from 'preact/hooks'
import type { LineageMap } from './lineage-map.ts'
import { everything, type GraphView } from './view.ts'
import { hashOf, type ReadView, viewOf } from './view-url.ts'

export interface GraphViewState extends ReadView {
  /** The page runs in a browser: controls do something. */
  readonly isLive: boolean
  /** Shows another view; Back leads to the one before. */
  readonly show: (view: GraphView) => void
}

/** The view that the address holds. Until the page is taken over it is the default one, which the server rendered. */
export function useGraphView(map: LineageMap): GraphViewState {
  const [{ read, isLive }, setState] = useState<{ readonly read: ReadView; readonly isLive: boolean }>({
    read: { view: everything, ignored: [] },
    isLive: false,
  })
  useEffect(() => {
    const follow = () => setState({ read: viewOf(location.hash, map), isLive: true })
    follow()
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [map])
  const show = useCallback((view: GraphView) => {
    const hash = hashOf(view)
    // An empty fragment, not none: taking it away would load a page from a file anew.
    if (location.hash.replace(/^#/, '') !== hash) location.hash = hash
  }, [])
  return { ...read, isLive, show }
}
