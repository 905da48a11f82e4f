import type { Dialect } from '../adapter.ts'
import { type CompiledProject, hasRows } from '../compile/compiled.ts'
import { dottedName, tokenize } from '../sql/tokens.ts'

/** Finds relations in texts that hold physical names and say nothing else of them: the conditions of checks. */
export class PhysicalNames {
  private readonly byText = new Map<string, string>()
  /** Reader functions of sources that are files. */
  private readonly readers: (readonly [string, string])[] = []

  constructor({ nodes }: CompiledProject, dialect: Dialect) {
    for (const node of nodes.values()) {
      if (!hasRows(node)) continue
      const text = node.kind === 'source' ? node.sql : dialect.relation(node.relation)
      if (node.kind === 'source' && text.includes('(')) this.readers.push([text, node.name])
      else this.byText.set(text, node.name)
    }
  }

  /** The text with other names for its relations, and which ones those are. */
  replaced(
    text: string,
    textOf: (relation: string) => string | undefined,
  ): { readonly text: string; readonly relations: readonly string[] } {
    const relations = new Set<string>()
    let result = ''
    let copied = 0
    for (const { kind, start } of tokenize(text)) {
      if (start < copied || (kind !== 'word' && kind !== 'quoted')) continue
      const found = this.at(text, start)
      const other = found === undefined ? undefined : textOf(found.relation)
      if (found === undefined || other === undefined) continue
      relations.add(found.relation)
      result += text.slice(copied, start) + other
      copied = found.end
    }
    return { text: result + text.slice(copied), relations: [...relations] }
  }

  private at(text: string, start: number): { readonly relation: string; readonly end: number } | undefined {
    for (const [reader, relation] of this.readers)
      if (text.startsWith(reader, start)) return { relation, end: start + reader.length }
    const name = dottedName(text, start)
    const relation = name === undefined ? undefined : this.byText.get(text.slice(start, name.end))
    return relation === undefined ? undefined : { relation, end: name!.end }
  }
}
