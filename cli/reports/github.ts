import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'
import { commandText } from '../text/command.ts'
import type { Report } from './report.ts'

/** Annotations that GitHub shows of one step and kind; what is beyond is only in the log. */
const SHOWN = 10

/**
 * Workflow commands of GitHub Actions, one line each: what is wrong at its line of the pull request.
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 * @param pathOf a file as it is named from the repository's root
 */
export function githubReport(
  { command, summary, diagnostics, outcome }: Report,
  pathOf: (file: string) => string,
): string {
  const sorted = [
    ...diagnostics.filter(({ severity }) => severity === 'error'),
    ...diagnostics.filter(({ severity }) => severity === 'warning'),
  ]
  const lines = sorted.map((each) => annotation(each, pathOf))
  const hidden = (['error', 'warning'] as const)
    .map((kind) => sorted.filter(({ severity }) => severity === kind).length - SHOWN)
    .reduce((sum, beyond) => sum + Math.max(beyond, 0), 0)
  const rest = hidden === 0 ? '' : ` ${hidden} more are in the log of this step.`
  const kind = outcome === 'failed' ? 'error' : 'notice'
  if (kind === 'notice' || hidden > 0 || sorted.every(({ severity }) => severity === 'warning'))
    lines.push(`::${kind} title=${property(`sluice ${command}`)}::${data(`${summary}${rest}`)}`)
  return lines.map((line) => `${line}\n`).join('')
}

function annotation(each: Diagnostic, pathOf: (file: string) => string): string {
  const { place } = each
  const places =
    place === undefined
      ? {}
      : {
          file: pathOf(place.file),
          line: place.line,
          ...(place.endLine === undefined ? {} : { endLine: place.endLine }),
          // GitHub refuses columns of a range over several lines.
          ...(place.endLine === undefined || place.endLine === place.line ? { col: place.column } : {}),
          ...(place.endLine === place.line && place.endColumn !== undefined
            ? { endColumn: place.endColumn }
            : {}),
        }
  const subject = [each.model, each.partition].filter(Boolean).join(' ')
  const properties = { ...places, title: `${each.code}${subject === '' ? '' : ` ${subject}`}` }
  const written = Object.entries(properties).map(([key, value]) => `${key}=${property(String(value))}`)
  return `::${each.severity} ${written.join(',')}::${data(sentences(each, pathOf).join('\n'))}`
}

function sentences(
  { message, hint, next, via }: Diagnostic,
  pathOf: (file: string) => string,
): readonly string[] {
  return [
    message,
    ...(via ?? []).map((call) => `called from ${pathOf(call.file)}:${call.line}:${call.column}`),
    ...(hint === undefined ? [] : [hint]),
    ...(next === undefined ? [] : [`Next: ${commandText(next)}`]),
  ]
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
