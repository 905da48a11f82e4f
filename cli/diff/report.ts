import { type Diagnostic, diagnostic } from '../../core/diagnostics/diagnostic.ts'
import { breaksColumn, isBreaking, type NodeDiff } from '../../core/diff/difference.ts'
import type { ExitCode } from '../exit.ts'
import type { Report, ReportNode } from '../reports/report.ts'
import { counted, duration } from '../text/quantity.ts'
import type { Found } from './found.ts'
import { totalText } from './total.ts'
import {
  causeText,
  columnText,
  dataText,
  exposureText,
  impactText,
  partTexts,
  reasonOfRebuild,
  rowsText,
  saidOnce,
  statusText,
  volumeText,
} from './words.ts'

/** What `--report` writes of a diff: sections for a comment, a case for each relation that changed. */
export function reportOf(found: Found, exitCode: ExitCode): Report {
  const { diff } = found
  const breaking = diff.nodes.filter(isBreaking)
  const others = diff.nodes.filter((node) => !isBreaking(node))
  const breaks = new Map(breaking.map((node) => [node, breakOf(node, exitCode)]))
  return {
    command: 'diff',
    summary: `${totalText(diff)}, compared with ${found.base.label}`,
    outcome: exitCode === 0 ? 'passed' : 'failed',
    diagnostics: [...diff.problems, ...breaks.values()],
    cases: diff.nodes.map((node) => {
      const problem = breaks.get(node)
      return {
        suite: 'diff',
        name: node.name,
        ...(node.status === 'removed' ? {} : { file: node.path, line: 1 }),
        outcome: problem !== undefined && exitCode !== 0 ? ('failed' as const) : ('passed' as const),
        problems: problem === undefined ? [] : [problem],
      }
    }),
    graph: { nodes: graphNodes(found), edges: found.edges },
    sections: [
      section('Breaking', breaking.map(nodeItem)),
      section('Changed', others.map(nodeItem)),
      section('Downstream', impactItems(found)),
      section(
        'Exposures hit',
        diff.impact.filter(({ kind }) => kind === 'exposure').map((each) => plain(exposureText(each))),
      ),
      section(`A deploy to ${found.target} would build again`, volumeItems(found)),
      ...found.data.map((data) =>
        section(`Rows of ${data.model}`, [
          dataText(data),
          ...data.columns.map(
            ({ column, different }) => `${code(column)}: ${counted(different, 'row')} with another value`,
          ),
        ]),
      ),
      section('Not known', diff.gaps),
    ].filter(({ markdown }) => markdown !== ''),
  }
}

/** What breaks, as something that stands beside the file. */
function breakOf(node: NodeDiff, exitCode: ExitCode): Diagnostic {
  const columns = node.columns.filter(breaksColumn).map(columnText)
  const whole = node.status === 'removed' || node.status === 'renamed' ? [statusText(node)] : []
  return diagnostic('SL438', {
    severity: exitCode === 0 ? 'warning' : 'error',
    message: `${node.name}: ${[...whole, ...(node.status === 'removed' ? [] : columns)].join(', ')}`,
    model: node.name,
    ...(node.status === 'removed' ? {} : { place: { file: node.path, line: 1, column: 1 } }),
  })
}

function section(title: string, items: readonly string[]): Report['sections'][number] {
  return { title, markdown: items.map((item) => `- ${item}`).join('\n') }
}

function nodeItem(node: NodeDiff): string {
  const isWhole = node.status === 'added' || node.status === 'removed'
  const details = [
    causeText(node),
    ...partTexts(node),
    ...(isWhole ? [] : saidOnce(node.columns)).map((change) =>
      breaksColumn(change) ? `**${plain(columnText(change))}**` : columnText(change),
    ),
    rowsText(node),
  ].filter(Boolean)
  const lines = details.map((line) => `\n  - ${line.startsWith('**') ? line : plain(line)}`)
  return `${code(node.name)} ${plain(statusText(node))}${lines.join('')}${sqlBlock(node)}`
}

/** Folded away, as most are long. */
function sqlBlock({ sql }: NodeDiff): string {
  if (sql.length === 0) return ''
  const longest = Math.max(2, ...sql.map((line) => /^.?(`*)/.exec(line)![1]!.length))
  const fence = '`'.repeat(longest + 1)
  const lines = [`${fence}diff`, ...sql, fence].map((line) => `  ${line}`)
  return `\n\n  <details><summary>SQL</summary>\n\n${lines.join('\n')}\n\n  </details>\n`
}

function impactItems({ diff: { impact } }: Found): readonly string[] {
  const spared = impact.filter(({ hit }) => hit === 'none').map(({ name }) => code(name))
  return [
    ...impact
      .filter(({ hit, kind }) => hit !== 'none' && kind !== 'exposure')
      .map((each) => `${code(each.name)}: ${plain(impactText(each))}`),
    ...(spared.length > 0 ? [`not hit, though they read it: ${spared.join(', ')}`] : []),
  ]
}

function volumeItems({ volume: found }: Found): readonly string[] {
  switch (found.kind) {
    case 'unpublished':
      return []
    case 'unreachable':
      return [`not known: ${plain(found.reason)}`]
    case 'known': {
      const { relations } = found.volume
      if (relations.length === 0) return []
      const items = relations.map((each) =>
        [
          code(each.name),
          ...(each.first === undefined ? [] : [counted(each.partitions, 'partition')]),
          ...(each.materialization === 'view' ? [] : [counted(each.rows, 'row')]),
          ...(each.ms === undefined || each.ms < 1 ? [] : [`about ${duration(each.ms)}`]),
          reasonOfRebuild(each),
        ].join(', '),
      )
      return [...items, `**in all ${volumeText(found.volume)}**`]
    }
    default:
      return found satisfies never
  }
}

function graphNodes({ diff: { nodes, impact } }: Found): readonly ReportNode[] {
  const changed = nodes.map(
    (node): ReportNode => ({
      name: node.name,
      kind: node.kind,
      change:
        node.status === 'added' || node.status === 'removed'
          ? node.status
          : isBreaking(node)
            ? 'breaking'
            : 'changed',
    }),
  )
  const known = new Set(nodes.map(({ name }) => name))
  const hit = impact
    .filter((each) => each.hit !== 'none' && !known.has(each.name))
    .map(({ name, kind }): ReportNode => ({ name, kind, change: 'affected' }))
  return [...changed, ...hit]
}

/** A name as code. */
function code(text: string): string {
  return text.includes('`') ? plain(text) : `\`${text}\``
}

/** Text that Markdown shows as it stands. */
function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~]/g, (mark) => `\\${mark}`)
}
