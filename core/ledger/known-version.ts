import { SluiceError } from '../diagnostics/diagnostic.ts'
import { ledgerVersion } from './schema.ts'

/**
 * Refuses to read a ledger that a newer Sluice wrote: what its tables mean cannot be known.
 * @throws SluiceError SL507
 */
export function refuseNewerLedger(version: number, label: string): void {
  if (version <= ledgerVersion) return
  throw SluiceError.of('SL507', {
    message: `The ledger in ${label} has version ${version}, and this Sluice knows versions up to ${ledgerVersion}.`,
    hint: 'Use the version of Sluice that wrote it, or a newer one.',
  })
}
