import { BadValue } from './option.ts'

const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/

/** An ISO 8601 date or date-time as UTC milliseconds; without an offset it is UTC. */
export function asInstant(text: string): number {
  const match = iso.exec(text)
  const [, date, time = '00:00', offset = 'Z'] = match ?? []
  const ms = date === undefined ? Number.NaN : Date.parse(`${date}T${time}${offset}`)
  // Date.parse takes 30 February for 2 March.
  const isReal = date !== undefined && new Date(`${date}T00:00Z`).toJSON()?.startsWith(date)
  if (isReal && !Number.isNaN(ms)) return ms
  throw new BadValue('must be an ISO 8601 date or time', 'for example 2001-01-05 or 2001-01-05T06:30:00Z')
}
