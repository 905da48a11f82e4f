import type { Column } from '../adapter.ts'
import type { CompiledSource } from '../compile/compiled.ts'
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'
import type { BoundRelation } from './bound.ts'

/** A declared type as the engine spells it; undefined if the engine could not be asked, or what it says of the type. */
export type TypeOf = (written: string) => Canonical
export type Canonical =
  | { readonly kind: 'known'; readonly type: string }
  | { readonly kind: 'refused'; readonly message: string; readonly hint?: string }
  | { readonly kind: 'unknown' }

export interface SourceColumns {
  readonly relation: BoundRelation
  readonly key?: readonly string[]
  readonly problems: readonly Diagnostic[]
}

/** Types that must be known to the engine before `columnsOfSource` can be asked. */
export function writtenTypes(source: CompiledSource): readonly string[] {
  const declared = source.columns.flatMap(({ type }) => (type === undefined ? [] : [type]))
  return [...declared, ...(source.captured?.columns.map(({ type }) => type) ?? [])]
}

/**
 * The columns of a source: those that were captured, in their order, with what YAML declares laid over them. Without a capture, declared columns count if
 * each has a type: then they are all there are.
 */
export function columnsOfSource(
  source: CompiledSource,
  typeOf: TypeOf,
  fold: (name: string) => string,
): SourceColumns {
  const problems: Diagnostic[] = []
  const about = { model: source.name, place: source.place }
  const captured = source.captured?.columns
  const untyped = source.columns.filter(({ type }) => type === undefined)
  if (captured === undefined && (source.columns.length === 0 || untyped.length > 0)) {
    const what =
      source.columns.length === 0
        ? 'its columns are neither declared nor captured'
        : `${untyped.map(({ name }) => `\`${name}\``).join(', ')} ${untyped.length === 1 ? 'has' : 'have'} no declared type, and its columns are not captured`
    return {
      relation: { kind: 'unknown', reason: `${source.name}: ${what}` },
      problems: [
        diagnostic('SL370', {
          ...about,
          message: `the columns of ${source.name} are not known: ${what}`,
          hint: 'Capture them once from the database and commit the file, or declare all of them with their types.',
          next: `sluice sources pull --select ${source.name}`,
        }),
      ],
    }
  }
  const columns: Column[] = []
  let isKnown = true
  const add = (name: string, written: string) => {
    const found = typeOf(written)
    if (found.kind === 'known') columns.push({ name, type: found.type })
    else isKnown = false
    if (found.kind === 'refused') {
      problems.push(
        diagnostic('SL372', {
          ...about,
          message: `the type \`${written}\` of ${source.name}.${name} is not known: ${found.message}`,
          ...(found.hint === undefined ? {} : { hint: found.hint }),
        }),
      )
    }
  }
  const declared = new Map(source.columns.map((column) => [fold(column.name), column]))
  for (const { name, type } of captured ?? []) {
    const own = declared.get(fold(name))
    declared.delete(fold(name))
    add(name, own?.type ?? type)
    if (own?.type === undefined) continue
    const [said, seen] = [typeOf(own.type), typeOf(type)]
    if (said.kind === 'known' && seen.kind === 'known' && said.type !== seen.type)
      problems.push(differs(source, `\`${name}\` is declared ${said.type} and was captured as ${seen.type}`))
  }
  for (const { name, type } of declared.values()) {
    if (captured !== undefined)
      problems.push(
        differs(source, `\`${name}\` is declared and was not there when the columns were captured`),
      )
    if (type !== undefined) add(name, type)
  }
  const key = captured?.filter(({ isKey }) => isKey).map(({ name }) => name) ?? []
  const relation: BoundRelation = isKnown
    ? { kind: 'bound', columns }
    : { kind: 'unknown', reason: `${source.name}: the type of a column is not known` }
  return { relation, problems, ...(key.length === 0 ? {} : { key }) }
}

function differs(source: CompiledSource, what: string): Diagnostic {
  return diagnostic('SL371', {
    severity: 'warning',
    message: `${source.name}: ${what}`,
    model: source.name,
    place: source.place,
    hint: `What is declared counts. Correct it, or capture the columns again${source.captured === undefined ? '' : ` (${source.captured.place.file}, line ${source.captured.place.line})`}.`,
    next: `sluice sources pull --select ${source.name}`,
  })
}
