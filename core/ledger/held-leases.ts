import type { Adapter } from '../adapter.ts'
import type { BegunAttempt } from './statements.ts'

/** The right to publish partitions of one model, held by an attempt of this process. */
export interface HeldLease extends BegunAttempt {
  readonly token: string
  readonly worker: { readonly id: string; readonly host: string; readonly pid: number }
}

/** What `sluice.leases` should learn: leases that have lasted for a while, and tokens of those that have ended. */
export interface LeaseNews {
  readonly lasting: readonly HeldLease[]
  readonly ended: readonly string[]
}

/**
 * Leases of a database that only one process can have: they live in its memory, so that a claim costs nothing, and end with it. All runs of
 * the process on that database share them.
 *
 * Those that last are also told in `sluice.leases`, for whoever looks at the database meanwhile, and for whoever finds it after a crash.
 */
export class HeldLeases {
  private readonly byPartition = new Map<string, HeldLease>()
  private readonly byToken = new Map<string, HeldLease>()
  /** By token: attempts that another one of their worker followed before their end could be recorded. */
  private readonly lost = new Map<string, HeldLease>()
  /** Tokens that stand in `sluice.leases`, with their workers. */
  private readonly told = new Map<string, string>()
  /** Tokens that were held when it was last looked for what lasts. */
  private seen: ReadonlySet<string> = new Set()
  private readonly hushed = new Set<string>()
  private telling: Promise<void> = Promise.resolve()

  /** Takes all of the partitions or none; returns a lease that is in the way. */
  claim(lease: HeldLease): HeldLease | undefined {
    for (const key of lease.keys) {
      const holder = this.byPartition.get(partitionId(lease.model, key))
      if (holder !== undefined) return holder
    }
    for (const key of lease.keys) this.byPartition.set(partitionId(lease.model, key), lease)
    this.byToken.set(lease.token, lease)
    return undefined
  }

  /** The lease, while it is held. */
  get(token: string): HeldLease | undefined {
    return this.byToken.get(token)
  }

  has(token: string): boolean {
    return this.byToken.has(token)
  }

  /** Takes away what earlier attempts of a worker left of these partitions; their ends are still to be recorded. */
  dropOwn(worker: string, model: string, keys: readonly string[]): void {
    for (const key of keys) {
      const lease = this.byPartition.get(partitionId(model, key))
      if (lease === undefined || lease.worker.id !== worker) continue
      this.release(lease.token)
      this.lost.set(lease.token, lease)
    }
  }

  /** Attempts of a worker that have not been recorded. */
  ofWorker(worker: string): readonly HeldLease[] {
    return [...this.byToken.values(), ...this.lost.values()].filter((lease) => lease.worker.id === worker)
  }

  release(token: string): void {
    const lease = this.byToken.get(token)
    if (lease === undefined) return
    this.byToken.delete(token)
    for (const key of lease.keys) this.byPartition.delete(partitionId(lease.model, key))
  }

  /** Nothing of the worker is held, nor stands in `sluice.leases`. */
  forget(worker: string): void {
    for (const { token } of this.ofWorker(worker)) {
      this.release(token)
      this.lost.delete(token)
    }
    for (const [token, teller] of this.told) if (teller === worker) this.told.delete(token)
    this.hushed.delete(worker)
  }

  /** Writes what there is to tell, one after the other. */
  tell(write: (news: LeaseNews) => Promise<void>): Promise<void> {
    const told = this.telling.then(() => this.tellNow(write))
    this.telling = told.catch(() => undefined)
    return told
  }

  /** From now on nothing is told of the worker; resolves when what was being told is. */
  hush(worker: string): Promise<void> {
    this.hushed.add(worker)
    return this.telling
  }

  private async tellNow(write: (news: LeaseNews) => Promise<void>): Promise<void> {
    const news = this.news()
    if (news.lasting.length + news.ended.length === 0) return
    await write(news)
    for (const { token, worker } of news.lasting) this.told.set(token, worker.id)
    for (const token of news.ended) this.told.delete(token)
  }

  private news(): LeaseNews {
    const before = this.seen
    this.seen = new Set(this.byToken.keys())
    const isNew = ({ token, worker }: HeldLease): boolean =>
      before.has(token) && !this.told.has(token) && !this.hushed.has(worker.id)
    return {
      lasting: [...this.byToken.values()].filter(isNew),
      ended: [...this.told]
        .filter(([token, worker]) => !this.byToken.has(token) && !this.hushed.has(worker))
        .map(([token]) => token),
    }
  }
}

const databases = new WeakMap<object, HeldLeases>()

/** The leases of a database that this process has to itself; undefined where processes share it, and leases are rows. */
export function heldLeases({ owned }: Pick<Adapter, 'owned'>): HeldLeases | undefined {
  if (owned === undefined) return undefined
  const known = databases.get(owned.identity)
  if (known !== undefined) return known
  const made = new HeldLeases()
  databases.set(owned.identity, made)
  return made
}

function partitionId(model: string, key: string): string {
  return `${model}\0${key}`
}
