/** A command to type, given what follows `sluice` or the whole of it. Whoever runs Sluice by npx has no `sluice` on the path. */
export function commandText(words: string): string {
  const program = process.env.npm_command === 'exec' ? 'npx sluice' : 'sluice'
  return /^(npx|npm|cd)\b/.test(words) ? words : `${program} ${words.replace(/^sluice /, '')}`
}
