import { isIP } from 'node:net'

/** Names by which a machine speaks of itself. */
const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1'])

export function isLoopback(host: string): boolean {
  return loopback.has(host) || (isIP(host) === 4 && host.startsWith('127.'))
}

/**
 * Whether a request's `Host` is one that this server goes by. A name of somebody else's that leads here would let that site's pages read
 * ours (DNS rebinding). Addresses are no names, so where others may come from, any address will do.
 */
export function isOurHost(header: string | undefined, host: string): boolean {
  if (header === undefined) return false
  const name = header
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase()
  if (loopback.has(name) || name === host.toLowerCase()) return true
  return !isLoopback(host) && isIP(name) !== 0
}
