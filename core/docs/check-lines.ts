import type { CheckLine } from './api.ts'
import { checkText, ownCheckText } from './check-text.ts'
import { type Documented, ownName } from './documented.ts'
import { latestOf } from './node-lines.ts'
import { parseMarkdown } from './parse-markdown.ts'

/** Checks that are declared with a relation, and the project's own checks that read it. */
export function checkLines(documented: Documented, relation: string): readonly CheckLine[] {
  const { project, facts } = documented
  const node = project.nodes.get(relation)
  if (node === undefined || node.kind === 'check' || node.kind === 'exposure') return []
  const results = facts.checksOf(relation)
  const declared = node.checks.map((check): CheckLine => {
    const latest = results.get(check.name)
    return {
      name: check.name,
      text: checkText(check),
      severity: check.severity,
      ...(latest === undefined ? {} : { latest }),
    }
  })
  const readers = (project.graph.downstream.get(relation) ?? []).map((name) => project.nodes.get(name))
  const own = readers.flatMap((check): CheckLine[] => {
    if (check?.kind !== 'check') return []
    const latest = latestOf(documented, check)
    return [
      {
        name: ownName(check.name),
        text: ownCheckText(check),
        severity: check.severity,
        ...(check.description === undefined ? {} : { description: parseMarkdown(check.description) }),
        node: check.name,
        ...(latest === undefined ? {} : { latest }),
      },
    ]
  })
  return [...declared, ...observed(documented, relation), ...own]
}

/** What is looked at of a source besides its checks: how old it is, and whether its columns are those that were declared. */
function observed({ project, facts }: Documented, relation: string): readonly CheckLine[] {
  const node = project.nodes.get(relation)
  if (node?.kind !== 'source') return []
  const declared = new Set(node.checks.map(({ name }) => name))
  return [...facts.checksOf(relation)].flatMap(([name, latest]): CheckLine[] => {
    const text = Object.hasOwn(observedWords, name) ? observedWords[name] : undefined
    if (text === undefined || declared.has(name)) return []
    return [{ name, text, severity: latest.status === 'warned' ? 'warn' : 'error', latest }]
  })
}

const observedWords: Readonly<Record<string, string>> = {
  freshness: 'it was loaded lately enough',
  columns: 'its columns are those that were declared or captured',
  readable: 'it can be read',
}
