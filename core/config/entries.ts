import { closest } from '../diagnostics/suggest.ts'
import type { Entry } from './descriptions.ts'
import { type Finding, mistakeAt, type YamlSource } from './problem.ts'

/** An entry of a YAML file and the file. */
export interface Described<E> {
  readonly entry: E
  readonly source: YamlSource
}

/**
 * Finds what each entry describes: by its whole name, or by its last part if only one thing has that. Entries that describe
 * nothing, or what another one describes, are mistakes.
 */
export function matchEntries<Settings, E extends Entry<Settings>>(
  kind: 'model' | 'seed',
  described: readonly Described<E>[],
  names: readonly string[],
  findings: Finding[],
): ReadonlyMap<string, Described<E>> {
  const matched = new Map<string, Described<E>>()
  if (described.length === 0) return matched
  const known = new Set(names)
  for (const each of described) {
    const { entry, source } = each
    if (entry.name === undefined) continue
    const at = [...entry.prefix, 'name']
    const candidates = known.has(entry.name)
      ? [entry.name]
      : names.filter((name) => isMeant(name, entry.name!))
    const [name] = candidates
    if (name === undefined || candidates.length > 1) {
      const near = closest(entry.name, names, 1)[0]
      const problem = mistakeAt('SL140', at, 'value', {
        message:
          name === undefined
            ? `There is no ${kind} \`${entry.name}\`.`
            : `\`${entry.name}\` may be ${candidates.map((candidate) => `\`${candidate}\``).join(' or ')}.`,
        hint:
          name !== undefined
            ? 'Write the schema before the name.'
            : near === undefined
              ? 'Correct the name, or remove the entry.'
              : `Did you mean \`${near}\`?`,
      })
      findings.push({ source, problem })
      continue
    }
    const other = matched.get(name)
    if (other) {
      const { file, line } = other.entry.place
      const problem = mistakeAt('SL141', at, 'value', {
        message: `The ${kind} \`${name}\` is described here and in ${file}, line ${line}.`,
        hint: 'Move everything into one entry.',
      })
      findings.push({ source, problem })
      continue
    }
    matched.set(name, each)
  }
  return matched
}

/** Whether an unqualified name, or one of another case, means the relation. */
function isMeant(name: string, written: string): boolean {
  const folded = name.toLowerCase()
  const wanted = written.toLowerCase()
  return folded === wanted || (!wanted.includes('.') && folded.endsWith(`.${wanted}`))
}
