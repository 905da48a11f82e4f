import { unlinkSync } from 'node:fs'
import { chmod, unlink } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import type { Adapter } from '../../core/adapter.ts'
import { makeFolder } from './place.ts'
import type { Seat } from './seat.ts'
import { Visitor } from './visitor.ts'

/** Processes that may be connected at once; more are hung up on. */
const MOST_VISITORS = 128

/** The socket on which the owner of a database answers other processes. */
export class OwnerServer {
  readonly path: string
  private readonly server: Server
  private readonly sockets: Set<Socket>
  private readonly removeFile: () => void

  private constructor(path: string, server: Server, sockets: Set<Socket>) {
    this.path = path
    this.server = server
    this.sockets = sockets
    this.removeFile = () => {
      try {
        unlinkSync(path)
      } catch {
        // It is gone.
      }
    }
    // A second Ctrl-C ends the process at once.
    process.on('exit', this.removeFile)
  }

  /**
   * Listens in the first of the places that can be used. Whatever is found there is what a process left that was killed: this one has the
   * database, so nobody else does.
   *
   * @throws the reason, where there is no such place
   */
  static async listen(paths: readonly string[], adapter: Adapter, seat: Seat): Promise<OwnerServer> {
    let reason: unknown = new Error('there is no folder for it')
    for (const path of paths) {
      if (process.platform !== 'win32' && !(await makeFolder(dirname(path)))) continue
      try {
        const sockets = new Set<Socket>()
        return new OwnerServer(path, await bind(path, adapter, seat, sockets), sockets)
      } catch (error) {
        reason = error
      }
    }
    throw reason
  }

  /** Hangs up and removes the socket. Must come before the database is given back: then the socket's name is the next owner's. */
  async close(): Promise<void> {
    process.off('exit', this.removeFile)
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()))
    for (const socket of this.sockets) socket.destroy()
    await closed
  }
}

async function bind(path: string, adapter: Adapter, seat: Seat, sockets: Set<Socket>): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    new Visitor(socket, adapter, seat)
  })
  server.maxConnections = MOST_VISITORS
  try {
    await listening(server, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    await unlink(path)
    await listening(server, path)
  }
  server.on('error', () => undefined)
  // The socket keeps no process alive that has nothing else to do.
  server.unref()
  if (process.platform !== 'win32') await chmod(path, 0o600)
  return server
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
