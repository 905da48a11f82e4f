import { SluiceError } from '../diagnostics/diagnostic.ts'
import type { SqlTexts } from '../run/attempt.ts'
import { joinParts, type RelationText, substitute } from '../template/edit.ts'
import type { Rendered } from '../template/template.ts'
import { type Analysed, type AnalysisContext, analyse, modelProblem, type QueryText } from './analyse.ts'
import {
  type CompiledCheck,
  type CompiledModel,
  type CompiledProject,
  type CompiledSql,
  checkNodeName,
} from './compiled.ts'
import type { FinalSql } from './final-sql.ts'
import { symbolText, type Window } from './symbols.ts'

/**
 * Final SQL of models and checks: the compiled parts with literals in the place of symbols, which costs a concatenation. Only a template whose
 * logic looks at the partition, and the place of an error, need the compiler again, which is made when first asked for.
 */
export class CompiledTexts implements SqlTexts {
  private readonly project: CompiledProject
  private readonly dialect: AnalysisContext['templates']['engine']['dialect']
  private readonly context: () => Promise<AnalysisContext>

  constructor(
    project: CompiledProject,
    dialect: AnalysisContext['templates']['engine']['dialect'],
    context: () => Promise<AnalysisContext>,
  ) {
    this.project = project
    this.dialect = dialect
    this.context = context
  }

  async model(
    model: CompiledModel,
    window: Window | undefined,
    relationText?: RelationText,
  ): Promise<FinalSql> {
    return this.final(model, model.sql, window, relationText)
  }

  async check(name: string, window: Window | undefined, relationText?: RelationText): Promise<FinalSql> {
    const check = this.project.nodes.get(name)
    if (check?.kind !== 'check') throw new Error(`no check ${name}`)
    return this.final(check, check.sql, window, relationText)
  }

  private async final(
    node: CompiledModel | CompiledCheck,
    sql: CompiledSql,
    window: Window | undefined,
    relationText: RelationText | undefined,
  ): Promise<FinalSql> {
    if (sql.symbolsDecide && window !== undefined) return this.compiledAnew(node, window, relationText)
    const values = window === undefined ? {} : this.valuesOf(sql, window)
    return {
      text: joinParts(sql.parts, values, relationText),
      locate: async (offset) => {
        const context = await this.context()
        const rewritten = await this.rewritten(context, node, undefined)
        return context.templates.origin(substitute(rewritten, values, relationText), offset)
      },
    }
  }

  /** A text whose shape depends on the partition: rendered, parsed and rewritten for this one. */
  private async compiledAnew(
    node: CompiledModel | CompiledCheck,
    window: Window,
    relationText: RelationText | undefined,
  ): Promise<FinalSql> {
    const context = await this.context()
    const rewritten = substitute(await this.rewritten(context, node, window), {}, relationText)
    return { text: rewritten.text, locate: async (offset) => context.templates.origin(rewritten, offset) }
  }

  private async rewritten(
    context: AnalysisContext,
    node: CompiledModel | CompiledCheck,
    window: Window | undefined,
  ): Promise<Rendered> {
    const query: QueryText = { name: node.name, path: node.path, rendered: render(context, node, window) }
    const [result] = await context.templates.engine.parser.parse([query.rendered.text])
    const problems: SluiceError['diagnostics'][number][] = []
    const analysed = analyse(context, query, result!, problems)
    if (analysed === undefined || problems.length > 0) throw new SluiceError(problems)
    const added = addedUpstreams(node, analysed)
    if (added.length > 0) {
      throw new SluiceError([
        modelProblem('SL356', node, {
          message: `${node.name} reads ${added.join(', ')} only for some partitions`,
          hint: 'Name the table in every case: a dependency cannot depend on the partition.',
        }),
      ])
    }
    return analysed.rewritten
  }

  private valuesOf(sql: CompiledSql, window: Window): Readonly<Record<string, string>> {
    const values: Record<string, string> = {}
    for (const part of sql.parts) {
      if ('symbol' in part) values[part.symbol] ??= symbolText(this.dialect, part.symbol, window)
    }
    return values
  }
}

function render(
  context: AnalysisContext,
  node: CompiledModel | CompiledCheck,
  window: Window | undefined,
): Rendered {
  const { project, templates } = context
  if (node.kind === 'model') {
    return templates.model(project.models.find((model) => model.name === node.name)!, window)
  }
  const check = project.checks.find((each) => checkNodeName(each.name) === node.name)!
  return templates.check(check, window)
}

function addedUpstreams(node: CompiledModel | CompiledCheck, analysed: Analysed): readonly string[] {
  return analysed.upstream.filter((name) => !node.upstream.includes(name))
}

/** The texts of a project that was just compiled. */
export function createSqlTexts(project: CompiledProject, context: AnalysisContext): SqlTexts {
  return new CompiledTexts(project, context.templates.engine.dialect, async () => context)
}
