import { mistakeAt, type Path, type Problem } from './problem.ts'
import { isMap } from './schema/values.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Interpolated {
  readonly value: unknown
  /** Paths of texts in which a variable is not set: they still hold `${…}`. */
  readonly unset: readonly Path[]
  readonly problems: readonly Problem[]
  /** Names of the variables that were looked at. */
  readonly names: readonly string[]
}

const reference = /\$\{([^}]*)\}/g
const wellFormed = /^([A-Za-z_]\w*)(?::-([\s\S]*))?$/

/** Puts environment variables into all texts of a target: `${NAME}` and `${NAME:-default}` (the default also stands for an
 * empty variable, as in a shell). Values never stand in a problem: they may be secrets. */
export function interpolate(raw: unknown, environment: Environment, prefix: Path): Interpolated {
  const unset: Path[] = []
  const problems: Problem[] = []
  const names = new Set<string>()

  const replaced = (text: string, path: Path): string => {
    let isUnset = false
    const result = text.replace(reference, (whole, inside: string) => {
      const match = wellFormed.exec(inside.trim())
      if (!match) {
        problems.push(
          mistakeAt('SL111', path, 'value', {
            message: '`${…}` must hold the name of an environment variable.',
            hint: 'Write `${NAME}` or `${NAME:-default}`; names are letters, digits and `_`.',
          }),
        )
        isUnset = true
        return whole
      }
      const [, name = '', fallback] = match
      names.add(name)
      const value = environment[name]
      if (fallback !== undefined) return value === undefined || value === '' ? fallback : value
      if (value !== undefined) return value
      isUnset = true
      problems.push(
        mistakeAt('SL110', path, 'value', {
          message: `The environment variable \`${name}\` is not set.`,
          hint: `Set ${name}, or give a default: \`\${${name}:-…}\`.`,
        }),
      )
      return whole
    })
    if (isUnset) unset.push(path)
    return result
  }

  const walked = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string') return value.includes('${') ? replaced(value, path) : value
    if (Array.isArray(value)) return value.map((each, at) => walked(each, [...path, at]))
    if (!isMap(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walked(each, [...path, key])]))
  }

  return { value: walked(raw, prefix), unset, problems, names: [...names] }
}

/** `${` in places where it is not read. */
export function misplacedReferences(raw: unknown, path: Path = []): Problem[] {
  if (typeof raw === 'string') return raw.includes('${') ? [misplaced(path, 'value')] : []
  if (Array.isArray(raw)) return raw.flatMap((each, at) => misplacedReferences(each, [...path, at]))
  if (!isMap(raw)) return []
  return Object.entries(raw).flatMap(([key, value]) => [
    ...(key.includes('${') ? [misplaced([...path, key], 'key')] : []),
    ...(path.length === 0 && key === 'targets' ? [] : misplacedReferences(value, [...path, key])),
  ])
}

function misplaced(path: Path, at: 'key' | 'value'): Problem {
  return mistakeAt('SL111', path, at, {
    message: 'Environment variables are read below `targets` only.',
    hint: 'Use a var: it can be set by `--vars` or `SLUICE_VARS`.',
  })
}
