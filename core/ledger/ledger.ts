import type { Adapter, Statement, Transaction } from '../adapter.ts'
import type { CheckOutcome } from '../checks/check.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { RunStatus, RunTotals } from '../events.ts'
import { refuseNewerLedger } from './known-version.ts'
import {
  type Claim,
  type ClaimRequest,
  type ClaimResult,
  type Claims,
  claimsOf,
  type Worker,
} from './leases.ts'
import { type AttemptStatus, emptySnapshot, type LedgerSnapshot, type SnapshotRequest } from './records.ts'
import { statusOfAttempt } from './row-claims.ts'
import { ledgerMigrations } from './schema.ts'
import { commitShort } from './short-commit.ts'
import { readSnapshot, text } from './snapshot.ts'
import { type PartitionOutcome, recordChecks, recordUnpublished } from './statements.ts'

export type { ClaimRequest, ClaimResult, Worker } from './leases.ts'

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
/** What lasts longer than this, up to twice as long, is told to other processes where they cannot see it. */
export const TELL_MS = 100

/** Workers of this process: whatever their age, they are not dead. */
const alive = new Set<string>()

/** The memory of a target: which partitions exist, who made them, who is making them now. */
export class Ledger {
  private readonly adapter: Adapter
  private readonly now: () => Date

  private readonly scope: string
  private readonly claims: Claims

  /** `scope` (`ledgerScope`) keeps targets apart that share one database. */
  constructor(adapter: Adapter, now: () => Date, scope = '') {
    this.adapter = adapter
    this.now = now
    this.scope = scope
    this.claims = claimsOf(adapter, now)
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
    refuseNewerLedger(version, this.adapter.label)
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
    await this.claims.hush(worker.id)
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
    this.claims.taken(worker.id)
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

  /** Takes away a worker's leases, which waits for a publisher that is still committing, and returns the statements that call its running
   * attempts crashed. */
  private async dropHeld(transaction: Transaction, worker: string): Promise<readonly Statement[]> {
    const lost = await this.claims.take(transaction, worker, this.now())
    return lost.flatMap(({ attempt, run, model, keys, ending }) => [
      ending,
      ...recordUnpublished(
        this.adapter.dialect,
        keys.map((key) => ({ model, key, attempt, run })),
        'crashed',
      ),
    ])
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
    if (isBuried) this.claims.taken(worker)
    return isBuried
  }

  /** Takes the leases of a task for an attempt; all of the keys or none. */
  claim(run: string, worker: Worker, request: ClaimRequest): Promise<ClaimResult> {
    return this.claims.claim(run, worker, { ...request, model: this.nameOf(request.model) }, (transaction) =>
      this.standUp(transaction, run, worker),
    )
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

  private commit(work: (transaction: Transaction) => Promise<void>, signal?: AbortSignal): Promise<void> {
    return commitShort(this.adapter, work, signal)
  }

  /** Lets other processes see what is being published, where they cannot by themselves. */
  tell(): Promise<void> {
    return this.claims.tell()
  }

  /** An attempt has published: its COMMIT was answered. */
  published(claim: Claim): void {
    this.claims.ended(claim)
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
    const claim: Claim = { attempt: attempt.id, token: attempt.token }
    const failed = partitions.map(({ key }) => key)
    let isPublished = false
    await this.commit(async (transaction) => {
      const isHeld = await this.claims.giveUp(transaction, claim)
      isPublished = !isHeld && (await statusOfAttempt(transaction, attempt.id)) === 'succeeded'
      if (isPublished) return
      const state =
        !isHeld || status === 'canceled'
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
        ...this.claims.ending(claim, status, at, { error, ...(status === 'canceled' ? {} : { failed }) }),
        ...state,
      ])
    })
    this.claims.ended(claim)
    return isPublished ? 'published' : 'recorded'
  }

  /** What became of an attempt whose COMMIT was not answered. */
  async attemptStatus(attempt: string): Promise<AttemptStatus | undefined> {
    return this.adapter.session((session) => statusOfAttempt(session, attempt))
  }

  /** Ends an attempt that found nothing to do. */
  release(attempt: string, token: string): Promise<void> {
    return this.claims.release({ attempt, token })
  }
}

/** Several targets may share one database and its ledger under different schemas: their models are different relations, so the ledger
 * names them differently. The name of a model holds no slash and no target's rule is empty, so no two spell the same. */
export function ledgerScope(schema: { readonly prefix?: string; readonly name?: string }): string {
  if (schema.name !== undefined) return `schema:${schema.name}/`
  return schema.prefix === undefined || schema.prefix === '' ? '' : `prefix:${schema.prefix}/`
}
