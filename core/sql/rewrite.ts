import type { Dialect } from '../adapter.ts'
import type { ParsedQuery, QualifiedColumn, TableReference } from './parser.ts'
import { isToken, nextToken, type Token, tokenize } from './tokens.ts'

/** What stands in the database for a reference. */
export interface Physical {
  /** Put in the name's place: a quoted name, qualified so that no CTE can capture it, or a call of a table function. */
  readonly sql: string
  /** The relation's last name, unquoted; undefined for anything but a plain relation, which always needs an alias. */
  readonly name?: string
  /** Its logical name, with which every stretch that names it is marked. */
  readonly relation?: string
}

/** A stretch of the text as it was written, and what stands there now. */
export interface ReferenceEdit {
  readonly start: number
  readonly end: number
  readonly text: string
  /** What stands there now names this relation and nothing else. */
  readonly relation?: string
}

export interface Rewritten {
  readonly text: string
  /** What was replaced, in order. */
  readonly edits: readonly ReferenceEdit[]
  /** The offset in the text as it was written of an offset in the new one; all of a replacement lies where the replaced name began. */
  map(offset: number): number
}

/** Replaces the span of every reference that `resolve` knows and changes nothing else. Where the physical relation has another last name, or is a
 * call, a reference without alias gets its own last name as one. Columns that name their relation in full follow it: with its physical
 * name, which no relation nearer by can capture, or with the alias. */
export function rewriteReferences(
  text: string,
  query: Pick<ParsedQuery, 'tables' | 'qualifiedColumns'>,
  resolve: (reference: TableReference) => Physical | undefined,
  dialect: Pick<Dialect, 'fold' | 'quote'>,
): Rewritten {
  const columns = columnsByReference(query, dialect)
  const edits: Edit[] = []
  let tokens: readonly Token[] | undefined
  for (const reference of query.tables) {
    const physical = resolve(reference)
    if (!physical || isUnchanged(text, reference, physical)) continue
    const { start, end } = reference
    const alias = aliasFor(reference, physical, dialect)
    const named = { with: physical.sql, ...markOf(physical) }
    if (alias === undefined) edits.push({ start, end, ...named })
    // Both stand where the name began.
    else edits.push({ start, end: start, ...named }, { start, end, with: ` as ${alias}` })
    for (const column of columns.get(start) ?? []) {
      const span = { start: column.start, end: endOfRelation(text, column) }
      edits.push({ ...span, ...(alias === undefined ? named : { with: alias }) })
    }
    if (alias !== undefined) {
      tokens ??= hasTableWord(text) ? tokenize(text) : []
      const edit = bareTableEdit(text, tokens, reference)
      if (edit) edits.push(edit)
    }
  }
  return apply(text, edits)
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly with: string
  readonly relation?: string
}

function markOf({ relation }: { readonly relation?: string }): { readonly relation?: string } {
  return relation === undefined ? {} : { relation }
}

/** What needs no mark and is written as it should be. */
function isUnchanged(text: string, reference: TableReference, physical: Physical): boolean {
  if (physical.name === undefined || physical.relation !== undefined) return false
  return text.slice(reference.start, reference.end) === physical.sql
}

function columnsByReference(
  query: Pick<ParsedQuery, 'tables' | 'qualifiedColumns'>,
  dialect: Pick<Dialect, 'fold'>,
): ReadonlyMap<number, readonly QualifiedColumn[]> {
  const byReference = new Map<number, QualifiedColumn[]>()
  const key = (parts: readonly string[]) => parts.map((part) => dialect.fold(part, false)).join('\0')
  for (const column of query.qualifiedColumns) {
    const references =
      column.reference !== undefined
        ? [column.reference]
        : query.tables
            .filter((table) => table.alias === undefined && key(table.parts) === key(column.parts))
            .map((table) => table.start)
    for (const start of references.slice(0, 1)) {
      byReference.set(start, [...(byReference.get(start) ?? []), column])
    }
  }
  return byReference
}

