import type { Adapter, Session, Statement, Transaction } from '../adapter.ts'
import type { CheckOutcome } from '../checks/check.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { RunStatus, RunTotals } from '../events.ts'
import {
  type AttemptStatus,
  emptySnapshot,
  type LeaseHolder,
  type LedgerSnapshot,
  type SnapshotRequest,
} from './records.ts'
import { ledgerMigrations } from './schema.ts'
import { leaseHolder, readSnapshot, text } from './snapshot.ts'
import {
  finishAttempt,
  type PartitionOutcome,
  recordChecks,
  recordUnpublished,
  releaseLease,
} from './statements.ts'

/** A process that runs tasks. */
export interface Worker {
  readonly id: string
  readonly host: string
  readonly pid: number
  /** Who started it, by the operating system's name. */
  readonly user?: string
}

/** What is kept of a run when it starts. */
export interface StartedRun {
  readonly id: string
  readonly worker: Worker
  readonly command: string
  readonly target: string
  /** The options that it was started with. */
  readonly request: unknown
  /** What it is to do, so that the rest can be done later. */
  readonly plan: unknown
  /** The run whose work it goes on with. */
  readonly parent?: string
}

/** A worker whose heartbeat is older than this is taken for dead. */
export const LEASE_TTL_MS = 30_000
export const HEARTBEAT_MS = 5_000

export interface ClaimRequest {
  readonly model: string
  /** Sorted. */
  readonly keys: readonly string[]
  readonly token: string
  readonly attempt: string
  readonly number: number
  /** Inputs that the user accepted although they were stale or had failed; kept with the attempt. */
  readonly accepted: readonly unknown[]
}

export type ClaimResult =
  | { readonly claimed: true }
  | { readonly claimed: false; readonly holder: LeaseHolder }

/** Workers of this process: whatever their age, they are not dead. */
const alive = new Set<string>()

/** How often a short transaction of the ledger is sent again after a conflict with another one. */
const CONFLICT_TRIES = 10

/** The memory of a target: which partitions exist, who made them, who is making them now. */
export class Ledger {
  private readonly adapter: Adapter
  private readonly now: () => Date

  private readonly scope: string

  /** `scope` (`ledgerScope`) keeps targets apart that share one database. */
  constructor(adapter: Adapter, now: () => Date, scope = '') {
    this.adapter = adapter
    this.now = now
    this.scope = scope
  }

  /** A model's name in the ledger. */
  nameOf(model: string): string {
    return `${this.scope}${model}`
  }

  /** Creates or upgrades the ledger's tables. */
  async prepare(): Promise<void> {
    await this.adapter.migrate(ledgerMigrations)
  }

  /** What the ledger holds; an empty snapshot where there is no ledger yet. */
  async snapshot(request: SnapshotRequest, signal?: AbortSignal): Promise<LedgerSnapshot> {
    const version = await this.adapter.ledgerVersion()
    if (version === 0) return emptySnapshot
    const { dialect } = this.adapter
    const nameOf = (model: string) => this.nameOf(model)
    return this.adapter.session(
      (session) => readSnapshot({ session, dialect, version, nameOf }, request),
      signal,
    )
  }

  async startRun({ id, worker, command, target, request, plan, parent }: StartedRun): Promise<void> {
    alive.add(worker.id)
    await this.commit(async (transaction) => {
      await transaction.execute(
        `insert into sluice.runs (id, command, target, status, worker, started_at, request, host, pid, started_by, parent, plan)
values ($1, $2, $3, 'running', $4, $5, $6, $7, $8, $9, $10, $11)`,
        [
          id,
          command,
          target,
          worker.id,
          this.now(),
          JSON.stringify(request),
          worker.host,
          worker.pid,
          worker.user ?? null,
          parent ?? null,
          JSON.stringify(plan),
        ],
      )
      await this.register(transaction, id, worker)
    })
  }

  private async register(transaction: Transaction, run: string, worker: Worker): Promise<void> {
    await transaction.execute(
      `insert into sluice.workers (id, run_id, host, pid, heartbeat_at) values ($1, $2, $3, $4, ${this.adapter.dialect.now}) on conflict (id) do nothing`,
      [worker.id, run, worker.host, worker.pid],
    )
  }

