import type { Diagnostic, Place } from '../../core/diagnostics/diagnostic.ts'
import type { Colors } from '../terminal/terminal.ts'
import { commandText } from '../text/command.ts'

/** A diagnostic as people read it: what, where, the line itself, how to mend it, what to type. */
export function diagnosticLines(diagnostic: Diagnostic, style: Colors): readonly string[] {
  const colour = diagnostic.severity === 'error' ? style.red : style.yellow
  const [first = '', ...rest] = diagnostic.message.split('\n')
  const lines = [
    `${style.bold(colour(`${diagnostic.severity}[${diagnostic.code}]`))} ${style.bold(first)}`,
    ...rest.map((line) => `  ${line}`),
  ]
  const subject = [diagnostic.model, diagnostic.partition].filter(Boolean).join(' ')
  if (subject) lines.push(`${style.dim('   in')} ${subject}`)
  if (diagnostic.place) {
    lines.push(`${style.dim('  -->')} ${placeText(diagnostic.place)}`)
    if (diagnostic.frame !== undefined) lines.push(...frameLines(diagnostic.frame, style, colour))
  }
  for (const call of diagnostic.via ?? []) lines.push(`${style.dim('  via')} ${placeText(call)}`)
  if (diagnostic.hint) lines.push(...labelled(style.cyan(' hint'), diagnostic.hint))
  if (diagnostic.next) lines.push(`${style.green(' next')} ${style.bold(commandText(diagnostic.next))}`)
  return lines
}

export function placeText(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`
}

function labelled(label: string, text: string): readonly string[] {
  return text.split('\n').map((line, at) => `${at === 0 ? label : '     '} ${line}`)
}

/** A frame of `frameOf`, its gutter dimmed and its carets coloured; a bare source line is indented. */
function frameLines(frame: string, style: Colors, colour: (text: string) => string): readonly string[] {
  return frame.split('\n').map((line) => {
    const [, gutter, source] = /^( *\d* \|)(.*)$/.exec(line) ?? []
    if (gutter === undefined || source === undefined) return `    ${line}`
    return style.dim(gutter) + (/^\s*\^+$/.test(source) ? colour(source) : source)
  })
}