/** The alias to add, quoted, or undefined if there is one already or none is needed. */
function aliasFor(
  reference: TableReference,
  physical: Physical,
  dialect: Pick<Dialect, 'fold' | 'quote'>,
): string | undefined {
  if (reference.alias !== undefined) return undefined
  const last = reference.parts.length - 1
  const written = reference.parts[last]!
  const isQuoted = reference.quoted[last] === true
  if (physical.name !== undefined && dialect.fold(physical.name, true) === dialect.fold(written, isQuoted)) {
    return undefined
  }
  // Nobody can refer to an ambiguous last name alone, and some engines refuse one alias twice.
  if (reference.ambiguous) return dialect.quote(reference.parts.join('.'))
  return dialect.quote(asFolded(written, isQuoted, dialect))
}

/** The name as the engine would store it, in the case in which it was written where the engine ignores case. */
function asFolded(name: string, isQuoted: boolean, dialect: Pick<Dialect, 'fold'>): string {
  const folded = dialect.fold(name, isQuoted)
  return dialect.fold(name, true) === folded ? name : folded
}

/** Where the relation's last name ends, within a column that names it in full. */
function endOfRelation(text: string, column: QualifiedColumn): number {
  const lastName = nextToken(text, column.end)
  if (!lastName) throw new Error(`no name stands at offset ${column.end}`)
  return lastName.end
}

function hasTableWord(text: string): boolean {
  return /\b(table|describe|desc|summarize|show)\b/i.test(text)
}

/** `TABLE name` and `DESCRIBE name` take nothing but a name: spelled as a query they take an alias or a call, too. */
function bareTableEdit(text: string, tokens: readonly Token[], reference: TableReference): Edit | undefined {
  const before = tokens[tokens.findIndex((token) => token.start === reference.start) - 1]
  if (before?.kind !== 'word') return undefined
  if (isToken(text, before, 'table')) return { start: before.start, end: before.end, with: 'select * from' }
  const lists = ['describe', 'desc', 'summarize', 'show'].some((word) => isToken(text, before, word))
  return lists ? { start: before.end, end: before.end, with: ' select * from' } : undefined
}

/** A stretch of the new text: unchanged text is mapped character by character, a replacement to one offset. */
interface Stretch {
  readonly start: number
  readonly original: number
  readonly isReplaced: boolean
}

function apply(text: string, unordered: readonly Edit[]): Rewritten {
  const edits = [...unordered].sort((a, b) => a.start - b.start || a.end - b.end)
  const stretches: Stretch[] = []
  const applied: ReferenceEdit[] = []
  let result = ''
  let from = 0
  const keep = (to: number) => {
    stretches.push({ start: result.length, original: from, isReplaced: false })
    result += text.slice(from, to)
  }
  for (const [index, edit] of edits.entries()) {
    const next = edits[index + 1]
    keep(edit.start)
    stretches.push({ start: result.length, original: edit.start, isReplaced: true })
    const replacement = padded(
      result.at(-1),
      edit.with,
      next?.start === edit.end ? next.with[0] : text[edit.end],
    )
    applied.push({ start: edit.start, end: edit.end, text: replacement, ...markOf(edit) })
    result += replacement
    from = edit.end
  }
  keep(text.length)
  return { text: result, edits: applied, map: (offset) => originalOffset(stretches, offset) }
}

/** Keeps what was two tokens apart when a replacement begins or ends with another kind of character than the name did. */
function padded(before: string | undefined, replacement: string, after: string | undefined): string {
  if (replacement === '') return sticks(before, after) ? ' ' : ''
  const front = sticks(before, replacement[0]) ? ' ' : ''
  const back = sticks(replacement.at(-1), after) ? ' ' : ''
  return `${front}${replacement}${back}`
}

function sticks(left: string | undefined, right: string | undefined): boolean {
  if (left === undefined || right === undefined) return false
  if (left === '"' && right === '"') return true
  return isWordPart(left) && isWordPart(right)
}

function isWordPart(character: string): boolean {
  return /[\w$]/.test(character) || character > '\x7f'
}

function originalOffset(stretches: readonly Stretch[], offset: number): number {
  let low = 0
  let high = stretches.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (stretches[middle]!.start <= offset) low = middle
    else high = middle - 1
  }
  const stretch = stretches[low]!
  return stretch.isReplaced ? stretch.original : stretch.original + offset - stretch.start
}
