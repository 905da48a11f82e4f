import { setTimeout as sleep } from 'node:timers/promises'
import type { Adapter, AdapterFactory, OpenOptions } from '../../core/adapter.ts'
import type { TargetConfig } from '../../core/config/project.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { OwnerInfo } from '../../core/owner/protocol.ts'
import { OwnerConnection, OwnerSilent } from './connection.ts'
import { otherVersionError, ownedError, silentError } from './errors.ts'
import { socketPaths } from './place.ts'
import { type Reached, RemoteAdapter } from './remote-adapter.ts'
import type { Seat } from './seat.ts'

export interface ConnectRequest {
  readonly factory: AdapterFactory
  readonly target: TargetConfig
  readonly options: OpenOptions
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly seat: Seat
  /** Takes what is worth knowing when something is looked into. */
  readonly note: (text: string) => void
}

/** A file that a process opens only to read, or is about to serve, is free or answers after this time. */
const PATIENCE_MS = 1_500
const AGAIN_MS = 40

/**
 * Opens the target. Where only one process can have it, and another one has, what only reads is asked of that one; and while this process has
 * it to write, it answers others.
 *
 * @throws SluiceError SL545 that names the owner, if it is in the way; what `AdapterFactory.open` throws
 */
export async function connectTo(request: ConnectRequest): Promise<Adapter> {
  const { factory, target, options, environment } = request
  const file = await factory.ownedFile?.(target)
  if (file === undefined) return factory.open(target, options)
  const paths = socketPaths(file, environment)
  const reached = await reach(request, paths)
  if (reached.kind === 'self')
    return options.readOnly ? reached.adapter : serving(request, paths, reached.adapter)
  const { info } = reached.connection
  reached.connection.close()
  return new RemoteAdapter(factory, info, () => reach(request, paths))
}

/** What to do for a process that owns the database, to be told by `cancel` and the like; undefined if none does. */
export async function ownerOf(
  request: Pick<ConnectRequest, 'factory' | 'target' | 'environment'>,
): Promise<OwnerConnection | undefined> {
  const file = await request.factory.ownedFile?.(request.target)
  return file === undefined ? undefined : OwnerConnection.open(socketPaths(file, request.environment))
}

async function reach(request: ConnectRequest, paths: readonly string[]): Promise<Reached> {
  const { factory, target, options } = request
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    let locked: SluiceError
    try {
      return { kind: 'self', adapter: await factory.open(target, options) }
    } catch (error) {
      if (!isLocked(error)) throw error
      locked = error
    }
    const connection = await askedFor(paths, locked)
    if (connection !== undefined) {
      if (options.readOnly && connection.isUnderstood) return { kind: 'owner', connection }
      connection.close()
      throw refusal(connection.info, options.readOnly, locked)
    }
    // Whoever has it ends, only reads it, or is about to listen.
    if (performance.now() > until) throw locked
    await sleep(AGAIN_MS)
  }
}

async function askedFor(paths: readonly string[], locked: SluiceError): Promise<OwnerConnection | undefined> {
  try {
    return await OwnerConnection.open(paths)
  } catch (error) {
    throw error instanceof OwnerSilent ? silentError(locked) : error
  }
}

function refusal(owner: OwnerInfo, readOnly: boolean, locked: SluiceError): SluiceError {
  return readOnly ? otherVersionError(owner, locked) : ownedError(owner, locked)
}

/** Files that this process answers for. */
const served = new Set<string>()

/** Answers other processes for as long as the adapter is open. That this cannot be is no reason not to run. */
function serving({ seat, note }: ConnectRequest, paths: readonly string[], adapter: Adapter): Adapter {
  const [name] = paths
  if (name === undefined || served.has(name)) return adapter
  served.add(name)
  const server = import('./server.ts').then(({ OwnerServer }) => OwnerServer.listen(paths, adapter, seat))
  server.catch((error: unknown) => {
    note(`other processes cannot ask this one: ${error instanceof Error ? error.message : String(error)}`)
  })
  const close = async (): Promise<void> => {
    served.delete(name)
    const listening = await server.catch(() => undefined)
    await listening?.close()
    await adapter.close()
  }
  return Object.assign(Object.create(adapter) as Adapter, { close })
}

function isLocked(error: unknown): error is SluiceError {
  return error instanceof SluiceError && error.diagnostics.every(({ code }) => code === 'SL501')
}
