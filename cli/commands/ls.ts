import type { Handler } from '../command.ts'
import { exitCodes } from '../exit.ts'
import { nodeJson, nodesIn } from '../json/node.ts'
import { selectionOf } from '../selection.ts'
import { jsonLine } from '../text/json.ts'
import { printTable } from '../text/table.ts'
import { openWorkspace } from '../workspace.ts'

/** Lists what is selected, upstream first. */
export const ls: Handler = async (invocation) => {
  const { format, terminal } = invocation
  const workspace = await openWorkspace(invocation)
  const { project } = workspace
  const selected = await selectionOf(workspace, invocation)
  const nodes = nodesIn(project, selected)
  switch (format) {
    case 'json':
      terminal.out.write(nodes.map((node) => jsonLine(nodeJson(node))).join(''))
      break
    case 'table':
      printTable(
        terminal.out,
        [
          { title: 'NAME' },
          { title: 'KIND' },
          { title: 'HOW' },
          { title: 'TAGS', shrinks: 'middle', isOptional: true },
          { title: 'PATH', shrinks: 'middle', isOptional: true },
        ],
        nodes
          .map(nodeJson)
          .map((node) => [
            node.name,
            node.kind,
            node.materialization === node.kind ? '' : node.materialization,
            node.tags.join(', '),
            node.path,
          ]),
      )
      break
    default:
      terminal.out.write(nodes.map((node) => `${node.name}\n`).join(''))
  }
  return exitCodes.good
}
