import type { Adapter, Statement, Transaction } from '../adapter.ts'
import type { HeldLease, HeldLeases } from './held-leases.ts'
import type { Claim, ClaimRequest, ClaimResult, Claims, Lost, Worker } from './leases.ts'
import type { AttemptStatus } from './records.ts'
import { runningAttempts, statusOfAttempt } from './row-claims.ts'
import { text } from './snapshot.ts'
import { insertUnpublished, type UnpublishedResult } from './statements.ts'

/** Lease rows that one statement writes. */
const TOLD_AT_ONCE = 500

/**
 * Leases in the memory of the one process that has the database, and attempts that are recorded when they end: a claim costs nothing. An
 * attempt that lasts is told by its lease rows, as one that was recorded when it began could not be ended by a transaction that began earlier.
 */
export class HeldClaims implements Claims {
  private readonly adapter: Adapter
  private readonly held: HeldLeases
  private readonly now: () => Date

  constructor(adapter: Adapter, held: HeldLeases, now: () => Date) {
    this.adapter = adapter
    this.held = held
    this.now = now
  }

  claim(run: string, { id, host, pid }: Worker, request: ClaimRequest): Promise<ClaimResult> {
    const lease: HeldLease = { ...request, run, worker: { id, host, pid }, claimedAt: this.now() }
    if (request.number > 1) this.held.dropOwn(id, request.model, request.keys)
    const holder = this.held.claim(lease)
    if (holder === undefined) return Promise.resolve({ claimed: true })
    return Promise.resolve({
      claimed: false,
      holder: {
        worker: holder.worker.id,
        run: holder.run,
        host: holder.worker.host,
        pid: holder.worker.pid,
      },
    })
  }

  release({ token }: Claim): Promise<void> {
    this.held.release(token)
    return Promise.resolve()
  }

  /** False also if the attempt has ended, though its COMMIT was not answered. */
  async giveUp(transaction: Transaction, { attempt, token }: Claim): Promise<boolean> {
    if (this.held.get(token) === undefined) return false
    return (await statusOfAttempt(transaction, attempt)) === undefined
  }

  /** Nothing, if the lease was lost: who took it has recorded that. */
  ending(
    { token }: Claim,
    status: Exclude<AttemptStatus, 'succeeded'>,
    at: Date,
    result: UnpublishedResult,
  ): readonly Statement[] {
    const lease = this.held.get(token)
    return lease === undefined ? [] : [insertUnpublished(lease, status, at, result)]
  }

  ended({ token }: Claim): void {
    this.held.release(token)
  }

  async take(transaction: Transaction, worker: string, at: Date): Promise<readonly Lost[]> {
    const lost: Lost[] = [
      ...this.held.ofWorker(worker).map((lease) => lostLease(lease, at)),
      ...(await this.toldOnly(transaction, worker, at)),
      // Recorded by a version of Sluice that recorded attempts when they began.
      ...(await runningAttempts(transaction, worker, at)),
    ]
    await transaction.execute('delete from sluice.leases where worker = $1', [worker])
    return lost
  }

  taken(worker: string): void {
    this.held.forget(worker)
  }

  tell(): Promise<void> {
    return this.held.tell(async ({ lasting, ended }) => {
      await this.adapter.owned?.note([...this.untold(ended), ...this.toldRows(lasting)])
    })
  }

  hush(worker: string): Promise<void> {
    return this.held.hush(worker)
  }

  private untold(tokens: readonly string[]): readonly Statement[] {
    if (tokens.length === 0) return []
    return [{ sql: `delete from sluice.leases where token in (${this.adapter.dialect.list(tokens)})` }]
  }

  private toldRows(leases: readonly HeldLease[]): readonly Statement[] {
    const { dialect } = this.adapter
    const rows = leases.flatMap((lease) =>
      lease.keys.map((key) => {
        const texts = [lease.model, key, lease.token, lease.worker.id, lease.attempt]
        const claimedAt = dialect.instant(lease.claimedAt.getTime(), 'timestamptz')
        return `(${texts.map((each) => dialect.literal(each)).join(', ')}, ${claimedAt})`
      }),
    )
    const statements: Statement[] = []
    for (let at = 0; at < rows.length; at += TOLD_AT_ONCE) {
      statements.push({
        sql: `insert into sluice.leases (model, partition_key, token, worker, attempt, claimed_at) values
${rows.slice(at, at + TOLD_AT_ONCE).join(',\n')}`,
      })
    }
    return statements
  }

  /** Attempts of a process that is gone, of which nothing but their leases is known. */
  private async toldOnly(transaction: Transaction, worker: string, at: Date): Promise<readonly Lost[]> {
    const rows = await transaction.query(
      `select l.attempt, l.model, l.partition_key, l.token, l.claimed_at, w.run_id, w.host, w.pid
from sluice.leases l join sluice.workers w on w.id = l.worker
where l.worker = $1 and not exists (select 1 from sluice.attempts a where a.id = l.attempt) order by l.attempt, l.partition_key`,
      [worker],
    )
    const leases = new Map<string, HeldLease & { readonly keys: string[] }>()
    for (const row of rows) {
      if (this.held.get(text(row.token)) !== undefined) continue
      const known = leases.get(text(row.attempt))
      if (known !== undefined) known.keys.push(text(row.partition_key))
      else
        leases.set(text(row.attempt), {
          token: text(row.token),
          model: text(row.model),
          keys: [text(row.partition_key)],
          run: text(row.run_id),
          worker: { id: worker, host: text(row.host), pid: Number(row.pid) },
          attempt: text(row.attempt),
          accepted: [],
          claimedAt: row.claimed_at as Date,
        })
    }
    return [...leases.values()].map((lease) => lostLease(lease, at))
  }
}

function lostLease(lease: HeldLease, at: Date): Lost {
  const { attempt, run, model, keys } = lease
  return { attempt, run, model, keys, ending: insertUnpublished(lease, 'crashed', at, {}) }
}
