import { z } from 'zod'
import { list, map, nameText, oneOf, optional, report, text, texts } from './values.ts'

/** An address that a browser may follow from a page: nothing that runs, and no password that everybody would read. */
const address = z.string().transform((value, context): string => {
  const url = URL.parse(value)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || /\s/.test(value)) {
    return report(context, 'SL196', `\`${value}\` is not the address of a web page`, {
      hint: 'Write the whole address: https://bi.example.com/dashboards/7.',
    })
  }
  if (url.username !== '' || url.password !== '') {
    return report(context, 'SL196', 'The address holds a user or a password', {
      hint: 'Take it out: whoever reads the documentation would see it.',
    })
  }
  return value
})

const mail = z.string().transform((value, context): string => {
  if (isMail(value)) return value
  return report(context, 'SL197', `\`${value}\` is not an e-mail address`, {
    hint: 'Write `name@example.com`; what is no address belongs to `name`.',
  })
})

function isMail(value: string): boolean {
  return /^[^\s@<>(),;:"\\]+@[^\s@<>(),;:"\\]+$/.test(value)
}

/** `Operations`, `ops@example.com`, `Operations <ops@example.com>`, or a map that says which is what. */
const owner = z.preprocess(
  (value) => (typeof value === 'string' ? ownerOf(value) : value),
  map({ name: optional(text), email: optional(mail) }, 'text, or a map with name and email').superRefine(
    (value, context) => {
      if (Object.keys(value).length > 0) return
      report(context, 'SL106', '`owner` says neither a name nor an e-mail address', {
        hint: 'Give `name`, `email` or both, or remove the key.',
      })
    },
  ),
)

function ownerOf(written: string): unknown {
  const both = /^\s*(.*\S)\s*<([^<>]*)>\s*$/.exec(written)
  if (both !== null && isMail(both[2]!)) return { name: both[1], email: both[2] }
  return isMail(written) ? { email: written } : { name: written }
}

export const exposureTypes = ['dashboard', 'notebook', 'report', 'analysis', 'ml', 'application'] as const

const reads = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  list(text).superRefine((value, context) => {
    if (value.length > 0) return
    report(context, 'SL106', '`reads` is empty', {
      hint: 'Name at least one model, seed or source: what is never read needs no entry.',
    })
  }),
)

/**
 * One entry of `exposures`:
 *
 * ```yaml
 * exposures:
 *   - name: delays                           # exposures.delays is its name in selectors
 *     label: Delays by route                 # as people call it; default: its name
 *     type: dashboard                        # or notebook, report, analysis, ml, application
 *     url: https://bi.example.com/delays
 *     owner: { name: Operations, email: ops@example.com }   # or text: Operations <ops@example.com>
 *     description: What the operations room has on its wall
 *     tags: [daily]
 *     reads: [marts.daily_by_route, reports.days]
 * ```
 */
export const exposureEntry = map({
  name: nameText,
  label: optional(text),
  type: optional(oneOf(exposureTypes)),
  url: optional(address),
  owner: optional(owner),
  description: optional(text),
  tags: optional(texts),
  reads,
})

export type ExposureSettings = z.output<typeof exposureEntry>
