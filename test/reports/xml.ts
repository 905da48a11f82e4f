export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  /** Text directly below it. */
  text: string
}

/** All elements of an XML document without comments, namespaces or a document type, in the order in which they begin. Throws if it is not well-formed. */
export function elementsOf(xml: string): readonly Element[] {
  const found: Element[] = []
  const open: Element[] = []
  const body = xml.replace(/^<\?xml [^?]*\?>\s*/, '')
  const token = /<\/([a-z-]+)>|<([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<]+)/gy
  while (token.lastIndex < body.length) {
    const at = token.lastIndex
    const match = token.exec(body)
    if (match === null) throw new Error(`not well-formed at ${at}: ${body.slice(at, at + 60)}`)
    const [, closed, name, attributes = '', empty, text] = match
    if (closed !== undefined) {
      if (open.pop()?.name !== closed) throw new Error(`</${closed}> closes nothing`)
    } else if (name !== undefined) {
      const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)]
      const element = {
        name,
        attributes: Object.fromEntries(pairs.map(([, key, value]) => [key!, decoded(value!)])),
        text: '',
      }
      found.push(element)
      if (empty === '') open.push(element)
    } else if (open.length > 0) open.at(-1)!.text += decoded(text!)
    else if (text!.trim() !== '') throw new Error(`text outside of the document: ${text}`)
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)!.name}> is not closed`)
  return found
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#9': '\t',
  '#10': '\n',
  '#13': '\r',
}

function decoded(text: string): string {
  const forbidden = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.exec(text)
  if (forbidden !== null) throw new Error(`a character that XML cannot say: ${JSON.stringify(forbidden[0])}`)
  return text.replace(/&([^;]*);?/g, (written, name: string) => {
    const value = written.endsWith(';') ? entities[name] : undefined
    if (value === undefined) throw new Error(`no such entity: ${written}`)
    return value
  })
}
