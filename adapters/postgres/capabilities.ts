import type { Capabilities } from '../../core/adapter.ts'

export const capabilities: Capabilities = {
  transactional: true,
  sharedServer: true,
  rowLocks: true,
  grants: true,
  needsIndexes: true,
  defaultThreads: 4,
  readsFiles: false,
}
