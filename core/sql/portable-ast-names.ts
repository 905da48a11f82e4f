import type { PortableToken } from './portable-ast-tokens.ts'

/** A name as written: parts without quotes, where they begin and where the name ends. A star is a part of a column's name. */
export interface PortableName {
  readonly parts: readonly string[]
  readonly quoted: readonly boolean[]
  readonly starts: readonly number[]
  readonly start: number
  readonly end: number
}

interface NameParts {
  readonly parts: string[]
  readonly quoted: boolean[]
  readonly starts: number[]
}

/** The dotted name at token `at`, and the index of the token after it. With `paths`, as in BigQuery, one quoted name may spell several
 * parts and a project's name may hold dashes. */
export function dottedPortableName(
  text: string,
  tokens: readonly PortableToken[],
  at: number,
  isRelation: boolean,
  paths: boolean,
): { readonly name: PortableName; readonly next: number } {
  const name: NameParts = { parts: [], quoted: [], starts: [] }
  let last = addPart(text, tokens, at, name, isRelation && paths, paths)
  for (;;) {
    const dot = tokens[last + 1]
    const part = tokens[last + 2]
    if (dot?.kind !== 'symbol' || !part) break
    if (dot.value === '..' && isRelation && isName(part)) {
      name.parts.push('')
      name.quoted.push(false)
      name.starts.push(dot.start + 1)
    } else if (dot.value !== '.') break
    if (isName(part)) last = addPart(text, tokens, last + 2, name, false, paths)
    else if (part.value === '*' && !isRelation) {
      last += 2
      name.parts.push('*')
      name.quoted.push(false)
      name.starts.push(part.start)
      break
    } else break
  }
  return { name: { ...name, start: name.starts[0]!, end: tokens[last]!.end }, next: last + 1 }
}

/** Adds the part at token `at` and returns the index of its last token. */
function addPart(
  text: string,
  tokens: readonly PortableToken[],
  at: number,
  name: NameParts,
  dashes: boolean,
  paths: boolean,
): number {
  const token = tokens[at]!
  if (token.kind === 'quoted') {
    const spelled = paths ? token.value.split('.') : [token.value]
    let start = token.start
    for (const part of spelled) {
      name.parts.push(part)
      name.quoted.push(true)
      name.starts.push(start)
      start += part.length + (start === token.start ? 2 : 1)
    }
    return at
  }
  let last = at
  while (dashes && isDashed(tokens, last)) last += 2
  name.parts.push(text.slice(token.start, tokens[last]!.end))
  name.quoted.push(false)
  name.starts.push(token.start)
  return last
}

function isDashed(tokens: readonly PortableToken[], at: number): boolean {
  const dash = tokens[at + 1]
  const next = tokens[at + 2]
  if (dash?.value !== '-' || !next || (next.kind !== 'word' && next.kind !== 'number')) return false
  return dash.start === tokens[at]!.end && next.start === dash.end
}

function isName(token: PortableToken): boolean {
  return token.kind === 'word' || token.kind === 'quoted'
}
