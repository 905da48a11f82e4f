import type { Adapter, Session, Statement, Transaction } from '../adapter.ts'
import type { Claim, ClaimRequest, ClaimResult, Claims, Lost, Worker } from './leases.ts'
import type { AttemptStatus, LeaseHolder } from './records.ts'
import { commitShort } from './short-commit.ts'
import { leaseHolder, text } from './snapshot.ts'
import { finishAttempt, releaseLease } from './statements.ts'

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
        for (const key of request.keys) {
          const taken = await transaction.execute(
            `insert into sluice.leases (model, partition_key, token, worker, attempt, claimed_at)
select $1, $2, $3, $4, $5, $6 where not exists (select 1 from sluice.leases where model = $1 and partition_key = $2)
${this.adapter.capabilities.sharedServer ? 'on conflict (model, partition_key) do nothing' : ''}`,
            [model, key, request.token, worker.id, request.attempt, claimedAt],
          )
          if (taken === 0) throw new LeaseTaken(await this.holderOf(transaction, model, key))
        }
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
    error: unknown,
  ): readonly Statement[] {
    return [finishAttempt(attempt, status, at, { error })]
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

  private async holderOf(session: Session, model: string, key: string): Promise<LeaseHolder> {
    const rows = await session.query(
      `select l.worker, a.run_id, w.host, w.pid from sluice.leases l
left join sluice.attempts a on a.id = l.attempt left join sluice.workers w on w.id = l.worker
where l.model = $1 and l.partition_key = $2`,
      [model, key],
    )
    const row = rows[0]
    return row === undefined ? { worker: '', run: '', host: '', pid: 0 } : leaseHolder(row)
  }
}

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
