import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { DataDiff } from '../../core/diff/data.ts'
import { diffProjects } from '../../core/diff/diff.ts'
import { hasBreaking, type ProjectDiff } from '../../core/diff/difference.ts'
import type { Side } from '../../core/diff/side.ts'
import type { Handler, Invocation } from '../command.ts'
import { type Base, withBase } from '../diff/base.ts'
import type { Found } from '../diff/found.ts'
import { sideOf } from '../diff/sides.ts'
import { templatesIn } from '../diff/templates.ts'
import { rebuildVolume } from '../diff/volume.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { jsonLine } from '../text/json.ts'
import { openWorkspace, type Workspace } from '../workspace.ts'

/** Says how the project differs from another version of it, and who is hit. */
export const diff: Handler = async (invocation) => {
  const { base } = invocation.options
  if (base === undefined) {
    throw SluiceError.of('SL904', {
      message: 'diff needs to know what to compare with',
      hint: 'name a Git ref, or a manifest.json that `sluice compile` wrote',
      next: 'sluice diff --base main',
    })
  }
  const head = await openWorkspace(invocation)
  return withBase(head, invocation, base, (other) => compare(head, other, invocation))
}

async function compare(head: Workspace, base: Base, invocation: Invocation): Promise<ExitCode> {
  const { root } = head.project.project
  const side = await sideOf(head, invocation, templatesIn(root, invocation), root)
  const { dialect } = head.factory
  const parser = await head.parser()
  try {
    const changes = await diffProjects(base.side, side, { dialect, parser })
    const found: Found = {
      base,
      target: head.project.project.target.name,
      diff: changes,
      volume: await rebuildVolume(head, base.workspace, invocation),
      edges: edgesOf(head, changes),
      data: await compareData(head, base, side, changes, invocation),
    }
    const exitCode = exitCodeOf(found.diff, invocation)
    await print(found, exitCode, invocation)
    return exitCode
  } finally {
    await parser.close()
  }
}

async function compareData(
  head: Workspace,
  base: Base,
  side: Side,
  changes: ProjectDiff,
  invocation: Invocation,
): Promise<readonly DataDiff[]> {
  if (!invocation.options.data) return []
  const { dataDiffs } = await import('../diff/data.ts')
  return dataDiffs(head, base, changes, { head: side.bound, base: base.side.bound }, invocation)
}

/** What of the graph a picture of the change needs. */
function edgesOf({ project: { graph } }: Workspace, { nodes, impact }: ProjectDiff): Found['edges'] {
  const drawn = new Set([...nodes, ...impact.filter(({ hit }) => hit !== 'none')].map(({ name }) => name))
  return [...drawn].flatMap((name) =>
    (graph.upstream.get(name) ?? []).filter((each) => drawn.has(each)).map((each) => [each, name] as const),
  )
}

async function print(found: Found, exitCode: ExitCode, invocation: Invocation): Promise<void> {
  const { format, terminal, options } = invocation
  if (options.report !== undefined) {
    const { reportOf } = await import('../diff/report.ts')
    const { reportsOnly, writeReports } = await import('../reports/write-reports.ts')
    await writeReports(invocation, reportOf(found, exitCode))
    if (reportsOnly(invocation)) return
  }
  if (format === 'json') {
    const { diffJson } = await import('../diff/json.ts')
    terminal.out.write(diffJson(found).map(jsonLine).join(''))
    return
  }
  const { printDiff } = await import('../diff/text.ts')
  printDiff(found, terminal.out, options.sql ?? false)
}

function exitCodeOf(diff: ProjectDiff, { options }: Invocation): ExitCode {
  const fails = {
    breaking: hasBreaking(diff),
    any: diff.nodes.length > 0 || diff.problems.length > 0,
    never: false,
  }
  return fails[options.failOnChange ?? 'breaking'] ? exitCodes.failed : exitCodes.good
}
