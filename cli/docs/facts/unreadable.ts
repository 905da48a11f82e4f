import { catalogue } from '../../../core/diagnostics/catalogue.ts'
import { SluiceError } from '../../../core/diagnostics/diagnostic.ts'

/** Why a ledger cannot be read, as anybody may see it: what the code means, and not the message, which names servers and users. Undefined
 * for a bug. */
export function whyUnreadable(error: unknown): string | undefined {
  if (!(error instanceof SluiceError)) return undefined
  const [problem] = error.diagnostics
  if (problem === undefined) return undefined
  const { title } = catalogue[problem.code]
  return `${title.charAt(0).toLowerCase()}${title.slice(1)} (${problem.code})`
}
