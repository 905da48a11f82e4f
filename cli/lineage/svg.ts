import type { CompiledProject } from '../../core/compile/compiled.ts'
import type { SvgRequest } from '../../web/site/node.ts'
import { counted } from '../text/quantity.ts'
import type { Drawing } from './drawing.ts'
import { arrowsOf, type RelationLine } from './relation-lines.ts'
import type { Point } from './steps.ts'

/** Columns and how they become others, as an SVG file. A line from or to a box's title is about its rows. */
export async function columnSvg(
  { relations, arrows }: Drawing,
  asked: readonly Point[],
  { nodes }: CompiledProject,
): Promise<string> {
  const about = [...new Set(asked.map(({ relation }) => relation))].join(', ')
  const [only] = asked
  const title = asked.length === 1 && only?.column !== undefined ? `${only.relation}.${only.column}` : about
  return svg({
    title: `Column lineage of ${title}`,
    description: `${counted(relations.length, 'relation')}, upstream left, and ${counted(arrows.length, 'line')} between their columns. Dashed lines only decide which rows there are.`,
    boxes: relations.map(({ name, points }) => ({
      id: name,
      kind: nodes.get(name)?.kind ?? 'model',
      columns: points.flatMap(({ column }) => (column === undefined ? [] : [column])),
    })),
    lines: arrows.map(({ from, to, roles }) => ({
      from: from.relation,
      to: to.relation,
      ...(from.column === undefined ? {} : { fromColumn: from.column }),
      ...(to.column === undefined ? {} : { toColumn: to.column }),
      roles,
      isOfRows: to.column === undefined || from.column === undefined,
    })),
  })
}

/** Which relations read which, as an SVG file. */
export async function relationSvg(lines: readonly RelationLine[], project: string): Promise<string> {
  const arrows = arrowsOf(lines)
  return svg({
    title: `Lineage of ${project}`,
    description: `${counted(lines.length, 'relation')}, upstream left; ${counted(arrows.length, 'line')} from what is read to who reads it.`,
    boxes: lines.map(({ name, kind }) => ({ id: name, kind })),
    lines: arrows.map(([from, to]) => ({ from, to })),
  })
}

async function svg(request: SvgRequest): Promise<string> {
  const { standaloneSvg } = await import('../../web/site/node.ts')
  return standaloneSvg(request)
}
