import { resolve } from 'node:path'
import type { z } from 'zod'
import { didYouMean } from '../diagnostics/suggest.ts'
import { type Environment, interpolate } from './environment.ts'
import { mistakeAt, type Path, type Problem } from './problem.ts'
import type { TargetConfig } from './project.ts'
import { problemsOf } from './schema/issues.ts'
import { type AdapterName, targetSchemas } from './schema/project.ts'
import { isMap, isName, sentence } from './schema/values.ts'

export interface ReadTarget {
  /** Undefined if it cannot be used. */
  readonly target: TargetConfig | undefined
  readonly problems: readonly Problem[]
  readonly environmentNames: readonly string[]
}

const adapters = Object.keys(targetSchemas) as readonly AdapterName[]

/**
 * One entry of `targets`. The target in use must be complete; of the others a missing environment variable, and whatever hangs
 * on it, is no mistake. No problem shows a value that may come from the environment or from a URL.
 */
export function readTarget(
  name: string,
  raw: unknown,
  options: { readonly root: string; readonly environment: Environment; readonly isUsed: boolean },
): ReadTarget {
  const prefix: Path = ['targets', name]
  if (!isName(name)) {
    const problem = mistakeAt('SL109', prefix, 'key', {
      message: `\`${name}\` cannot be the name of a target.`,
      hint: 'Use letters, digits, `_` and `-`.',
    })
    return { target: undefined, problems: [problem], environmentNames: [] }
  }
  const { value, unset, problems: found, names } = interpolate(raw, options.environment, prefix)
  const problems = options.isUsed ? [...found] : found.filter(({ kind, ...rest }) => !isUnsetVariable(rest))
  const used = { environmentNames: options.isUsed ? names : [] }
  const schema = schemaOf(name, value, unset, problems)
  if (!schema) return { target: undefined, problems, ...used }
  const result = schema.safeParse(value, { reportInput: true })
  if (!result.success) {
    const all = problemsOf(result.error.issues, { prefix, what: `the target \`${name}\``, secret: true })
    problems.push(...all.filter((problem) => !unset.some((path) => liesAt(problem, path))))
  }
  const url = schema === targetSchemas.postgres && isMap(value) ? value.url : undefined
  const isKnown = !unset.some((path) => path.at(-1) === 'url')
  if (typeof url === 'string' && url.trim() !== '' && isKnown && !isPostgresUrl(url)) {
    const problem = mistakeAt('SL113', [...prefix, 'url'], 'value', {
      message: `The \`url\` of the target \`${name}\` is not a Postgres URL.`,
      hint: 'It has the form postgres://user:password@host:5432/database; percent-encode special characters of the password.',
    })
    problems.push(problem)
  }
  if (!result.success || unset.length > 0 || problems.length > 0)
    return { target: undefined, problems, ...used }
  return { target: targetOf(name, result.data, options.root), problems, ...used }
}

function isUnsetVariable(problem: object): boolean {
  return 'code' in problem && problem.code === 'SL110'
}

function liesAt(problem: Problem, path: Path): boolean {
  if (problem.kind !== 'mistake' || problem.position.kind !== 'path') return false
  const at = problem.position.path
  return path.length <= at.length && path.every((part, index) => part === at[index])
}

type TargetSettings = z.output<(typeof targetSchemas)[AdapterName]>

function schemaOf(
  name: string,
  value: unknown,
  unset: readonly Path[],
  problems: Problem[],
): (typeof targetSchemas)[AdapterName] | undefined {
  const prefix: Path = ['targets', name]
  if (!isMap(value)) {
    problems.push(
      mistakeAt('SL105', prefix, 'value', {
        message: `The target \`${name}\` must be a map.`,
        hint: `For example \`${name}: { adapter: duckdb, path: ${name}.duckdb }\`.`,
      }),
    )
    return undefined
  }
  const { adapter } = value
  const known = adapters.find((each) => each === adapter)
  if (known !== undefined) return targetSchemas[known]
  if (unset.some((path) => path.at(-1) === 'adapter')) return undefined
  if (adapter === undefined) {
    problems.push(
      mistakeAt('SL107', prefix, 'key', {
        message: `\`adapter\` is missing from the target \`${name}\`.`,
        hint: `Add \`adapter\`: ${adapters.join(' or ')}.`,
      }),
    )
    return undefined
  }
  const near = typeof adapter === 'string' ? didYouMean(adapter, adapters, 1) : undefined
  problems.push(
    mistakeAt('SL106', [...prefix, 'adapter'], 'value', {
      message: `The target \`${name}\` has an unknown adapter.`,
      hint: sentence(near) ?? `Use ${adapters.join(' or ')}.`,
    }),
  )
  return undefined
}

function isPostgresUrl(text: string): boolean {
  if (!/^postgres(?:ql)?:\/\//i.test(text)) return false
  try {
    const { hostname, pathname, searchParams, username, password } = new URL(text)
    for (const part of [pathname, username, password]) decodeURIComponent(part)
    // A Unix socket is given by the parameter `host`.
    return hostname !== '' || searchParams.has('host')
  } catch {
    // Without its cause, which holds the URL.
    return false
  }
}

function targetOf(name: string, settings: TargetSettings, root: string): TargetConfig {
  const { database, threads } = settings
  const base = {
    name,
    schema: settings.schema ?? {},
    ...(database === undefined ? {} : { database }),
    ...(threads === undefined ? {} : { threads }),
    vars: settings.vars ?? {},
  }
  switch (settings.adapter) {
    case 'duckdb':
      return {
        ...base,
        adapter: 'duckdb',
        path: settings.path === ':memory:' ? settings.path : resolve(root, settings.path),
        settings: settings.settings ?? {},
        readOnly: settings.read_only ?? false,
      }
    case 'postgres':
      return {
        ...base,
        adapter: 'postgres',
        url: settings.url,
        ...(settings.role === undefined ? {} : { role: settings.role }),
      }
    default:
      throw new Error(`unknown adapter ${settings satisfies never}`)
  }
}
