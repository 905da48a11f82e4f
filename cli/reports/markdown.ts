import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'
import { commandText } from '../text/command.ts'
import { counted } from '../text/quantity.ts'
import { mermaidGraph } from './mermaid.ts'
import type { Report, ReportCase } from './report.ts'

/** GitHub refuses longer comments (65,536 characters). */
const LONGEST = 60_000

/** Marks the comment, so that a later run can find its own and replace it. */
const marker = (command: string) => `<!-- sluice ${command} -->`

/** A comment for a pull request: what was found, by file, what is hit, and the graph. */
export function markdownReport(report: Report, pathOf: (file: string) => string): string {
  const { command, summary, outcome, diagnostics, graph, sections } = report
  const blocks = [
    marker(command),
    `## ${outcome === 'failed' ? '❌' : '✅'} sluice ${command}\n\n${inline(summary)}`,
    ...findings(diagnostics, pathOf),
    ...failedCases(report, pathOf),
    ...sections.map(({ title, markdown }) => `### ${inline(title)}\n\n${markdown.trim()}`),
    ...(graph === undefined || graph.nodes.length === 0
      ? []
      : [`### Graph\n\n\`\`\`mermaid\n${mermaidGraph(graph)}\n\`\`\``]),
  ]
  return `${printable(withinLimit(blocks).join('\n\n'))}\n`
}

/** Control characters and halves of pairs are no text for those who keep comments. */
function printable(text: string): string {
  return text.replace(/\p{Surrogate}|(?![\n\t])\p{Control}/gu, '\uFFFD')
}

/** The blocks without those that would make the comment too long, and how many these are. */
function withinLimit(blocks: readonly string[]): readonly string[] {
  const kept: string[] = []
  let length = 0
  for (const block of blocks) {
    if (length + block.length + 2 > LONGEST) continue
    length += block.length + 2
    kept.push(block)
  }
  if (kept.length === blocks.length) return kept
  const left = counted(blocks.length - kept.length, 'part')
  return [...kept, `_This is too long for a comment: ${left} left out._`]
}

function findings(diagnostics: readonly Diagnostic[], pathOf: (file: string) => string): readonly string[] {
  const files = new Map<string, Diagnostic[]>()
  for (const each of diagnostics) {
    const file = each.place?.file ?? ''
    files.set(file, [...(files.get(file) ?? []), each])
  }
  return [...files].flatMap(([file, found]) => [
    file === '' ? '### The project' : `### ${code(pathOf(file))}`,
    ...found.map((each) => finding(each, pathOf)),
  ])
}

function finding(
  { severity, code: name, message, model, partition, place, via, frame, hint, next }: Diagnostic,
  pathOf: (file: string) => string,
): string {
  const [first = '', ...more] = message.split('\n')
  const sign = severity === 'error' ? '🔴' : '🟡'
  const where = [
    model === undefined ? '' : ` in ${code(subject(model, partition, message))}`,
    place === undefined ? '' : `, line ${place.line}`,
  ]
  return [
    `${sign} **${name}** ${inline(first)}${where.join('')}`,
    ...more.map((line) => `> ${inline(line)}`),
    ...(frame === undefined ? [] : [fenced(frame)]),
    ...(via ?? []).map((call) => `Called from ${code(`${pathOf(call.file)}:${call.line}`)}`),
    ...(hint === undefined ? [] : [`_${inline(hint.replaceAll('\n', ' '))}_`]),
    ...(next === undefined ? [] : [`Next: ${code(commandText(next))}`]),
  ].join('\n\n')
}

function subject(model: string, partition: string | undefined, message: string): string {
  return partition === undefined || message.includes(partition) ? model : `${model} ${partition}`
}

/** Failures of which the diagnostics do not tell. */
function failedCases({ cases, diagnostics }: Report, pathOf: (file: string) => string): readonly string[] {
  const told = new Set(diagnostics)
  const failed = cases.filter(
    ({ outcome, problems }) => outcome === 'failed' && !problems.some((each) => told.has(each)),
  )
  if (failed.length === 0) return []
  return ['### Failed', ...failed.map((each) => failedCase(each, pathOf))]
}

function failedCase({ suite, name, problems }: ReportCase, pathOf: (file: string) => string): string {
  return [`🔴 ${code(suite)} ${inline(name)}`, ...problems.map((each) => finding(each, pathOf))].join('\n\n')
}

/** A fence that nothing within can close. */
export function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}\n${fence}`
}

/** Text in which nothing is markup, a mention or a reference, but for what stands in backquotes already. */
export function inline(text: string): string {
  return text
    .split(/(`[^`\n]+`)/)
    .map((piece, index) => (index % 2 === 1 ? piece : plain(piece)))
    .join('')
}

function plain(text: string): string {
  return text
    .replace(/[&<>@]/g, (sign) => entities[sign]!)
    .replace(/[\\`*_{}[\]|~]|#(?!\d+;)/g, (sign) => `\\${sign}`)
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '@': '&#64;' }

/** A code span that can hold backquotes. Not for tables, in which `|` ends a cell even there. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const ticks = '`'.repeat(longest + 1)
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : ''
  return `${ticks}${pad}${text.replaceAll(/[\r\n]+/g, ' ')}${pad}${ticks}`
}
