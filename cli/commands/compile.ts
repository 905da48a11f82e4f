import { writeCompiledSql } from '../artifacts/compiled-sql.ts'
import { manifestJson, manifestText } from '../artifacts/manifest.ts'
import { writeArtifact } from '../artifacts/write.ts'
import type { Handler } from '../command.ts'
import { hashesOf, templatesIn } from '../diff/templates.ts'
import { exitCodes } from '../exit.ts'
import { nodesIn } from '../json/node.ts'
import { selectionOf } from '../selection.ts'
import { jsonLine } from '../text/json.ts'
import { counted } from '../text/quantity.ts'
import { version } from '../version.ts'
import { openWorkspace } from '../workspace.ts'

/** Compiles the whole project and writes what came of it. */
export const compile: Handler = async (invocation) => {
  const { options, format, terminal } = invocation
  const workspace = await openWorkspace(invocation)
  const { project, factory } = workspace
  const isWhole = [options.select, options.selector, options.exclude].every((each) => each === undefined)
  const selected = nodesIn(project, await selectionOf(workspace, invocation))
  const manifest = manifestJson(project, factory.dialect, version)
  await writeCompiledSql(workspace, selected, isWhole)
  const { root } = project.project
  const templates = hashesOf(templatesIn(root, invocation))
  await writeArtifact(root, 'manifest.json', manifestText(manifest, project, templates))
  if (options.explainBatch) {
    const { explainBatches, printExplanations } = await import('../explain-batch.ts')
    const explanations = explainBatches(selected)
    if (format === 'json') terminal.out.write(explanations.map(jsonLine).join(''))
    else printExplanations(explanations, terminal.out)
    return exitCodes.good
  }
  if (format === 'json') terminal.out.write(manifest.nodes.map(jsonLine).join(''))
  else if (!options.quiet) {
    const { style } = terminal.out
    const kinds = (['source', 'seed', 'model', 'check', 'exposure'] as const)
      .map((kind) => ({ kind, number: selected.filter((node) => node.kind === kind).length }))
      .filter(({ number }) => number > 0)
      .map(({ kind, number }) => counted(number, kind))
    const where = style.dim(`for ${project.project.target.name}, written to target/`)
    terminal.out.write(`${style.green('✓')} ${style.bold(kinds.join(', '))} ${where}\n`)
  }
  return exitCodes.good
}