  /** Ends a run. Attempts whose end could not be recorded, as the database was away then, are crashed. */
  async finishRun(
    id: string,
    worker: Worker,
    status: RunStatus,
    totals: RunTotals,
    reason?: Diagnostic,
  ): Promise<void> {
    alive.delete(worker.id)
    await this.commit(async (transaction) => {
      await this.lockWorker(transaction, worker.id, 'update')
      transaction.commitWith([
        ...(await this.dropHeld(transaction, worker.id)),
        {
          sql: 'update sluice.runs set status = $2, finished_at = $3, totals = $4 where id = $1',
          params: [id, status, this.now(), JSON.stringify({ ...totals, reason })],
        },
        { sql: 'delete from sluice.workers where id = $1', params: [worker.id] },
      ])
    })
  }

  /**
   * Holds a worker's row to the end of the transaction, and tells whether there is one. A worker that claims shares it, who buries the worker
   * has it alone: no lease is ever left to a worker that is gone.
   */
  private async lockWorker(
    transaction: Transaction,
    worker: string,
    lock: 'key share' | 'update',
  ): Promise<boolean> {
    const { rowLocks } = this.adapter.capabilities
    const rows = await transaction.query(
      `select id from sluice.workers where id = $1${rowLocks ? ` for ${lock}` : ''}`,
      [worker],
    )
    return rows.length > 0
  }

  /** Takes away a worker's leases, which waits for the row lock of a publisher that is still committing, and returns the statements that
   * call its running attempts crashed. */
  private async dropHeld(transaction: Transaction, worker: string): Promise<readonly Statement[]> {
    await transaction.execute('delete from sluice.leases where worker = $1', [worker])
    const running = await transaction.query(
      `select id, run_id, model, partition_keys from sluice.attempts where worker = $1 and status = 'running'`,
      [worker],
    )
    return running.flatMap((row) => {
      const [model, attempt, run] = [text(row.model), text(row.id), text(row.run_id)]
      const partitions = (JSON.parse(text(row.partition_keys)) as string[]).map((key) => ({
        model,
        key,
        attempt,
        run,
      }))
      return [
        finishAttempt(attempt, 'crashed', this.now(), {}),
        ...recordUnpublished(this.adapter.dialect, partitions, 'crashed'),
      ]
    })
  }

  /** Asks whoever runs it to end a run; it learns that with its next heartbeat. */
  async requestCancel(run: string): Promise<void> {
    await this.adapter.session((session) =>
      session.execute(
        `update sluice.runs set cancel_requested_at = ${this.adapter.dialect.now} where id = $1 and status = 'running' and cancel_requested_at is null`,
        [run],
      ),
    )
  }

  /** Says that the worker lives, and learns whether somebody wants its run to stop. */
  async heartbeat(worker: Worker, run: string): Promise<{ readonly isCancelRequested: boolean }> {
    return this.adapter.session(async (session) => {
      await session.execute(
        `update sluice.workers set heartbeat_at = ${this.adapter.dialect.now} where id = $1`,
        [worker.id],
      )
      const rows = await session.query(
        'select 1 from sluice.runs where id = $1 and cancel_requested_at is not null',
        [run],
      )
      return { isCancelRequested: rows.length > 0 }
    })
  }

  /**
   * Records what dead processes left behind: their running attempts and runs become `crashed`, their leases are released.
   * A worker is dead when `isDead` says so (a process of this machine that is gone) or its heartbeat is older than the lease's life, and
   * where only one process can open the database when it is not of this one.
   * Releasing waits for the row lock of a publisher that is still committing; a worker that does not let go of it is left for later. Returns
   * the runs that crashed.
   */
  async reap(isDead: (worker: Worker) => boolean, signal?: AbortSignal): Promise<readonly string[]> {
    const { dialect, capabilities } = this.adapter
    const workers = await this.adapter.session(
      (session) =>
        session.query(
          `select id, run_id, host, pid, heartbeat_at < ${dialect.now} - interval '${LEASE_TTL_MS / 1000} seconds' as expired from sluice.workers`,
        ),
      signal,
    )
    const crashed: string[] = []
    for (const row of workers) {
      const worker = { id: text(row.id), host: text(row.host), pid: Number(row.pid) }
      if (alive.has(worker.id)) continue
      if (row.expired !== true && !isDead(worker) && capabilities.sharedServer) continue
      if (await this.buryWorker(worker.id, signal)) crashed.push(text(row.run_id))
    }
    return crashed
  }

  private async buryWorker(worker: string, signal: AbortSignal | undefined): Promise<boolean> {
    let isBuried = false
    try {
      await this.commit(async (transaction) => {
        isBuried = await this.lockWorker(transaction, worker, 'update')
        if (!isBuried) return // Somebody else has just done it.
        transaction.commitWith([
          ...(await this.dropHeld(transaction, worker)),
          {
            sql: `update sluice.runs set status = 'crashed', finished_at = $2 where worker = $1 and status = 'running'`,
            params: [worker, this.now()],
          },
          { sql: 'delete from sluice.workers where id = $1', params: [worker] },
        ])
      }, signal)
    } catch (error) {
      if (this.adapter.explain(error).kind !== 'locked') throw error
      return false
    }
    return isBuried
  }

