/** Numbers and durations as people read them: the same text on every machine, so nothing here asks for a locale. */

/** `1,234,567`. */
export function countText(value: number): string {
  if (Math.abs(value) >= 1e21) return `${value}`
  const [whole, fraction] = `${Number.isInteger(value) ? value : value.toFixed(1)}`.split('.')
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

/** `1 row`, `2 rows`. */
export function countedText(value: number, one: string, many = `${one}s`): string {
  return `${countText(value)} ${value === 1 ? one : many}`
}

/** `18 ms`, `2.4 s`, `3m 05s`, `2h 10m`, `4d 6h`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`
  const seconds = Math.floor(ms / 1_000)
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m ${two(seconds % 60)}s`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours}h ${two(minutes % 60)}m`
  return `${countText(Math.floor(hours / 24))}d ${hours % 24}h`
}

/** `2001-01-05 06:00 UTC` of UTC milliseconds. */
export function instantText(ms: number): string {
  return isDate(ms) ? `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC` : `${ms}`
}

/** Whether a date can say it; one from elsewhere may be anything. */
export function isDate(ms: number): boolean {
  return Math.abs(ms) <= 8_640_000_000_000_000
}

function two(value: number): string {
  return `${value}`.padStart(2, '0')
}
