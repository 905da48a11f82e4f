import type { JSX } from 'preact'
import type { CameraControls } from './use-camera.ts'

/** What keys do to the view, for pointers. */
export function ZoomButtons({
  camera,
  isLive,
}: {
  readonly camera: CameraControls
  readonly isLive: boolean
}): JSX.Element {
  return (
    <fieldset class="graph-zoom" aria-label="Zoom" disabled={!isLive}>
      <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => camera.zoom(1.25)}>
        +
      </button>
      <button type="button" aria-label="Zoom out" title="Zoom out (−)" onClick={() => camera.zoom(0.8)}>
        −
      </button>
      <button type="button" title="Show all of it (f)" onClick={camera.fitAll}>
        Fit
      </button>
      <button
        type="button"
        class="graph-percent"
        aria-label={`Zoom is ${camera.percent}%: reset to 100%`}
        title="Reset to 100% (0)"
        onClick={camera.reset}
      >
        {camera.percent}%
      </button>
    </fieldset>
  )
}
