import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
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
  return { id: newId(), host: hostname(), pid: process.pid }
}

/** Time first, so that ids sort by it, then chance. */
function newId(): string {
  return `${Date.now().toString(36).padStart(9, '0')}-${randomBytes(4).toString('hex')}`
}

function isGone(worker: Worker): boolean {
  if (worker.host !== hostname()) return false
  if (worker.pid === process.pid) return false
  try {
    process.kill(worker.pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
