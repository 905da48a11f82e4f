import type { SqlDoc } from '../../core/docs/api.ts'
import type { Mark } from './pieces.ts'

export interface PartitionSql {
  readonly text: string
  /** Where literals of the partition stand. */
  readonly marks: readonly Mark[]
}

/** The SQL of a model or check for one of its partitions; without a key, where there are none. Undefined: it is not known. */
export function sqlOf(doc: SqlDoc, key: string | undefined): PartitionSql | undefined {
  const partition = key === undefined ? undefined : doc.partitions.find((each) => each.key === key)
  if (key !== undefined && partition === undefined) return undefined
  if (partition?.text !== undefined) return { text: partition.text, marks: [] }
  if (doc.compiled.length === 0) return undefined
  const marks: Mark[] = []
  let text = ''
  for (const part of doc.compiled) {
    if (typeof part === 'string') {
      text += part
      continue
    }
    const value = partition?.values?.[part] ?? `{{${doc.symbols[part] ?? '?'}}}`
    if (value !== '') marks.push({ start: text.length, end: text.length + value.length, kind: 'value' })
    text += value
  }
  return { text, marks }
}
