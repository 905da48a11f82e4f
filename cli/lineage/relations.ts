import type { Invocation } from '../command.ts'
import { selectionOf } from '../selection.ts'
import { jsonLine } from '../text/json.ts'
import { printTable } from '../text/table.ts'
import type { Workspace } from '../workspace.ts'
import { dotQuoted, mermaidQuoted } from './quoted.ts'
import { arrowsOf, type RelationLine, relationLines } from './relation-lines.ts'
import { relationSvg } from './svg.ts'

/** Prints which relations of the selection read which, upstream first. Checks are left out: nothing is made of them. */
export async function printRelations(workspace: Workspace, invocation: Invocation): Promise<void> {
  const { format, terminal } = invocation
  const lines = relationLines(workspace.project, await selectionOf(workspace, invocation))
  switch (format) {
    case 'json':
      for (const { name, kind, reads } of lines) terminal.out.write(jsonLine({ relation: name, kind, reads }))
      break
    case 'svg':
      terminal.out.write(await relationSvg(lines, workspace.project.project.name))
      break
    case 'mermaid':
      terminal.out.write(mermaidRelations(lines))
      break
    case 'dot':
      terminal.out.write(dotRelations(lines))
      break
    default:
      printTable(
        terminal.out,
        [{ title: 'RELATION', shrinks: 'middle' }, { title: 'KIND' }, { title: 'READS', shrinks: 'middle' }],
        lines.map(({ name, kind, reads }) => [name, kind, reads.join(', ')]),
      )
  }
}

function mermaidRelations(lines: readonly RelationLine[]): string {
  const ids = idsOf(lines)
  const shapes = {
    model: ['[', ']'],
    source: ['[(', ')]'],
    seed: ['[(', ')]'],
    exposure: ['([', '])'],
  } as const
  return text([
    'flowchart LR',
    ...lines.map(
      ({ name, kind }) => `  ${ids.get(name)}${shapes[kind][0]}${mermaidQuoted(name)}${shapes[kind][1]}`,
    ),
    ...arrowsOf(lines).map(([from, to]) => `  ${ids.get(from)} --> ${ids.get(to)}`),
  ])
}

function dotRelations(lines: readonly RelationLine[]): string {
  const ids = idsOf(lines)
  const shapes = {
    model: '',
    source: ', shape=cylinder',
    seed: ', shape=cylinder',
    exposure: ', shape=ellipse',
  }
  return text([
    'digraph lineage {',
    '  rankdir=LR',
    '  node [shape=box]',
    ...lines.map(({ name, kind }) => `  ${ids.get(name)} [label=${dotQuoted(name)}${shapes[kind]}]`),
    ...arrowsOf(lines).map(([from, to]) => `  ${ids.get(from)} -> ${ids.get(to)}`),
    '}',
  ])
}

function idsOf(lines: readonly RelationLine[]): ReadonlyMap<string, string> {
  return new Map(lines.map(({ name }, at) => [name, `r${at}`]))
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
}
