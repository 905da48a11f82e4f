import { resolve } from 'node:path'
import type { Capabilities, Dialect } from '../adapter.ts'
import type { ContentCache } from '../cache/content-cache.ts'
import type { MacroCheck } from '../checks/kinds.ts'
import { CHECKED, columnSymbol, macroOfCheck } from '../checks/macro.ts'
import type { CheckFile, ModelFile, PartitionConfig, Project, SourceConfig } from '../config/project.ts'
import { type Diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import { frameOf } from '../diagnostics/frame.ts'
import type { SqlParser } from '../sql/parser.ts'
import type { Physical } from '../sql/rewrite.ts'
import { type FreeNames, freeNames } from '../template/free-names.ts'
import { originOf } from '../template/origin.ts'
import { loadTemplateParser } from '../template/parse.ts'
import { type Context, type RenderOptions, render } from '../template/render.ts'
import { type Rendered, SqlFragment, type TemplateValue } from '../template/template.ts'
import type { ParsedTemplate } from '../template/tree.ts'
import { assumedType } from './clock.ts'
import type { ExaminedText, Question } from './examine.ts'
import type { WrittenAt } from './final-sql.ts'
import type { LintedQueries } from './linted.ts'
import { sourceRelation } from './physical.ts'
import { sentinel, type Window, windowContext } from './symbols.ts'

/** What of an engine compiling needs; nothing connects. */
export interface Engine {
  readonly dialect: Dialect
  readonly capabilities: Capabilities
  readonly parser: SqlParser
  /** Answers what is asked about the trees of texts, where that is done elsewhere than in this thread. */
  readonly examine?: (questions: readonly Question[]) => Promise<readonly ExaminedText[]>
  /** Takes what the rules for SQL find in the queries that are parsed; undefined: nobody asks. */
  readonly linted?: LintedQueries
  /** What was understood before; undefined: nothing is remembered. */
  readonly answers?: ContentCache
}

/** A text below `models/` or `checks/` that renders to one query. */
export type QueryFile = ModelFile | CheckFile

/** Renders the templates of one project for one target. */
export class Templates {
  readonly project: Project
  readonly engine: Engine
  private readonly parse: (file: { file: string; text: string }, bodyStart?: number) => ParsedTemplate
  private readonly parsedMacros = new Map<string, ParsedTemplate>()
  private readonly checkParameters = new Map<string, FreeNames>()
  private readonly macros: ReadonlyMap<string, { readonly path: string; readonly text: string }>
  private readonly shared: Context
  private readonly texts: ReadonlyMap<string, string>
  private readonly files: ReadonlyMap<string, QueryFile>

  private constructor(project: Project, engine: Engine, parse: Templates['parse']) {
    this.project = project
    this.engine = engine
    this.parse = parse
    this.macros = new Map(project.macros.map((macro) => [macro.name, macro]))
    this.texts = new Map(
      [...project.models, ...project.checks, ...project.macros].map((file) => [file.path, file.text]),
    )
    this.files = new Map([...project.models, ...project.checks].map((file) => [file.path, file]))
    this.shared = {
      vars: project.vars as Readonly<Record<string, TemplateValue>>,
      target: { name: project.target.name, adapter: project.target.adapter },
    }
  }

  static async create(project: Project, engine: Engine): Promise<Templates> {
    return new Templates(project, engine, await loadTemplateParser())
  }

  /** A model's SQL with logical names; symbols stand for the window, or for the sentinel. */
  model(model: ModelFile, window?: Window): Rendered {
    const { partition, materialized } = model.config
    const isIncremental = materialized === 'incremental' && partition !== undefined
    const hasPartitions = partition !== undefined
    const context = {
      ...this.shared,
      incremental: isIncremental,
      ...(hasPartitions ? this.window(window ?? sentinelWindow(model)) : {}),
      ...(isIncremental ? { this: new SqlFragment(this.logicalSql(model)) } : {}),
    }
    const why = `\`${model.name}\` is a ${materialized} and has no partitions`
    const noSelf = `\`${model.name}\` is a ${materialized}: only incremental models may read themselves`
    const absent = hasPartitions
      ? isIncremental
        ? {}
        : { this: noSelf }
      : { partition: why, reads: why, this: `${why}: only incremental models may read themselves` }
    return render(this.template(model), context, this.options(absent))
  }

  /** A check's SQL; `partition` is there if the model that it gates has partitions. */
  check(check: CheckFile, window: Window = anyWindow): Rendered {
    return render(this.template(check), { ...this.shared, ...this.window(window) }, this.options({}))
  }

  /** The names that a check of the project's own takes, besides those that are always there. */
  parametersOf(kind: string): FreeNames {
    const known = this.checkParameters.get(kind)
    if (known !== undefined) return known
    const macroOf = (name: string) => {
      const macro = this.macros.get(name)
      return macro === undefined ? undefined : this.macro(macro.path, macro.text).program
    }
    const program = macroOf(macroOfCheck(kind))
    if (program === undefined) throw new Error(`no macro ${kind}`)
    const found = freeNames(program, macroOf, alwaysThere)
    this.checkParameters.set(kind, found)
    return found
  }

  /** The query of a check of the project's own, over the relation that it is on; symbols stand for the partition's window, and for columns. */
  checkMacro(
    { macro, arguments: given }: MacroCheck,
    relation: { readonly name: string; readonly partition?: PartitionConfig },
  ): Rendered {
    const { partition } = relation
    const { path, text } = this.macros.get(macroOfCheck(macro))!
    const why = `\`${relation.name}\` has no partitions`
    const context = {
      ...this.shared,
      ...(given as Context),
      ...this.columnArguments(given),
      this: new SqlFragment(CHECKED),
      model: new SqlFragment(this.logicalSql(relation)),
      ...(partition === undefined ? {} : this.window(anyWindowOf(partition))),
    }
    return render(
      this.macro(path, text),
      context,
      this.options(partition === undefined ? { partition: why } : {}),
    )
  }

  private columnArguments({ column, columns }: MacroCheck['arguments']): Context {
    const fragment = (name: unknown) =>
      new SqlFragment(this.engine.dialect.quote(String(name)), columnSymbol(String(name)))
    return {
      ...(column === undefined ? {} : { column: fragment(column) }),
      ...(columns === undefined ? {} : { columns: [columns].flat().map(fragment) }),
    }
  }

  /** The path of a source's files: absolute unless it is an address, for the engine; and as the project says it, for fingerprints. */
  sourcePath(source: SourceConfig): { readonly path: string; readonly written: string } | undefined {
    const files = source.files[this.project.target.name]
    if (files === undefined) return undefined
    const template = this.parse({ file: files.place.file, text: files.path })
    const written = render(template, this.shared, {
      ...this.options({}),
      literal: String,
      quote: String,
    }).text
    return {
      path: isAddress(written) ? written : resolve(this.project.root, written),
      written,
    }
  }

  /** The query by which a source is observed or waited for; symbols stand for the partition, if it has any. */
  sourceQuery(source: SourceConfig, text: string): Rendered {
    const { partition } = source
    const why = `the source \`${source.name}\` has no partitions`
    const context = {
      ...this.shared,
      ...(partition === undefined ? {} : this.window(anyWindowOf(partition))),
    }
    const absent = partition === undefined ? { partition: why } : {}
    return render(this.parse({ file: source.path, text }), context, this.options(absent))
  }

  /** What stands in the database for a source. */
  sourcePhysical(source: SourceConfig): Physical & { readonly written: string } {
    const { dialect } = this.engine
    const files = source.files[this.project.target.name]
    const path = this.sourcePath(source)
    if (files !== undefined && path !== undefined && this.engine.capabilities.readsFiles) {
      const written = JSON.stringify([path.written, files.format, files.options])
      return { sql: dialect.readFiles(path.path, files.format, files.options), written }
    }
    const relation = sourceRelation(source, this.project.target, dialect)
    const sql = dialect.relation(relation)
    return { sql, name: relation.name, written: sql }
  }

  /** Where a rendered offset was written, with a frame. */
  origin(rendered: Rendered, offset: number): WrittenAt {
    const { place, via } = originOf(rendered, offset, (file) => this.texts.get(file))
    const text = this.texts.get(place.file)
    return { place, via, ...(text === undefined ? {} : { frame: frameOf(text, place) }) }
  }

  /** All that decides what a file can render, whatever the partition: its text, those of the macros that it can reach, and the values. */
  deciding(path: string): unknown {
    const file = this.files.get(path)
    if (file === undefined) throw new Error(`no query in ${path}`)
    const body = file.text.slice(file.bodyStart)
    return [body, macrosWithin(body, this.macros), this.shared]
  }

  private window(window: Window): Context {
    return windowContext(this.engine.dialect, window)
  }

  private logicalSql(model: { readonly name: string }): string {
    return model.name
      .split('.')
      .map((part) => this.engine.dialect.quote(part))
      .join('.')
  }

  /** Each model is rendered once or twice: keeping its template would cost more than parsing it again. */
  private template(file: QueryFile): ParsedTemplate {
    return this.parse({ file: file.path, text: file.text }, file.bodyStart)
  }

  private macro(path: string, text: string): ParsedTemplate {
    const known = this.parsedMacros.get(path)
    if (known !== undefined) return known
    const template = this.parse({ file: path, text })
    this.parsedMacros.set(path, template)
    return template
  }

  private options(absent: Readonly<Record<string, string>>): RenderOptions {
    const { dialect } = this.engine
    return {
      literal: (value) => dialect.literal(value),
      quote: (identifier) => dialect.quote(identifier),
      partials: (name) => {
        const macro = this.macros.get(name)
        return macro === undefined ? undefined : this.macro(macro.path, macro.text)
      },
      partialNames: () => [...this.macros.keys()],
      absent,
    }
  }
}

/** What the template of a check of the project's own has without being given it. */
const alwaysThere: ReadonlySet<string> = new Set(['this', 'model', 'partition', 'vars', 'target'])

/** Whether a path is an address (`s3://…`) and not a file of this machine. */
export function isAddress(path: string): boolean {
  return /^[a-z][a-z0-9+]+:\/\//i.test(path)
}

/** Macros whose names occur in a text or in one another, whether called or not; all of them where a name is computed. */
function macrosWithin(
  text: string,
  macros: ReadonlyMap<string, { readonly text: string }>,
): readonly (readonly [string, string])[] {
  const found = new Map<string, string>()
  const waiting = [text]
  for (let within = waiting.pop(); within !== undefined; within = waiting.pop()) {
    const isComputed = /\{\{~?#?>\s*\(/.test(within)
    for (const [name, macro] of macros) {
      if (found.has(name) || !(isComputed || within.includes(name))) continue
      found.set(name, macro.text)
      waiting.push(macro.text)
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1))
}

const anyWindow: Window = { partition: sentinel, columnType: 'date', reads: new Map() }

function anyWindowOf(partition: PartitionConfig): Window {
  const { format } = partition.column
  return {
    ...anyWindow,
    columnType: assumedType(partition),
    ...(format === undefined ? {} : { format }),
  }
}

/** The window that stands in for every partition of a model while it is compiled. */
export function sentinelWindow(model: {
  readonly name: string
  readonly config: Pick<ModelFile['config'], 'partition' | 'reads'>
}): Window {
  const partition = model.config.partition
  if (partition === undefined) throw new Error(`${model.name} has no partitions`)
  return {
    ...anyWindowOf(partition),
    reads: new Map(Object.keys(model.config.reads).map((name) => [name, sentinel])),
  }
}

/** Runs `work` for each item and collects the diagnostics of those that fail; bugs are thrown. */
export function collecting<T, R>(
  items: readonly T[],
  problems: Diagnostic[],
  work: (item: T) => R,
): (R | undefined)[] {
  return items.map((item) => {
    try {
      return work(item)
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error
      problems.push(...error.diagnostics)
      return undefined
    }
  })
}
