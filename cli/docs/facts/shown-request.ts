import { requestText } from '../../run-text.ts'

/** Options that may hold what is nobody's business: values of variables, and where else things are sent. */
const unsaid: ReadonlySet<string> = new Set(['vars', 'report'])

/** What was typed, as one would type it again, without the program's name. Passwords in addresses are left out. */
export function shownRequest(command: string, request: unknown): string {
  if (typeof request !== 'object' || request === null) return command
  const said = Object.entries(request)
    .filter(([name]) => !unsaid.has(name))
    .map(([name, value]): [string, unknown] => [name, withoutPasswords(value)])
  return requestText(command, Object.fromEntries(said))
}

function withoutPasswords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPasswords)
  if (typeof value !== 'string') return value
  return value
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*@/gi, '$1…@')
    .replace(/(:\/\/[^\s?#]*)[?#]\S*/g, '$1')
}
