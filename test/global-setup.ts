import { createServer } from 'node:http'
import type { TestProject } from 'vitest/node'
import { type PostgresServer, startPostgres } from './postgres-server.ts'
import { provideSite } from './site/broker.ts'

/** Hands out one Postgres server and one site of the example per test run. Each is made when the first test file asks for it, so that a
 * run without such files does not pay for it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let server: Promise<PostgresServer> | undefined
  const broker = createServer((_request, response) => {
    server ??= startPostgres()
    server.then(
      (started) => response.end(started.url('postgres')),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve))
  const address = broker.address()
  if (address === null || typeof address === 'string') throw new Error('the broker has no port')
  project.provide('postgresBroker', `http://127.0.0.1:${address.port}/`)
  const removeSite = await provideSite(project)
  return async () => {
    await removeSite()
    broker.closeAllConnections()
    broker.close()
    await server?.then(
      (started) => started.stop(),
      () => undefined,
    )
  }
}
