import type { Adapter } from '../core/adapter.ts'
import { SluiceError } from '../core/diagnostics/diagnostic.ts'
import type { Workspace } from './workspace.ts'

/** The target, to be read. Files are read without a database: one that does not exist yet is taken for an empty one. */
export async function connectOrEmpty(workspace: Workspace): Promise<Adapter> {
  try {
    return await workspace.connect({ readOnly: true })
  } catch (error) {
    const isMissing = error instanceof SluiceError && error.diagnostics.every(({ code }) => code === 'SL506')
    const empty = isMissing ? await workspace.connectEmpty() : undefined
    if (empty === undefined) throw error
    return empty
  }
}
