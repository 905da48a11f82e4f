import { didYouMean } from '../../diagnostics/suggest.ts'
import { zoneName, zoneNames } from '../../time/zone.ts'
import { report, sentence, text } from './values.ts'

/** The name of a time zone. */
export const timezone = text.transform((value, context) => {
  const name = zoneName(value.trim())
  if (name !== undefined) return name
  return report(context, 'SL114', `There is no time zone \`${value}\``, {
    hint: sentence(didYouMean(value, zoneNames(), 1)) ?? 'Use a name such as `Europe/Berlin` or `UTC`.',
  })
})
