import type { Adapter } from '../adapter.ts'

/** Asks whoever runs it to end a run; it learns that with its next heartbeat. A run that has ended is left as it is. */
export async function requestCancelInLedger(adapter: Adapter, run: string): Promise<void> {
  await adapter.session((session) =>
    session.execute(
      `update sluice.runs set cancel_requested_at = ${adapter.dialect.now} where id = $1 and status = 'running' and cancel_requested_at is null`,
      [run],
    ),
  )
}
