import type { Adapter, Column, Session } from '../adapter.ts'
import type { CheckOutcome } from '../checks/check.ts'
import type { CompiledSource } from '../compile/compiled.ts'
import type { ChangeSeverity, SchemaChange } from '../config/project.ts'

/** A column of a source that is not as it was declared or captured. */
export interface ColumnChange {
  readonly column: string
  readonly change: keyof SchemaChange
  readonly expected?: string
  readonly found?: string
}

/** What the project says of a source's columns. */
export interface ExpectedColumns {
  /** Undefined type: only its name is known. */
  readonly columns: readonly { readonly name: string; readonly type?: string }[]
  /** There are no others. */
  readonly isComplete: boolean
}

/** The columns that were captured, with the types that are declared; without a capture those that are declared. Undefined if there are none. */
export function expectedColumns({
  columns,
  captured,
}: Pick<CompiledSource, 'columns' | 'captured'>): ExpectedColumns | undefined {
  if (captured === undefined && columns.length === 0) return undefined
  const declared = columns.map(({ name, type }) => ({ name, ...(type === undefined ? {} : { type }) }))
  if (captured === undefined)
    return { columns: declared, isComplete: columns.every(({ type }) => type !== undefined) }
  const typeOf = new Map(declared.map(({ name, type }) => [name.toLowerCase(), type]))
  const known = new Set(captured.columns.map(({ name }) => name.toLowerCase()))
  const all = captured.columns.map(({ name, type }) => ({
    name,
    type: typeOf.get(name.toLowerCase()) ?? type,
  }))
  return {
    columns: [...all, ...declared.filter(({ name }) => !known.has(name.toLowerCase()))],
    isComplete: true,
  }
}

/** What differs. `sameType` compares a type as written with one of the engine. Pure. */
export function columnChanges(
  expected: ExpectedColumns,
  found: readonly Column[],
  fold: (name: string) => string,
  sameType: (written: string, found: string) => boolean,
): readonly ColumnChange[] {
  const byName = new Map(found.map((column) => [fold(column.name), column]))
  const known = new Set(expected.columns.map(({ name }) => fold(name)))
  const changes = expected.columns.flatMap(({ name, type }): ColumnChange[] => {
    const column = byName.get(fold(name))
    const said = type === undefined ? {} : { expected: type }
    if (column === undefined) return [{ column: name, change: 'missing', ...said }]
    if (type === undefined || sameType(type, column.type)) return []
    return [{ column: name, change: 'retyped', expected: type, found: column.type }]
  })
  const added = expected.isComplete
    ? found
        .filter(({ name }) => !known.has(fold(name)))
        .map(({ name, type }): ColumnChange => ({ column: name, change: 'new', found: type }))
    : []
  return [...changes, ...added]
}

const usual: SchemaChange = { missing: 'error', retyped: 'error', new: 'warn' }

/** The columns of a source against those that were declared or captured; undefined if nothing is known, or nobody cares. */
export async function columnsOutcome(
  adapter: Adapter,
  session: Session,
  source: CompiledSource,
): Promise<CheckOutcome | undefined> {
  const severities = { ...usual, ...source.schemaChange }
  const expected = expectedColumns(source)
  if (expected === undefined || Object.values(severities).every((severity) => severity === 'ignore'))
    return undefined
  const found = await adapter.catalog.describe(session, `select * from ${source.sql}`)
  const written = expected.columns.flatMap(({ type }) => (type === undefined ? [] : [type]))
  const canonical = await canonicalTypes(adapter, session, [...new Set(written)])
  const changes = columnChanges(
    expected,
    found,
    (name) => adapter.dialect.fold(name, false),
    (type, other) => (canonical.get(type) ?? type).toLowerCase() === other.toLowerCase(),
  ).filter(({ change }) => severities[change] !== 'ignore')
  const worst = worstOf(changes.map(({ change }) => severities[change]))
  return {
    name: 'columns',
    kind: 'columns',
    severity: worst ?? worstOf(Object.values(severities)) ?? 'error',
    model: source.name,
    passed: changes.length === 0,
    failing: changes.length,
    sample: changes.slice(0, 20).map(({ column, change, expected: said, found: seen }) => ({
      column,
      change,
      expected: said ?? null,
      found: seen ?? null,
    })),
  }
}

function worstOf(severities: readonly ChangeSeverity[]): 'error' | 'warn' | undefined {
  if (severities.includes('error')) return 'error'
  return severities.includes('warn') ? 'warn' : undefined
}

/** Types as the engine spells them; one that it does not know is left out. */
async function canonicalTypes(
  adapter: Adapter,
  session: Session,
  types: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const known = new Map<string, string>()
  for (const type of types) {
    try {
      const [column] = await adapter.catalog.describe(session, `select cast(null as ${type}) as c`)
      if (column !== undefined) known.set(type, column.type)
    } catch (error) {
      if (adapter.classify(error) === 'transient') throw error
    }
  }
  return known
}