  /** Takes the leases of a task and notes its attempt, in one short transaction; all of the keys or none. */
  async claim(run: string, worker: Worker, request: ClaimRequest): Promise<ClaimResult> {
    const model = this.nameOf(request.model)
    try {
      await this.commit(async (transaction) => {
        const claimedAt = this.now()
        await this.standUp(transaction, run, worker)
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

  /** A worker that was taken for dead, as it stood still for too long, and yet lives, goes on: only what it held then is lost. */
  private async standUp(transaction: Transaction, run: string, worker: Worker): Promise<void> {
    if (!this.adapter.capabilities.sharedServer) return
    if (await this.lockWorker(transaction, worker.id, 'key share')) return
    await this.register(transaction, run, worker)
    await this.lockWorker(transaction, worker.id, 'key share')
    await transaction.execute(
      `update sluice.runs set status = 'running', finished_at = null where id = $1 and status = 'crashed'`,
      [run],
    )
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
      await transaction.execute(
        `update sluice.attempts set status = 'crashed', finished_at = $2 where id = $1 and status = 'running'`,
        [text(row.attempt), at],
      )
    }
  }

  /** A short transaction of the ledger alone, sent again while it conflicts with another one: it has done nothing yet. A snapshot that is
   * older than another's key shows as a violated constraint. */
  private async commit(
    work: (transaction: Transaction) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await this.adapter.transaction(work, signal)
        return
      } catch (error) {
        const { kind } = this.adapter.explain(error)
        const isConflict = kind === 'conflict' || kind === 'constraint'
        if (!isConflict || tries === CONFLICT_TRIES) throw error
      }
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

  /** Ends an attempt that published nothing, with the checks that it ran, and releases its leases. One whose COMMIT was not answered may have
   * published after all, which is the answer then: the leases' row locks were waited for, so its end is known. */
  async abandon(
    attempt: { readonly id: string; readonly run: string; readonly token: string },
    partitions: readonly PartitionOutcome[],
    status: Exclude<AttemptStatus, 'succeeded'>,
    error: unknown,
    checks: readonly CheckOutcome[],
  ): Promise<'recorded' | 'published'> {
    const at = this.now()
    let isPublished = false
    await this.commit(async (transaction) => {
      const held = await transaction.execute('delete from sluice.leases where token = $1', [attempt.token])
      isPublished = held === 0 && (await statusOf(transaction, attempt.id)) === 'succeeded'
      if (isPublished) return
      const state =
        held === 0 || status === 'canceled'
          ? [] // Fenced off: the partition is somebody else's now. Canceled: nothing was learnt about it.
          : recordUnpublished(
              this.adapter.dialect,
              partitions.map((each) => ({ ...each, model: this.nameOf(each.model) })),
              status,
            )
      transaction.commitWith([
        ...recordChecks(
          this.adapter.dialect,
          attempt.id,
          attempt.run,
          at,
          checks.map((check) => ({ ...check, model: this.nameOf(check.model) })),
        ),
        finishAttempt(attempt.id, status, at, { error }),
        ...state,
      ])
    })
    return isPublished ? 'published' : 'recorded'
  }

  /** What became of an attempt whose COMMIT was not answered. */
  async attemptStatus(attempt: string): Promise<AttemptStatus | undefined> {
    return this.adapter.session((session) => statusOf(session, attempt))
  }

  /** Ends an attempt that found nothing to do. */
  async release(attempt: string, token: string): Promise<void> {
    await this.commit(async (transaction) => {
      const lease = releaseLease(token)
      await transaction.execute(lease.sql, lease.params)
      await transaction.execute('delete from sluice.attempts where id = $1', [attempt])
    })
  }
}

/** Several targets may share one database and its ledger under different schemas: their models are different relations, so the ledger
 * names them differently. The name of a model holds no slash and no target's rule is empty, so no two spell the same. */
export function ledgerScope(schema: { readonly prefix?: string; readonly name?: string }): string {
  if (schema.name !== undefined) return `schema:${schema.name}/`
  return schema.prefix === undefined || schema.prefix === '' ? '' : `prefix:${schema.prefix}/`
}

async function statusOf(session: Session, attempt: string): Promise<AttemptStatus | undefined> {
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
