import type { GraphPage } from '../core/docs/api.ts'
import { connect } from '../web/client/data.ts'
import { lineageMap } from '../web/graph/lineage-map.ts'
import { plainScene } from '../web/graph/scene.ts'
import { everything } from '../web/graph/view.ts'
import { layOut } from '../web/layout/layout.ts'

// Put into the lineage page by bench/site.ts: lays out all of the page's nodes in a worker, the second time in one that has started.
async function layoutFigures() {
  connect({ address: 'graph', transport: 'scripts' })
  const page = JSON.parse(document.getElementById('sluice-page')!.textContent!) as {
    readonly data: GraphPage
  }
  const map = lineageMap(page.data)
  const { request } = plainScene(map, { ...everything, opened: map.folders })
  const first = await timed(() => layOut(request))
  const again = await timed(() => layOut(request))
  return { first, again, boxes: request.boxes.length, lines: request.lines.length }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

Object.assign(globalThis, { layoutFigures })
