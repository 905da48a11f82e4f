/** One value as one line of JSON. Integers beyond 2^53 become text, so that no reader rounds them. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value, exact)}\n`
}

function exact(_key: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
}
