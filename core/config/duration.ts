const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** Milliseconds of `500ms`, `90m`, `26h`, `1d`, `1h30m`; undefined for any other text. A day is 24 hours. */
export function durationMs(text: string): number | undefined {
  const written = text.trim()
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/.test(written)) return undefined
  let total = 0
  for (const [, amount, unit] of written.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
    total += Number(amount) * unitMs[unit!]!
  }
  return Number.isSafeInteger(Math.round(total)) ? Math.round(total) : undefined
}
