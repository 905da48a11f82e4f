import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { type ServerRequest, siteApp } from './app.ts'

export interface Listening {
  readonly port: number
  close(): Promise<void>
}

/** Serves the site. @throws what the operating system says if the port cannot be had */
export async function listen(request: ServerRequest, port: number): Promise<Listening> {
  const server = createAdaptorServer({ fetch: siteApp(request).fetch }) as Server
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, request.host, resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
