import type { ReportGraph, ReportNode } from './report.ts'

/** More nodes than this are no picture. */
const SHOWN = 60

/** Mermaid refuses to draw more than 500 unless it is configured otherwise. */
const MOST_EDGES = 400

const styles: Readonly<Record<NonNullable<ReportNode['change']>, string>> = {
  added: 'fill:#dafbe1,stroke:#1a7f37,color:#116329',
  removed: 'fill:#ffebe9,stroke:#cf222e,color:#82071e,stroke-dasharray:4',
  changed: 'fill:#ddf4ff,stroke:#0969da,color:#0550ae',
  breaking: 'fill:#ffebe9,stroke:#cf222e,color:#82071e,stroke-width:3px',
  affected: 'fill:#fff8c5,stroke:#9a6700,color:#7d4e00',
  failed: 'fill:#ffebe9,stroke:#cf222e,color:#82071e',
}

/** The graph as Mermaid text, which GitHub and GitLab draw in a fenced block; the least interesting nodes are left out of a large one. */
export function mermaidGraph({ nodes, edges }: ReportGraph): string {
  const shown = mostInteresting(nodes)
  const ids = new Map(shown.map((node, index) => [node.name, `n${index}`]))
  const lines = ['flowchart LR']
  for (const node of shown) {
    const [open, close] = shapes[node.kind]
    const style = node.change === undefined ? '' : `:::${node.change}`
    lines.push(`  ${ids.get(node.name)}${open}"${label(node.name)}"${close}${style}`)
  }
  const drawn = edges.filter(([upstream, downstream]) => ids.has(upstream) && ids.has(downstream))
  for (const [upstream, downstream] of drawn.slice(0, MOST_EDGES)) {
    lines.push(`  ${ids.get(upstream)} --> ${ids.get(downstream)}`)
  }
  if (shown.length < nodes.length) lines.push(`  more["… and ${nodes.length - shown.length} more"]`)
  for (const change of new Set(shown.map((node) => node.change)))
    if (change !== undefined) lines.push(`  classDef ${change} ${styles[change]}`)
  return lines.join('\n')
}

const shapes: Readonly<Record<ReportNode['kind'], readonly [string, string]>> = {
  model: ['[', ']'],
  seed: ['[/', '/]'],
  source: ['[(', ')]'],
  check: ['([', '])'],
  exposure: ['>', ']'],
}

const order: readonly ReportNode['change'][] = [
  'failed',
  'breaking',
  'removed',
  'changed',
  'added',
  'affected',
  undefined,
]

function mostInteresting(nodes: readonly ReportNode[]): readonly ReportNode[] {
  if (nodes.length <= SHOWN) return nodes
  const ranked = [...nodes].sort((a, b) => order.indexOf(a.change) - order.indexOf(b.change)).slice(0, SHOWN)
  const kept = new Set(ranked)
  return nodes.filter((node) => kept.has(node))
}

/** Entities of Mermaid for what would end the label or be read as markup. */
function label(name: string): string {
  return name.replace(/[^\p{L}\p{N} ._$/-]/gu, (character) => `#${character.codePointAt(0)};`)
}
