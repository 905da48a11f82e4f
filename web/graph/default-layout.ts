import type { GraphPage } from '../../core/docs/api.ts'
import type { LayoutRequest } from '../layout/request.ts'
import { lineageMap } from './lineage-map.ts'
import { defaultRequest } from './scene.ts'
import { everything } from './view.ts'

/** What is to be laid out for the view that the page opens with. */
export function defaultLayout(page: GraphPage): LayoutRequest {
  return defaultRequest(lineageMap(page), everything)
}
