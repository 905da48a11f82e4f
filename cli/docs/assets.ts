import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'

/** The folder of what pages load, beside the program. */
export function assetsFolder(): string {
  const folder = join(__dirname, 'assets')
  if (existsSync(join(folder, 'site.js'))) return folder
  throw SluiceError.of('SL944', {
    message: `${folder} is missing: this installation of Sluice is not whole`,
    hint: 'Install it again, or build it: `npm run build`.',
  })
}
