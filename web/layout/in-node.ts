import type { ELK } from 'elkjs/lib/elk-api.js'
import type { GraphDrawing } from '../../core/docs/drawing.ts'
import { layOutWith } from './elk-graph.ts'
import type { LayoutRequest } from './request.ts'

let engine: Promise<ELK> | undefined

/** The same layout in Node, in this thread. The engine is loaded with the first request: it is large. */
export async function layOutInNode(request: LayoutRequest): Promise<GraphDrawing> {
  engine ??= import('elkjs/lib/elk.bundled.js').then(
    ({ default: Elk }) => new Elk({ algorithms: ['layered'] }),
  )
  return layOutWith(await engine, request)
}
