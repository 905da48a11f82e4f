import type { GraphPage } from '../../core/docs/api.ts'
import type { LayoutRequest } from '../layout/request.ts'
import { lineageMap } from './lineage-map.ts'
import { plainScene } from './scene.ts'
import { everything } from './view.ts'

/** The boxes of a page's default view as they are to be laid out. The browser takes a drawing that comes with the page if it is of the
 * same boxes. */
export function defaultLayout(page: GraphPage): LayoutRequest {
  return plainScene(lineageMap(page), everything).request
}
