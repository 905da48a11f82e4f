import { contentKey, openContentCache } from '../../core/cache/content-cache.ts'
import type { GraphPage } from '../../core/docs/api.ts'
import type { GraphDrawing } from '../../core/docs/drawing.ts'
import { buildId } from '../version.ts'

/** The page with its default view laid out, so that a browser shows it before any layout runs there. Laying out hundreds of boxes takes a
 * second: the drawing is kept in `.sluice/cache/` until the graph, or the program, is another one. */
export async function withDefaultDrawing(page: GraphPage, root: string): Promise<GraphPage> {
  const { defaultLayout, layOutInNode } = await import('../../web/site/node.ts')
  const request = defaultLayout(page)
  const cache = openContentCache({ root, name: 'drawing', build: buildId })
  const key = contentKey(request)
  const known = cache.get(key) as GraphDrawing | undefined
  if (known !== undefined) return { ...page, drawing: known }
  const drawing = await layOutInNode(request)
  cache.set(key, drawing)
  cache.save()
  return { ...page, drawing }
}
