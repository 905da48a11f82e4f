import ElkApi, { type ELK } from 'elkjs/lib/elk-api.js'
import { dataSource } from '../client/data.ts'

/** The layout engine in a worker made of a blob: a page that was opened from a file can load no other. */
export async function startLayoutWorker(): Promise<ELK> {
  const code = await dataSource().workerCode()
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
  try {
    return await new Promise<ELK>((resolve, reject) => {
      const worker = new Worker(url)
      worker.onerror = (event) => reject(new Error(event.message || 'the worker could not be started'))
      const elk = new ElkApi({ workerFactory: () => worker, algorithms: ['layered'] })
      // It answers only when its code ran: then the blob is not needed any more.
      elk.knownLayoutAlgorithms().then(() => resolve(elk), reject)
    })
  } finally {
    URL.revokeObjectURL(url)
  }
}
