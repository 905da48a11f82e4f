import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { NamedSelectors } from '../graph/named-selectors.ts'
import { type Environment, misplacedReferences } from './environment.ts'
import { projectFile } from './find.ts'
import type { Layer } from './layers.ts'
import { type Finding, mistakeAt, type Problem, type YamlSource } from './problem.ts'
import type { TargetConfig, VarValue } from './project.ts'
import { folderDefaults } from './schema/model.ts'
import { type ProjectSettings, projectSettings } from './schema/project.ts'
import { isMap, sentence } from './schema/values.ts'
import { readSelectors } from './selectors.ts'
import { readTarget } from './targets.ts'
import { validate } from './validate.ts'
import { resolveVars } from './vars.ts'
import { parseYaml } from './yaml.ts'

export interface ProjectFileOptions {
  readonly root: string
  readonly target?: string | undefined
  readonly vars?: Readonly<Record<string, VarValue>> | undefined
  readonly env: Environment
}

/** What `sluice.yml` says, as far as it could be read. */
export interface ReadProject {
  readonly source: YamlSource
  readonly settings: ProjectSettings
  readonly target: TargetConfig | undefined
  /** Undefined where `targets` could not be read. */
  readonly targetNames: readonly string[] | undefined
  readonly vars: Readonly<Record<string, VarValue>>
  /** Undefined where `pools` could not be read. */
  readonly pools: ReadonlySet<string> | undefined
  readonly selectors: NamedSelectors
  /** Defaults by folder below `models/`. */
  readonly folders: ReadonlyMap<string, Layer>
  /** Environment variables that decided something. */
  readonly environmentNames: readonly string[]
}

/** Reads `sluice.yml`. Mistakes are added to `findings` (with a place) or `found` (of flags and environment). */
export function readProjectFile(
  text: string,
  options: ProjectFileOptions,
  findings: Finding[],
  found: Diagnostic[],
): ReadProject {
  const source: YamlSource = { file: projectFile, text, start: 0, end: text.length, secret: true }
  const add = (...problems: readonly Problem[]) => {
    findings.push(...problems.map((problem) => ({ source, problem })))
  }
  const environmentNames = ['SLUICE_TARGET', 'SLUICE_VARS']
  const yaml = parseYaml(source)
  if (!yaml.ok) {
    add(yaml.problem)
    const unknown = {
      target: undefined,
      targetNames: undefined,
      vars: {},
      pools: undefined,
      selectors: {},
      folders: new Map(),
    }
    return { source, settings: {}, ...unknown, environmentNames }
  }
  const {
    value: settings,
    broken,
    problems,
  } = validate(projectSettings, yaml.value, {
    prefix: [],
    what: projectFile,
  })
  add(...yaml.problems, ...misplacedReferences(yaml.value), ...problems)

  const targets = readTargets(settings, broken, options, add, found)
  environmentNames.push(...targets.environmentNames)
  const { vars, found: varMistakes } = resolveVars({
    given: options.vars,
    environment: options.env.SLUICE_VARS,
    target: targets.target?.vars ?? {},
    project: settings.vars ?? {},
    declared: broken.includes('vars') || broken.includes('targets') ? undefined : declaredVars(settings),
  })
  found.push(...varMistakes)
  return {
    source,
    settings,
    target: targets.target,
    targetNames: settings.targets === undefined ? undefined : Object.keys(settings.targets),
    vars,
    pools: broken.includes('pools') ? undefined : new Set(Object.keys(settings.pools ?? {})),
    selectors: readSelectors(settings.selectors ?? {}, add),
    folders: readFolders(settings, source, add),
    environmentNames,
  }
}

function declaredVars({ vars = {}, targets = {} }: ProjectSettings): ReadonlySet<string> {
  const ofTargets = Object.values(targets).flatMap((target) =>
    isMap(target) && isMap(target.vars) ? Object.keys(target.vars) : [],
  )
  return new Set([...Object.keys(vars), ...ofTargets])
}

