import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { VarValue } from './project.ts'
import { isVarValue } from './schema/project.ts'
import { isMap, sentence } from './schema/values.ts'

export type Vars = Readonly<Record<string, VarValue>>

export interface VarLayers {
  /** Of the command line. */
  readonly given: Vars | undefined
  /** `SLUICE_VARS`: a JSON object. */
  readonly environment: string | undefined
  readonly target: Vars
  readonly project: Vars
  /** Every name that `sluice.yml` declares; undefined if it could not be read. */
  readonly declared: ReadonlySet<string> | undefined
}

/** The vars of a run: command line, then `SLUICE_VARS`, target, project. Each must be declared in `sluice.yml`. */
export function resolveVars(layers: VarLayers): { vars: Vars; found: readonly Diagnostic[] } {
  const found: Diagnostic[] = []
  const environment = fromEnvironment(layers.environment, found)
  for (const [origin, vars] of [
    ['--vars', layers.given ?? {}],
    ['SLUICE_VARS', environment],
  ] as const) {
    for (const name of Object.keys(vars)) {
      if (layers.declared === undefined || layers.declared.has(name)) continue
      found.push(
        diagnostic('SL115', {
          message: `\`${origin}\` sets \`${name}\`, which sluice.yml does not declare.`,
          hint: sentence(didYouMean(name, layers.declared, 1)) ?? declaration(name, layers.declared),
        }),
      )
    }
  }
  return { vars: { ...layers.project, ...layers.target, ...environment, ...layers.given }, found }
}

function declaration(name: string, declared: ReadonlySet<string>): string {
  const known = declared.size === 0 ? '' : ` Declared are ${[...declared].sort().join(', ')}.`
  return `Declare it in sluice.yml: \`vars: { ${name}: … }\`.${known}`
}

function fromEnvironment(text: string | undefined, found: Diagnostic[]): Vars {
  if (text === undefined || text.trim() === '') return {}
  const value = parsed(text)
  if (isMap(value) && isVarValue(value)) return value as Vars
  found.push(
    diagnostic('SL116', {
      message: 'The environment variable `SLUICE_VARS` does not hold a JSON object.',
      hint: 'For example SLUICE_VARS=\'{"name": "value"}\'.',
    }),
  )
  return {}
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
