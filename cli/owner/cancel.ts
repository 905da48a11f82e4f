import type { OwnerInfo } from '../../core/owner/protocol.ts'
import type { Workspace } from '../workspace.ts'

export type CancelAnswer =
  /** It rolls back what it is at, and ends. */
  | { readonly kind: 'canceled'; readonly owner: OwnerInfo }
  /** The database's owner runs something else, or nothing. */
  | { readonly kind: 'other'; readonly owner: OwnerInfo }
  /** No process has the database to itself: there is nothing that could be canceled this way. */
  | { readonly kind: 'no_owner' }

/** Asks the process that owns the target's database to end its run, as Ctrl-C would. */
export async function requestCancel(workspace: Pick<Workspace, 'owner'>, run: string): Promise<CancelAnswer> {
  const connection = await workspace.owner()
  if (connection === undefined) return { kind: 'no_owner' }
  try {
    return { kind: await connection.ask({ op: 'cancel', run }), owner: connection.info }
  } finally {
    connection.close()
  }
}