function readTargets(
  settings: ProjectSettings,
  broken: readonly string[],
  options: ProjectFileOptions,
  add: (...problems: readonly Problem[]) => void,
  found: Diagnostic[],
): { target: TargetConfig | undefined; environmentNames: readonly string[] } {
  const { targets } = settings
  if (targets === undefined) return { target: undefined, environmentNames: [] }
  const names = Object.keys(targets)
  if (names.length === 0) {
    add(
      mistakeAt('SL106', ['targets'], 'key', {
        message: 'There is no target.',
        hint: 'Add one: `targets: { dev: { adapter: duckdb, path: dev.duckdb } }`.',
      }),
    )
    return { target: undefined, environmentNames: [] }
  }
  const { default_target: byDefault } = settings
  if (byDefault !== undefined && !names.includes(byDefault)) {
    add(
      mistakeAt('SL112', ['default_target'], 'value', {
        message: `\`default_target\` names \`${byDefault}\`, which is not one of the targets.`,
        hint: sentence(didYouMean(byDefault, names, 1)) ?? `Targets are ${names.join(', ')}.`,
      }),
    )
  }
  const used = usedTarget(names, broken.includes('default_target') ? names[0] : byDefault, options, found)
  const environmentNames: string[] = []
  let target: TargetConfig | undefined
  for (const name of names) {
    const isUsed = name === used
    const read = readTarget(name, targets[name], { root: options.root, environment: options.env, isUsed })
    add(...read.problems)
    environmentNames.push(...read.environmentNames)
    if (isUsed) target = read.target
  }
  return { target, environmentNames }
}

/** The target by flag, environment or default; a project with one target needs none of them. */
function usedTarget(
  names: readonly string[],
  byDefault: string | undefined,
  { target, env }: ProjectFileOptions,
  found: Diagnostic[],
): string | undefined {
  const fromEnvironment = env.SLUICE_TARGET === '' ? undefined : env.SLUICE_TARGET
  const asked = target ?? fromEnvironment
  if (asked !== undefined) {
    if (names.includes(asked)) return asked
    found.push(
      diagnostic('SL112', {
        message: `There is no target \`${asked}\`${target === undefined ? ', which SLUICE_TARGET names' : ''}.`,
        hint: sentence(didYouMean(asked, names, 1)) ?? `Targets are ${names.join(', ')}.`,
      }),
    )
    return undefined
  }
  if (byDefault !== undefined) return byDefault
  if (names.length === 1) return names[0]
  found.push(
    diagnostic('SL117', {
      message: `No target is chosen, and there are ${names.length}: ${names.join(', ')}.`,
      hint: `Add \`default_target: ${names[0]}\` to sluice.yml, or use --target.`,
    }),
  )
  return undefined
}

function readFolders(
  { folders = {} }: ProjectSettings,
  source: YamlSource,
  add: (...problems: readonly Problem[]) => void,
): ReadonlyMap<string, Layer> {
  const layers = new Map<string, Layer>()
  for (const [folder, raw] of Object.entries(folders)) {
    const prefix = ['folders', folder]
    const path = folder.replace(/\/+$/, '')
    const parts = path.split('/')
    if (parts[0] === 'models' || parts.some((part) => part === '' || part === '.' || part === '..')) {
      const below = parts.filter((part) => !['models', '', '.', '..'].includes(part)).join('/')
      add(
        mistakeAt('SL106', prefix, 'key', {
          message: `\`${folder}\` is not a path below models/.`,
          hint: below === '' ? 'Write a path such as `staging` or `marts/daily`.' : `Write \`${below}\`.`,
        }),
      )
      continue
    }
    const { value, broken, problems } = validate(folderDefaults, raw, {
      prefix,
      what: `the folder \`${folder}\``,
    })
    add(...problems)
    layers.set(path, { settings: value, broken, source, prefix, isOwn: false })
  }
  return layers
}

/** Defaults for folders that are not there. */
export function unknownFolders(project: ReadProject, modelFolders: readonly string[]): Problem[] {
  const known = new Set(modelFolders)
  return [...project.folders]
    .filter(([folder]) => !known.has(folder))
    .map(([folder, { prefix }]) =>
      mistakeAt('SL118', prefix, 'key', {
        severity: 'warning',
        message: `There is no folder models/${folder}, so these defaults concern no model.`,
        hint: sentence(didYouMean(folder, known, 1)) ?? 'Correct the path, or remove the entry.',
      }),
    )
}
