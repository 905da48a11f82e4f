import { resolve } from 'node:path'
import { checkMacroName } from '../checks/macro.ts'
import { type Diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import { type Captured, parseCaptured } from './captured.ts'
import { type Descriptions, parseDescriptions } from './descriptions.ts'
import { matchEntries } from './entries.ts'
import type { Environment } from './environment.ts'
import { exposureNodeName, exposureOf } from './exposures.ts'
import { projectFile } from './find.ts'
import {
  type ParsedHeader,
  type ParsedModelHeader,
  parseCheckHeader,
  parseModelHeader,
} from './model-header.ts'
import { FolderLayers, modelFileOf, namedModel, type ReadModel, readModel } from './models.ts'
import { checkNames, type NamedThing, nameOfPath, qualified } from './names.ts'
import { type Finding, mistakeAt, type Problem, type YamlSource } from './problem.ts'
import type {
  CheckFile,
  ExposureConfig,
  MacroFile,
  Project,
  SeedFile,
  SourceConfig,
  VarValue,
} from './project.ts'
import { type ReadProject, readProjectFile, unknownFolders } from './project-file.ts'
import { Reader, type ReadFile, refused } from './read.ts'
import type { ModelContext } from './resolve-model.ts'
import { type Scan, type ScannedFile, scanProject } from './scan.ts'
import { looksLikeCron } from './schema/cron.ts'
import type { CheckSettings } from './schema/model.ts'
import { seedHeaderMistakes, seedOf } from './seeds.ts'
import { sourceOf } from './sources.ts'

/** The parsers of single files. Each depends on a file's text and path only, so that a cache can stand before them. */
export interface FileParsers {
  modelHeader(text: string, path: string): ParsedModelHeader
  checkHeader(text: string, path: string): ParsedHeader<CheckSettings>
  descriptions(text: string, path: string): Descriptions
}

export interface LoadOptions {
  /** The folder of `sluice.yml`. */
  readonly root: string
  readonly target?: string
  readonly vars?: Readonly<Record<string, VarValue>>
  readonly env: Environment
  readonly read?: ReadFile
  readonly parsers?: Partial<FileParsers>
  /** A scan of the same root, made shortly before. */
  readonly scan?: Scan
  /** Mistakes that concern single models and checks only are told in the result instead of thrown. */
  readonly isTolerant?: boolean
}

export interface LoadedProject {
  readonly project: Project
  readonly warnings: Diagnostic[]
  /** Every file that was read, as it was before: a cache is valid while a new scan says the same. */
  readonly files: readonly ScannedFile[]
  /** Environment variables on which the result depends. */
  readonly environmentNames: readonly string[]
  /** What is wrong with single models and checks; empty unless the caller is tolerant. */
  readonly errors: readonly Diagnostic[]
  /** Files of models and checks that cannot be taken as they are. */
  readonly brokenFiles: ReadonlySet<string>
}

/**
 * Reads and validates a whole project.
 *
 * @throws SluiceError with every mistake of all files, each with its place, sorted by file and line; for a tolerant caller only if one of them
 * concerns more than single models and checks
 */
export async function loadProject(options: LoadOptions): Promise<LoadedProject> {
  const root = resolve(options.root)
  const scan = options.scan ?? scanProject(root)
  const found: Diagnostic[] = []
  const findings: Finding[] = []
  const reader = new Reader(root, options.read, found)

  if (!scan.files.some(({ kind }) => kind === 'project')) throw noProject(root, scan)
  found.push(...scan.refused.map(({ path, code }) => refused(path, code)))
  const text = await reader.text(projectFile)
  if (text === undefined) throw new SluiceError(found)
  const read = readProjectFile(text, { ...options, root }, findings, found)
  addAll(findings, read.source, unknownFolders(read, scan.modelFolders))

  const contents = await readContents(scan, reader, read, { ...ownParsers, ...options.parsers }, findings)
  const cron = hasCron(contents) ? await cronReader() : undefined
  const project = assemble(root, read, contents, cron, findings, found)
  const isUnread = found.some(isError)
  const all = [...found, ...(await located(findings))].sort(byPlace)
  const errors = all.filter(isError)
  const brokenFiles =
    errors.length === 0
      ? new Set<string>()
      : options.isTolerant && !isUnread
        ? brokenBy(findings, contents)
        : undefined
  if (project === undefined || brokenFiles === undefined) throw new SluiceError(all)
  return {
    project,
    warnings: all.filter((each) => !isError(each)),
    files: scan.files,
    environmentNames: read.environmentNames,
    errors,
    brokenFiles,
  }
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error'
}

/** The files of the models and checks that the mistakes concern; undefined if one of them concerns anything else but exposures. */
function brokenBy(
  findings: readonly Finding[],
  { models, checks, descriptions }: Contents,
): ReadonlySet<string> | undefined {
  const own = new Set([...models, ...checks].map(({ source }) => source.file))
  const broken = new Set<string>()
  for (const { source, problem } of findings) {
    if (problem.kind === 'mistake' && problem.severity === 'warning') continue
    if (own.has(source.file)) {
      broken.add(source.file)
      continue
    }
    const position = problem.kind === 'mistake' ? problem.position : undefined
    const [key, index] = position?.kind === 'path' ? position.path : []
    // Nothing is made of an exposure: the rest of the project is as it is without it.
    if (key === 'exposures' && index !== undefined) continue
    const entry = descriptions.find((each) => each.source.file === source.file)?.parsed.models[Number(index)]
    if (key !== 'models' || entry === undefined) return undefined
    for (const { name, source } of models)
      if (name === entry.name || name.endsWith(`.${entry.name}`)) broken.add(source.file)
  }
  return broken
}

const ownParsers: FileParsers = {
  modelHeader: parseModelHeader,
  checkHeader: parseCheckHeader,
  descriptions: parseDescriptions,
}

function noProject(root: string, { refused: all }: Scan): SluiceError {
  const reason = all.find(({ path }) => path === projectFile)
  if (reason && reason.code !== 'ENOENT') return new SluiceError([refused(projectFile, reason.code)])
  return SluiceError.of('SL100', {
    message: `There is no ${projectFile} in ${root}.`,
    hint: 'Go to the folder of the project, or name it by --project.',
    next: 'sluice init',
  })
}

interface Contents {
  readonly models: readonly ReadModel[]
  readonly descriptions: readonly { readonly source: YamlSource; readonly parsed: Descriptions }[]
  readonly seeds: readonly {
    readonly path: string
    readonly bytes: Uint8Array
    readonly text: string | undefined
  }[]
  readonly checks: readonly {
    readonly file: CheckFile
    readonly source: YamlSource
    readonly isNamed: boolean
  }[]
  readonly macros: readonly MacroFile[]
  readonly captured: { readonly source: YamlSource; readonly parsed: Captured } | undefined
}

async function readContents(
  scan: Scan,
  reader: Reader,
  read: ReadProject,
  parsers: FileParsers,
  findings: Finding[],
): Promise<Contents> {
  const contents = {
    models: [] as ReadModel[],
    descriptions: [] as Contents['descriptions'][number][],
    seeds: [] as Contents['seeds'][number][],
    checks: [] as Contents['checks'][number][],
    macros: [] as MacroFile[],
    captured: undefined as Contents['captured'],
  }
  const folders = new FolderLayers(read.folders)
  for (const { path, kind } of scan.files) {
    if (kind === 'project') continue
    if (kind === 'seed') {
      const bytes = await reader.bytes(path)
      if (bytes) contents.seeds.push({ path, bytes, text: reader.decoded(path, bytes) })
      continue
    }
    const text = await reader.text(path)
    if (text === undefined) continue
    switch (kind) {
      case 'model': {
        const header = parsers.modelHeader(text, path)
        const model = readModel(path, text, header, folders.of(path))
        addAll(findings, model.source, header.problems)
        contents.models.push(model)
        break
      }
      case 'yaml': {
        const parsed = parsers.descriptions(text, path)
        const source = { file: path, text, start: 0, end: text.length }
        addAll(findings, source, parsed.problems)
        contents.descriptions.push({ source, parsed })
        break
      }
      case 'check': {
        const header = parsers.checkHeader(text, path)
        const source = { file: path, text, start: header.yamlStart, end: header.yamlEnd }
        addAll(findings, source, header.problems)
        contents.checks.push({
          file: checkFileOf(path, text, header),
          source,
          isNamed: header.settings.name !== undefined,
        })
        break
      }
      case 'captured': {
        const source = { file: path, text, start: 0, end: text.length }
        const parsed = parseCaptured(text)
        addAll(findings, source, parsed.problems)
        contents.captured = { source, parsed }
        break
      }
      case 'macro':
        contents.macros.push({ name: nameBelow(path), path, text })
        break
      default:
        throw new Error(`unknown kind of file ${kind satisfies never}`)
    }
  }
  return contents
}

/** The path below the first folder, without its ending. */
function nameBelow(path: string): string {
  return path.slice(path.indexOf('/') + 1).replace(/\.[^.]*$/, '')
}

function checkFileOf(path: string, text: string, header: ParsedHeader<CheckSettings>): CheckFile {
  const { name, severity, warn_if: warnIf, error_if: errorIf, description, tags } = header.settings
  const onlyWarns = warnIf !== undefined && errorIf === undefined
  return {
    name: name ?? nameBelow(path).replaceAll('/', '_'),
    path,
    text,
    bodyStart: header.bodyStart,
    severity: severity ?? (onlyWarns ? 'warn' : 'error'),
    ...(warnIf === undefined ? {} : { warnIf }),
    ...(errorIf === undefined ? {} : { errorIf }),
    ...(description === undefined ? {} : { description }),
    tags: tags ?? [],
  }
}

/** Whether a model or source may have a cron expression as its grain. */
function hasCron({ models, descriptions }: Contents): boolean {
  const layers = [
    ...models.flatMap(({ header, folders }) => [header, ...folders]),
    ...descriptions.flatMap(({ parsed }) => [...parsed.models, ...parsed.sources]),
  ]
  return layers.some(({ settings: { partition } }) => looksLikeCron(partition?.grain ?? ''))
}

/** Loads the parser of cron expressions, which few projects need. */
async function cronReader(): Promise<NonNullable<ModelContext['cron']>> {
  const { CronMistake, cronGrain } = await import('../time/cron-expression.ts')
  return (expression) => {
    try {
      return cronGrain(expression)
    } catch (error) {
      if (error instanceof CronMistake) return error.message
      throw error
    }
  }
}

/** Puts everything together; undefined if there is no target that can be used. */
function assemble(
  root: string,
  read: ReadProject,
  contents: Contents,
  cron: ModelContext['cron'],
  findings: Finding[],
  found: Diagnostic[],
): Project | undefined {
  const { settings, target } = read
  const context: ModelContext = {
    pools: read.pools,
    timezone: settings.timezone ?? 'UTC',
    ...(cron === undefined ? {} : { cron }),
    checkMacros: new Set(contents.macros.flatMap(({ name }) => checkMacroName(name) ?? [])),
  }
  const entries = <Key extends 'sources' | 'models' | 'seeds' | 'exposures'>(key: Key) =>
    contents.descriptions.flatMap(({ source, parsed }) =>
      (parsed[key] as readonly Descriptions[Key][number][]).map((entry) => ({ entry, source })),
    )
  const described = matchEntries(
    'model',
    entries('models'),
    contents.models.map(({ name }) => name),
    findings,
  )
  const models = contents.models.map((model) =>
    modelFileOf(model, described.get(model.name), context, findings),
  )
  const things: NamedThing[] = contents.models.map(namedModel)

  const seeds = seedsOf(contents, entries('seeds'), things, findings, found, context.checkMacros)
  const sources = entries('sources').flatMap(({ entry, source }): SourceConfig[] => {
    const config = sourceOf(entry, source, read.targetNames, context, findings)
    if (!config) return []
    const { name, schema, table } = config
    const captured = target && contents.captured?.parsed.dialects.get(target.adapter)?.get(name)
    things.push({ kind: 'source', name, schema, table, source, path: [...entry.prefix, 'name'] })
    return [captured === undefined ? config : { ...config, captured }]
  })
  for (const { file, source, isNamed } of contents.checks) {
    const { name } = file
    things.push({
      kind: 'check',
      name,
      schema: undefined,
      table: name,
      source,
      ...(isNamed ? { path: ['name'] } : {}),
    })
  }
  const taken = new Set(things.map(({ name }) => name.toLowerCase()))
  const exposures = entries('exposures').flatMap(({ entry, source }): ExposureConfig[] => {
    const config = exposureOf(entry, source)
    if (config === undefined) return []
    const { name } = config
    const nodeName = exposureNodeName(name)
    things.push({
      kind: 'exposure',
      name: nodeName,
      schema: undefined,
      table: name,
      source,
      path: [...entry.prefix, 'name'],
    })
    // Of two the first stays, for whoever wants to know what else is wrong.
    if (taken.has(nodeName.toLowerCase())) return []
    taken.add(nodeName.toLowerCase())
    return [config]
  })
  addGone(contents, new Set(sources.map(({ name }) => name)), findings)
  checkNames(things, target, findings)
  if (target === undefined || settings.name === undefined) return undefined
  return {
    root,
    name: settings.name,
    target,
    targetNames: read.targetNames ?? [],
    timezone: context.timezone,
    vars: read.vars,
    pools: settings.pools ?? {},
    selectors: read.selectors,
    ...(settings.run?.timeout === undefined ? {} : { runTimeoutMs: settings.run.timeout }),
    allowFunctions: settings.allow?.functions ?? [],
    allowFiles: settings.allow?.files ?? false,
    lint: settings.lint ?? {},
    ...(settings.default_target === undefined ? {} : { defaultTarget: settings.default_target }),
    models,
    sources,
    seeds,
    checks: contents.checks.map(({ file }) => file),
    exposures,
    macros: contents.macros,
  }
}

function seedsOf(
  contents: Contents,
  entries: readonly { readonly entry: Descriptions['seeds'][number]; readonly source: YamlSource }[],
  things: NamedThing[],
  findings: Finding[],
  found: Diagnostic[],
  checkMacros: ReadonlySet<string>,
): SeedFile[] {
  const named = contents.seeds.map((seed) => {
    const { schema, table } = nameOfPath(seed.path)
    return { ...seed, name: qualified(schema, table), schema, table }
  })
  const described = matchEntries(
    'seed',
    entries,
    named.map(({ name }) => name),
    findings,
  )
  return named.map(({ path, bytes, text, name, schema, table }) => {
    const source = { file: path, text: text ?? '', start: 0, end: 0 }
    things.push({ kind: 'seed', name, schema, table, source })
    const seed = seedOf(path, bytes, described.get(name), findings, checkMacros)
    if (text !== undefined) found.push(...seedHeaderMistakes(text, path, seed.delimiter))
    return seed
  })
}

/** Captured columns of sources that nobody declares any more. */
function addGone({ captured }: Contents, declared: ReadonlySet<string>, findings: Finding[]): void {
  for (const [dialect, sources] of captured?.parsed.dialects ?? []) {
    for (const name of sources.keys()) {
      if (declared.has(name)) continue
      const problem = mistakeAt('SL161', ['columns', dialect, name], 'key', {
        severity: 'warning',
        message: `There is no source \`${name}\` any more.`,
        hint: 'Take it out of the file, or run `sluice sources pull`.',
      })
      findings.push({ source: captured!.source, problem })
    }
  }
}

function addAll(findings: Finding[], source: YamlSource, problems: readonly Problem[]): void {
  for (const problem of problems) findings.push({ source, problem })
}

/** Gives every finding its line and column. A mistake in the defaults of a folder is found once for each model in it. */
async function located(findings: readonly Finding[]): Promise<Diagnostic[]> {
  if (findings.length === 0) return []
  const { diagnosticsOf } = await import('./locate.ts')
  const byFile = new Map<string, { source: YamlSource; problems: Map<string, Problem> }>()
  for (const { source, problem } of findings) {
    const file = byFile.get(source.file) ?? { source, problems: new Map<string, Problem>() }
    byFile.set(source.file, file)
    file.problems.set(JSON.stringify(problem), problem)
  }
  return [...byFile.values()].flatMap(({ source, problems }) => diagnosticsOf(source, [...problems.values()]))
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  const [first, second] = [a.place, b.place]
  if (!first || !second) return first ? 1 : second ? -1 : 0
  if (first.file !== second.file) {
    // The file that everything else hangs on comes first.
    if (first.file === projectFile || second.file === projectFile) return first.file === projectFile ? -1 : 1
    return first.file < second.file ? -1 : 1
  }
  return first.line - second.line || first.column - second.column
}
