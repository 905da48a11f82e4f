import type { Options } from '../options/definitions.ts'

// `ls -l` is the shell's own.
const commandWords =
  /^(sluice |(?!ls -l )(init|compile|ls|parse|plan|runs?|backfill|resume|retry|cancel|check|status|show|partitions|history|stamp|invalidate|validate|lineage|diff|test|sources|--help)\b)/
const inProject =
  /^(compile|ls|plan|runs?|backfill|resume|retry|cancel|check|status|show|partitions|history|stamp|invalidate|validate|lineage|diff|test|sources)\b(?!.* --help)/

let given = ''

/** Notes the options that every command which is suggested from now on must repeat to mean the same project. */
export function keepOptions({ project, target, vars }: Options): void {
  const words = [
    ...(project === undefined ? [] : ['--project', project]),
    ...(target === undefined ? [] : ['--target', target]),
    ...(vars === undefined ? [] : ['--vars', JSON.stringify(vars)]),
  ]
  given = words.map((word) => ` ${quoted(word)}`).join('')
}

/** A command to type, given what follows `sluice` or the whole of it. Whoever runs Sluice by npx has no `sluice` on the path. */
export function commandText(words: string): string {
  if (!commandWords.test(words)) return words
  const program = process.env.npm_command === 'exec' ? 'npx sluice' : 'sluice'
  const rest = words.replace(/^sluice /, '')
  return `${program} ${rest}${inProject.test(rest) ? given : ''}`
}

/** A word as a POSIX shell reads it back. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
