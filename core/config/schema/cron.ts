/** A field of a cron expression: what it is called, its limits, and names for its numbers. */
interface Field {
  readonly name: string
  readonly min: number
  readonly max: number
  readonly names: readonly string[]
}

const fields: readonly Field[] = [
  { name: 'minute', min: 0, max: 59, names: [] },
  { name: 'hour', min: 0, max: 23, names: [] },
  { name: 'day of the month', min: 1, max: 31, names: [] },
  { name: 'month', min: 1, max: 12, names: ' jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') },
  { name: 'day of the week', min: 0, max: 7, names: 'sun mon tue wed thu fri sat'.split(' ') },
]

const shortcuts = new Set(['@hourly', '@daily', '@weekly', '@monthly', '@yearly', '@annually', '@midnight'])

/** What is wrong with a cron expression of five fields (POSIX crontab, with names and steps), or undefined if it is right. */
export function cronMistake(expression: string): string | undefined {
  const written = expression.trim().toLowerCase()
  if (shortcuts.has(written)) return undefined
  const parts = written.split(/\s+/)
  if (parts.length !== fields.length) return `it has ${parts.length} fields instead of 5`
  for (const [at, field] of fields.entries()) {
    const part = parts[at]!
    if (!part.split(',').every((item) => isItem(item, field))) {
      return `"${part}" is no ${field.name} (${field.min} to ${field.max})`
    }
  }
  return undefined
}

/** Whether a text is meant as a cron expression. */
export function looksLikeCron(text: string): boolean {
  return text.startsWith('@') || /^[\d*/,\-a-z]+(?:\s+[\d*/,\-a-z?#]+){3,}$/i.test(text.trim())
}

function isItem(item: string, field: Field): boolean {
  const match = /^(\*|[a-z0-9]+(?:-[a-z0-9]+)?)(?:\/(\d+))?$/.exec(item)
  if (!match) return false
  const [, range = '', step] = match
  if (step !== undefined && (Number(step) < 1 || Number(step) > field.max)) return false
  if (range === '*') return true
  const [from, to = from] = range.split('-').map((each) => numberOf(each, field))
  return from !== undefined && to !== undefined && from <= to
}

function numberOf(text: string, field: Field): number | undefined {
  const named = text === '' ? -1 : field.names.indexOf(text)
  const number = named >= 0 ? named : /^\d+$/.test(text) ? Number(text) : Number.NaN
  return number >= field.min && number <= field.max ? number : undefined
}
