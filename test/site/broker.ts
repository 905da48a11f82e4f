import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { buildExampleSite, type ExampleSite } from './example-site.ts'

/** Builds the example's site when the first test file asks for it, and removes it at the end. */
export async function provideSite(project: TestProject): Promise<() => Promise<void>> {
  let folder: string | undefined
  let site: Promise<ExampleSite> | undefined
  const build = async (): Promise<ExampleSite> => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-example-'))
    return buildExampleSite(folder)
  }
  const broker = createServer((_request, response) => {
    site ??= build()
    site.then(
      (built) => response.end(JSON.stringify(built)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve))
  const address = broker.address()
  if (address === null || typeof address === 'string') throw new Error('the broker has no port')
  project.provide('siteBroker', `http://127.0.0.1:${address.port}/`)
  return async () => {
    broker.closeAllConnections()
    broker.close()
    await site?.catch(() => undefined)
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }
}
