import type { Role } from '../../core/lineage/lineage.ts'
import { dotQuoted, mermaidQuoted } from './quoted.ts'
import { type Point, pointKey, type Step } from './steps.ts'

/** Relations as boxes of columns, steps as arrows: `dashed` for what only decides rows. */
export interface Drawing {
  readonly relations: readonly { readonly name: string; readonly points: readonly Point[] }[]
  readonly arrows: readonly {
    readonly from: Point
    readonly to: Point
    /** None: the rows of one are read for the rows of the other. */
    readonly roles: readonly Role[]
    readonly isDashed: boolean
  }[]
}

const values: ReadonlySet<Role> = new Set<Role>(['copied', 'transformed', 'aggregated'])

/** `order` has relations upstream first. */
export function drawingOf(
  steps: readonly Step[],
  asked: readonly Point[],
  order: readonly string[],
): Drawing {
  const points = new Map<string, Point>()
  for (const point of [...asked, ...steps.flatMap(({ from, to }) => [from, to])])
    points.set(pointKey(point), point)
  const byRelation = new Map<string, Point[]>()
  for (const point of points.values()) {
    const known = byRelation.get(point.relation)
    if (known === undefined) byRelation.set(point.relation, [point])
    else known.push(point)
  }
  const arrows = new Map<string, { from: Point; to: Point; roles: Role[] }>()
  for (const { from, to, role } of steps) {
    const key = `${pointKey(from)} ${pointKey(to)}`
    const known = arrows.get(key) ?? { from, to, roles: [] }
    if (role !== undefined && !known.roles.includes(role)) known.roles.push(role)
    arrows.set(key, known)
  }
  return {
    relations: order
      .filter((name) => byRelation.has(name))
      .map((name) => ({ name, points: [...byRelation.get(name)!].sort(rowsLast) })),
    arrows: [...arrows.values()].map(({ from, to, roles }) => ({
      from,
      to,
      roles,
      isDashed: !roles.some((role) => values.has(role)),
    })),
  }
}

function rowsLast(a: Point, b: Point): number {
  return Number(a.column === undefined) - Number(b.column === undefined)
}

/** https://mermaid.js.org/syntax/flowchart.html */
export function mermaidText({ relations, arrows }: Drawing): string {
  const ids = idsOf(relations)
  const lines = ['flowchart LR']
  for (const [index, { name, points }] of relations.entries()) {
    lines.push(`  subgraph r${index}[${mermaidQuoted(name)}]`)
    for (const point of points) {
      const id = ids.get(pointKey(point))
      lines.push(
        point.column === undefined
          ? `    ${id}([${point.label === undefined ? 'rows' : mermaidQuoted(point.label)}])`
          : `    ${id}[${mermaidQuoted(point.column)}]`,
      )
    }
    lines.push('  end')
  }
  for (const { from, to, roles, isDashed } of arrows) {
    const arrow = isDashed ? '-.->' : '-->'
    const said = roles.length === 0 ? '' : `|${roles.join(', ')}|`
    lines.push(`  ${ids.get(pointKey(from))} ${arrow}${said} ${ids.get(pointKey(to))}`)
  }
  return `${lines.join('\n')}\n`
}

/** https://graphviz.org/doc/info/lang.html */
export function dotText({ relations, arrows }: Drawing): string {
  const ids = idsOf(relations)
  const lines = ['digraph lineage {', '  rankdir=LR', '  node [shape=box]']
  for (const [index, { name, points }] of relations.entries()) {
    lines.push(`  subgraph cluster_${index} {`, `    label=${dotQuoted(name)}`)
    for (const point of points) {
      const shape = point.column === undefined ? ', shape=ellipse' : ''
      lines.push(
        `    ${ids.get(pointKey(point))} [label=${dotQuoted(point.column ?? point.label ?? 'rows')}${shape}]`,
      )
    }
    lines.push('  }')
  }
  for (const { from, to, roles, isDashed } of arrows) {
    const label = roles.length === 0 ? [] : [`label=${dotQuoted(roles.join(', '))}`]
    const traits = [...label, ...(isDashed ? ['style=dashed'] : [])]
    const list = traits.length === 0 ? '' : ` [${traits.join(', ')}]`
    lines.push(`  ${ids.get(pointKey(from))} -> ${ids.get(pointKey(to))}${list}`)
  }
  return `${lines.join('\n')}\n}\n`
}

function idsOf(relations: Drawing['relations']): ReadonlyMap<string, string> {
  const all = relations.flatMap(({ points }) => points)
  return new Map(all.map((point, index) => [pointKey(point), `c${index}`]))
}
