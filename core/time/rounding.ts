import { civilOf, dayMs, daysOf, hourMs } from './calendar.ts'

/** A civil time, or the next one after it that a column can show: a date shows no hours, a text what its format has. */
export function roundedUp(civil: number, type: string, format: string | undefined): number {
  if (type === 'date') return upTo(civil, dayMs)
  if (format === undefined) return civil
  if (format.includes('ss')) return upTo(civil, 1000)
  if (format.includes('mm')) return upTo(civil, 60_000)
  if (format.includes('HH')) return upTo(civil, hourMs)
  if (format.includes('DD')) return upTo(civil, dayMs)
  const { year, month, day } = civilOf(Math.floor(civil / dayMs))
  const isStart = day === 1 && civil % dayMs === 0
  if (format.includes('MM'))
    return isStart ? civil : (month === 12 ? daysOf(year + 1, 1, 1) : daysOf(year, month + 1, 1)) * dayMs
  return isStart && month === 1 ? civil : daysOf(year + 1, 1, 1) * dayMs
}

function upTo(civil: number, unit: number): number {
  return Math.ceil(civil / unit) * unit
}
