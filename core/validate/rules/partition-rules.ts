import { lintModel } from '../../batch/lint.ts'
import { surveyOf } from '../../batch/survey.ts'
import type { CompiledModel } from '../../compile/compiled.ts'
import type { AllowedWarning } from '../../config/project.ts'
import type { Relational } from '../../sql/relational/ir.ts'
import type { Part } from '../../template/edit.ts'
import type { Span } from '../../template/template.ts'

/** Which of the rules for partitions find something in a model, whatever it is excused from. What they find is told while compiling. */
export function brokenPartitionRules(
  model: CompiledModel,
  relational: Relational,
  text: string,
  values: Readonly<Record<string, string>>,
  relationAt: (start: number) => string | undefined,
  hasPartitions: (name: string) => boolean,
): readonly AllowedWarning[] {
  if (model.config.partition === undefined) return []
  const survey = surveyOf(relational, { text, spans: symbolSpans(model.sql.parts, values) })
  const findings = lintModel(relational, survey, ({ start }) => {
    const name = start === undefined ? undefined : relationAt(start)
    return name !== undefined && name !== model.name && hasPartitions(name) ? name : undefined
  })
  return [...new Set(findings.map(({ kind }) => kind))].sort()
}

/** Where the symbols stand in the text that the parts make with these values. */
function symbolSpans(parts: readonly Part[], values: Readonly<Record<string, string>>): readonly Span[] {
  const spans: Span[] = []
  let at = 0
  for (const part of parts) {
    const text = 'symbol' in part ? values[part.symbol]! : part.text
    if ('symbol' in part) {
      spans.push({
        kind: 'value',
        start: at,
        end: at + text.length,
        file: '',
        offset: 0,
        endOffset: 0,
        symbol: part.symbol,
        calls: [],
      })
    }
    at += text.length
  }
  return spans
}
