import type { GraphDrawing } from '../../core/docs/drawing.ts'
import { layOutWith } from './elk-graph.ts'
import { startLayoutWorker } from './layout-worker.ts'
import type { LayoutRequest } from './request.ts'

export type { LayoutBox, LayoutLine, LayoutRequest } from './request.ts'

/** A newer request of the same place came before this one was answered: nobody waits for it any more. */
export class SupersededLayout extends Error {
  override readonly name = 'SupersededLayout'
}

interface Waiting {
  readonly request: LayoutRequest
  readonly resolve: (drawing: GraphDrawing) => void
  readonly reject: (error: Error) => void
}

let worker: ReturnType<typeof startLayoutWorker> | undefined
let busy = false
let next: Waiting | undefined

/** Lays a graph out, left to right, in a worker that is started with the first request and kept. The same request gives the same drawing.
 * The layout engine takes one graph after another, so a request that waits is dropped when a newer one comes, and one that is being laid
 * out is rejected, too.
 * @throws SupersededLayout, or Error with a sentence for the reader */
export function layOut(request: LayoutRequest): Promise<GraphDrawing> {
  next?.reject(new SupersededLayout('a newer layout was asked for'))
  return new Promise((resolve, reject) => {
    next = { request, resolve, reject }
    if (!busy) void work()
  })
}

async function work(): Promise<void> {
  busy = true
  while (next !== undefined) {
    const waiting: Waiting = next
    next = undefined
    try {
      worker ??= startLayoutWorker()
      const drawing = await layOutWith(await worker, waiting.request)
      if (next === undefined) waiting.resolve(drawing)
      else waiting.reject(new SupersededLayout('a newer layout was asked for'))
    } catch (error) {
      // A worker that failed is in no state that is known: the next request gets a new one.
      void worker?.then(
        (engine) => engine.terminateWorker(),
        () => undefined,
      )
      worker = undefined
      waiting.reject(
        new Error(
          `The graph could not be laid out: ${error instanceof Error ? error.message : String(error)}`,
        ),
      )
    }
  }
  busy = false
}
