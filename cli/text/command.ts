/** A command to type; the core gives what follows `sluice`. */
export function commandText(words: string): string {
  return /^(sluice|npx|npm)\b/.test(words) ? words : `sluice ${words}`
}
