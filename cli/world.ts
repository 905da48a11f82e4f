import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from '../core/ledger/ledger.ts'
import type { RunWorld } from '../core/run/run-task.ts'

/** The world as it is, for runs: clock, randomness, ids and processes. */
export function realWorld(now: () => number): RunWorld {
  return {
    now: () => new Date(now()),
    elapsed: () => performance.now(),
    id: newId,
    random: Math.random,
    sleep: async (ms, signal) => {
      await sleep(ms, undefined, { signal })
    },
    isDead: isGone,
  }
}

/** This process as a worker. */
export function thisWorker(): Worker {
  return { id: newId(), host: thisHost(), pid: process.pid, user: thisUser() }
}

/** Who runs this process. A container may run under a number that no account has. */
export function thisUser(): string {
  try {
    return userInfo().username
  } catch {
    return process.env.USER ?? `uid ${process.getuid?.() ?? 'unknown'}`
  }
}

/**
 * Where this process's id means something. Containers may share a host name, and even a kernel, while none sees the processes of another:
 * the kernel's boot and the process namespace tell them apart, on systems that have them.
 */
export function thisHost(read: (path: string) => string | undefined = readKernel): string {
  const parts = ['/proc/sys/kernel/random/boot_id', '/proc/self/ns/pid'].map(read)
  if (parts.every((part) => part === undefined)) return hostname()
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex')
  return `${hostname()}#${hash.slice(0, 12)}`
}

function readKernel(path: string): string | undefined {
  try {
    return path.includes('/ns/') ? readlinkSync(path) : readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

/** Time first, so that ids sort by it, then chance. */
function newId(): string {
  return `${Date.now().toString(36).padStart(9, '0')}-${randomBytes(4).toString('hex')}`
}

/** Only the processes of this host can be known to be gone; others are given up when their heartbeat stops. */
export function isGone(worker: Worker): boolean {
  if (worker.host !== thisHost()) return false
  if (worker.pid === process.pid) return false
  try {
    process.kill(worker.pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
