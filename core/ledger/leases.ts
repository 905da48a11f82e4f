import type { Adapter, Statement, Transaction } from '../adapter.ts'
import { HeldClaims } from './held-claims.ts'
import { heldLeases } from './held-leases.ts'
import type { AttemptStatus, LeaseHolder } from './records.ts'
import { RowClaims } from './row-claims.ts'
import {
  finishPublished,
  insertPublished,
  type PublishedOutcome,
  releaseLease,
  type UnpublishedResult,
} from './statements.ts'

/** A process that runs tasks. */
export interface Worker {
  readonly id: string
  readonly host: string
  readonly pid: number
  /** Who started it, by the operating system's name. */
  readonly user?: string
}

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

/** An attempt and what it holds its leases by. */
export interface Claim {
  readonly attempt: string
  readonly token: string
}

/** An attempt that its worker left, as the ledger names it. */
export interface Lost {
  readonly attempt: string
  readonly run: string
  readonly model: string
  readonly keys: readonly string[]
  /** What records that it crashed. */
  readonly ending: Statement
}

/** The right to publish partitions, from the claim to the COMMIT, and the record of the attempt that has it. Models have their names of the ledger. */
export interface Claims {
  /** Takes the leases of a task for an attempt; all of the keys or none. `standUp` is for a worker that was taken for dead and lives. */
  claim(
    run: string,
    worker: Worker,
    request: ClaimRequest,
    standUp: (transaction: Transaction) => Promise<void>,
  ): Promise<ClaimResult>
  /** Gives the leases of an attempt back that found nothing to do. */
  release(claim: Claim): Promise<void>
  /** Gives them back with the transaction; false if they had been lost. Waits for a publisher that is still committing. */
  giveUp(transaction: Transaction, claim: Claim): Promise<boolean>
  /** Records the end of an attempt that published nothing. */
  ending(
    claim: Claim,
    status: Exclude<AttemptStatus, 'succeeded'>,
    at: Date,
    result: UnpublishedResult,
  ): readonly Statement[]
  /** The attempt's end has been committed. */
  ended(claim: Claim): void
  /** Takes a worker's leases away with the transaction, and tells the attempts that it has not ended. */
  take(transaction: Transaction, worker: string, at: Date): Promise<readonly Lost[]>
  /** The worker's leases were taken away and that was committed. */
  taken(worker: string): void
  /** Lets others see what is held, where they cannot by themselves. */
  tell(): Promise<void>
  /** Nothing more is told of a worker, and what was being told is. */
  hush(worker: string): Promise<void>
}

/** How leases are held on this database: as rows where several processes meet, in memory where there is only this one. */
export function claimsOf(adapter: Adapter, now: () => Date): Claims {
  const held = heldLeases(adapter)
  return held === undefined ? new RowClaims(adapter, now) : new HeldClaims(adapter, held, now)
}

/** Records the end of an attempt that published; after `recordPublished` in the same commit. `Ledger.published` must follow it. */
export function endPublished(
  adapter: Adapter,
  claim: Claim,
  at: Date,
  outcome: PublishedOutcome,
): readonly Statement[] {
  const held = heldLeases(adapter)
  if (held === undefined) return [finishPublished(adapter.dialect, at, outcome), releaseLease(claim.token)]
  const lease = held.get(claim.token)
  if (lease === undefined) throw new Error(`attempt ${claim.attempt} publishes without a lease`)
  return [insertPublished(adapter.dialect, lease, at, outcome)]
}
