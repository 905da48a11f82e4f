import type { Adapter, Session, Statement, Transaction } from '../adapter.ts'
import type { Claim, ClaimRequest, ClaimResult, Claims, Lost, Worker } from './leases.ts'
import type { AttemptStatus, LeaseHolder } from './records.ts'
import { commitShort } from './short-commit.ts'
import { leaseHolder, text } from './snapshot.ts'
import { finishAttempt, releaseLease, type UnpublishedResult } from './statements.ts'

/** Leases as rows, and attempts that are recorded when they begin: other processes meet them. */
export class RowClaims implements Claims {
  private readonly adapter: Adapter
  private readonly now: () => Date

  constructor(adapter: Adapter, now: () => Date) {
    this.adapter = adapter
    this.now = now
  }

  async claim(
    run: string,
    worker: Worker,
    request: ClaimRequest,
    standUp: (transaction: Transaction) => Promise<void>,
  ): Promise<ClaimResult> {
    const { model } = request
    try {
      await commitShort(this.adapter, async (transaction) => {
        const claimedAt = this.now()
        await standUp(transaction)
        if (request.number > 1) await this.dropOwn(transaction, worker, model, request.keys, claimedAt)
        const taken = await this.insertLeases(transaction, worker, request, claimedAt)
        if (taken < request.keys.length) throw new LeaseTaken(await this.holderOf(transaction, request))
        await transaction.execute(
          `insert into sluice.attempts (id, run_id, worker, model, partition_keys, number, status, started_at, accepted)
values ($1, $2, $3, $4, $5, $6, 'running', $7, $8)`,
          [
            request.attempt,
            run,
            worker.id,
            model,
            JSON.stringify(request.keys),
            request.number,
            claimedAt,
            request.accepted.length === 0 ? null : JSON.stringify(request.accepted),
          ],
        )
      })
      return { claimed: true }
    } catch (error) {
      if (error instanceof LeaseTaken) return { claimed: false, holder: error.holder }
      throw error
    }
  }

  async release({ attempt, token }: Claim): Promise<void> {
    await commitShort(this.adapter, async (transaction) => {
      const lease = releaseLease(token)
      await transaction.execute(lease.sql, lease.params)
      await transaction.execute('delete from sluice.attempts where id = $1', [attempt])
    })
  }

  async giveUp(transaction: Transaction, { token }: Claim): Promise<boolean> {
    return (await transaction.execute('delete from sluice.leases where token = $1', [token])) > 0
  }

  ending(
    { attempt }: Claim,
    status: Exclude<AttemptStatus, 'succeeded'>,
    at: Date,
    result: UnpublishedResult,
  ): readonly Statement[] {
    return [finishAttempt(attempt, status, at, result)]
  }

  ended(): void {}

  /** Waits for the row lock of a publisher that is still committing. */
  async take(transaction: Transaction, worker: string, at: Date): Promise<readonly Lost[]> {
    await transaction.execute('delete from sluice.leases where worker = $1', [worker])
    return runningAttempts(transaction, worker, at)
  }

  taken(): void {}

  /** Rows are there for everybody. */
  tell(): Promise<void> {
    return Promise.resolve()
  }

  hush(): Promise<void> {
    return Promise.resolve()
  }

  /** Drops what an earlier attempt of this worker left because the database went away before its end could be recorded. Waits for the
   * row lock of a publisher that is still committing. */
  private async dropOwn(
    transaction: Transaction,
    worker: Worker,
    model: string,
    keys: readonly string[],
    at: Date,
  ): Promise<void> {
    const { dialect } = this.adapter
    const held = `model = $1 and partition_key in (${dialect.list(keys)}) and worker = $2`
    const left = await transaction.query(`select distinct attempt from sluice.leases where ${held}`, [
      model,
      worker.id,
    ])
    if (left.length === 0) return
    await transaction.execute(`delete from sluice.leases where ${held}`, [model, worker.id])
    for (const row of left) {
      const { sql, params } = finishAttempt(text(row.attempt), 'crashed', at, {})
      await transaction.execute(sql, params)
    }
  }

  /** Tells how many of the keys were free. In the order of keys, so that two that claim the same ones cannot wait for each other. */
  private insertLeases(
    transaction: Transaction,
    worker: Worker,
    { model, keys, token, attempt }: ClaimRequest,
    claimedAt: Date,
  ): Promise<number> {
    const { dialect } = this.adapter
    const isShort = keys.length <= MOST_PARAMETERS
    const rows = keys.map(
      (key, index) => `($1, ${isShort ? `$${index + 6}` : dialect.literal(key)}, $2, $3, $4, $5)`,
    )
    return transaction.execute(
      `insert into sluice.leases (model, partition_key, token, worker, attempt, claimed_at) values ${rows.join(', ')}
on conflict (model, partition_key) do nothing`,
      [model, token, worker.id, attempt, claimedAt, ...(isShort ? keys : [])],
    )
  }

  /** Who has one of the keys. */
  private async holderOf(session: Session, { model, keys, token }: ClaimRequest): Promise<LeaseHolder> {
    const rows = await session.query(
      `select l.worker, a.run_id, w.host, w.pid from sluice.leases l
left join sluice.attempts a on a.id = l.attempt left join sluice.workers w on w.id = l.worker
where l.model = $1 and l.token <> $2 and l.partition_key in (${this.adapter.dialect.list(keys)}) order by l.partition_key limit 1`,
      [model, token],
    )
    const row = rows[0]
    return row === undefined ? { worker: '', run: '', host: '', pid: 0 } : leaseHolder(row)
  }
}

/** So many keys of a claim are parameters: an engine that is asked the same text again need not plan it again. */
const MOST_PARAMETERS = 16

/** Attempts of a worker that are recorded as running. */
export async function runningAttempts(session: Session, worker: string, at: Date): Promise<readonly Lost[]> {
  const rows = await session.query(
    `select id, run_id, model, partition_keys from sluice.attempts where worker = $1 and status = 'running'`,
    [worker],
  )
  return rows.map((row) => ({
    attempt: text(row.id),
    run: text(row.run_id),
    model: text(row.model),
    keys: JSON.parse(text(row.partition_keys)) as readonly string[],
    ending: finishAttempt(text(row.id), 'crashed', at, {}),
  }))
}

/** What became of an attempt; undefined if the ledger knows nothing of it. */
export async function statusOfAttempt(session: Session, attempt: string): Promise<AttemptStatus | undefined> {
  const rows = await session.query('select status from sluice.attempts where id = $1', [attempt])
  return rows[0]?.status as AttemptStatus | undefined
}

class LeaseTaken extends Error {
  readonly holder: LeaseHolder

  constructor(holder: LeaseHolder) {
    super('lease taken')
    this.holder = holder
  }
}
