import type { Check } from '../checks/check.ts'
import { namedColumns } from '../checks/named-columns.ts'
import type { CompiledNode } from '../compile/compiled.ts'
import type { ColumnDoc, ColumnSteps } from './api.ts'
import { parseMarkdown } from './parse-markdown.ts'

type WithColumns = Exclude<CompiledNode, { kind: 'check' | 'exposure' }>
type Fold = (name: string, isQuoted: boolean) => string
interface FoundColumn {
  readonly name: string
  readonly type?: string | undefined
}
/** As the engine binds them, or as far as the text tells them; undefined: nobody knows. */
type Found = readonly FoundColumn[] | undefined

export interface ColumnsRequest {
  readonly node: WithColumns
  readonly found: Found
  readonly fold: Fold
  readonly steps: (column: string) => Pick<ColumnSteps, 'sources' | 'readers'>
}

/** A relation's columns: those that it has, with what is said of them, then those that are only spoken of. */
export function columnsOf({ node, found, fold, steps }: ColumnsRequest): readonly ColumnDoc[] {
  const all = withDeclared(node, found, fold)
  const named = new NamedColumns(all, fold)
  const described = new Map(node.columns.map((column) => [named.of(column.name), column] as const))
  const contract = node.kind === 'model' ? (node.config.contract?.columns ?? []) : []
  const promised = new Map(contract.map((column) => [named.of(column.name), column] as const))
  const partition = named.of(partitionColumnOf(node))
  const keys = new Set((node.kind === 'model' ? node.config.uniqueKey : []).map((name) => named.of(name)))
  const checks = checksByColumn(node.checks, named)
  const demanded = demandedColumns(node.checks, named)
  return all.map(({ name, type: bound }): ColumnDoc => {
    const own = described.get(name)
    const promise = promised.get(name)
    const type = bound ?? own?.type
    const isNeverNull = own?.nullable === false || promise?.nullable === false || demanded.has(name)
    const { sources, readers } = steps(name)
    return {
      name,
      ...(type === undefined ? {} : { type }),
      ...(own?.description === undefined ? {} : { description: parseMarkdown(own.description) }),
      ...(promise === undefined
        ? {}
        : {
            contract: {
              ...(promise.type === undefined ? {} : { type: promise.type }),
              nullable: promise.nullable,
            },
          }),
      ...(isNeverNull ? { nullable: false } : own?.nullable === true ? { nullable: true } : {}),
      roles: [
        ...(keys.has(name) ? (['key'] as const) : []),
        ...(partition === name ? (['partition'] as const) : []),
      ],
      checks: [...(checks.get(name) ?? [])],
      sources,
      readers,
    }
  })
}

/** The names of a relation's columns: those that it has, then those that are only spoken of. */
export function coveredColumns(
  node: WithColumns,
  found: Found,
  fold: Fold,
): readonly { readonly name: string; readonly isDescribed: boolean }[] {
  const all = withDeclared(node, found, fold)
  const named = new NamedColumns(all, fold)
  const described = new Set(
    node.columns.flatMap(({ name, description }) => (description === undefined ? [] : [named.of(name)])),
  )
  return all.map(({ name }) => ({ name, isDescribed: described.has(name) }))
}

function withDeclared(node: WithColumns, found: Found, fold: Fold): readonly FoundColumn[] {
  if (found === undefined) return node.columns.map(({ name }) => ({ name }))
  const named = new NamedColumns(found, fold)
  const others = node.columns.filter(({ name }) => named.of(name) === undefined)
  return others.length === 0 ? found : [...found, ...others.map(({ name }) => ({ name }))]
}

/** Finds the column that a configured name means: as it is written, else as the engine takes a name without quotes. */
class NamedColumns {
  readonly #fold: Fold
  readonly #names = new Map<string, string>()

  constructor(columns: readonly FoundColumn[], fold: Fold) {
    this.#fold = fold
    for (const { name } of columns) this.#names.set(fold(name, true), name)
  }

  of(name: string | undefined): string | undefined {
    return name === undefined ? undefined : (this.quoted(name) ?? this.bare(name))
  }

  quoted(name: string): string | undefined {
    return this.#names.get(this.#fold(name, true))
  }

  bare(name: string): string | undefined {
    return this.#names.get(this.#fold(name, false))
  }
}

function partitionColumnOf(node: WithColumns): string | undefined {
  if (node.kind === 'model') return node.config.partition?.column.name
  return node.kind === 'source' ? node.partition?.column.name : undefined
}

/** Columns of which a check lets no row with NULL pass, whatever else it is about. */
function demandedColumns(checks: readonly Check[], named: NamedColumns): ReadonlySet<string | undefined> {
  return new Set(
    checks.flatMap((check) => {
      const isWhole = check.where === undefined && check.warnIf === undefined && check.errorIf === undefined
      if (check.kind !== 'not_null' || check.severity !== 'error' || !isWhole) return []
      return check.columns.map((name) => named.of(name))
    }),
  )
}

/** Names of the checks that look at each column: those that name it, and those in whose conditions it stands as a word. */
function checksByColumn(
  checks: readonly Check[],
  named: NamedColumns,
): ReadonlyMap<string | undefined, ReadonlySet<string>> {
  const found = new Map<string | undefined, Set<string>>()
  for (const check of checks) {
    const { columns, conditions, expressions, aggregates } = namedColumns(check)
    const seen = [
      ...columns.map((name) => named.of(name)),
      ...[...conditions, ...expressions, ...aggregates].flatMap((sql) => columnsIn(sql, named)),
    ]
    for (const column of seen) {
      const known = found.get(column)
      if (known === undefined) found.set(column, new Set([check.name]))
      else known.add(check.name)
    }
  }
  return found
}

/** Columns that stand in SQL as words or quoted names; texts and comments are left out. */
function columnsIn(sql: string, named: NamedColumns): readonly string[] {
  const tokens = /'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\/|"((?:[^"]|"")*)"|([\p{L}_][\p{L}\p{N}_$]*)/gu
  return [...sql.matchAll(tokens)].flatMap(([, quoted, word]) => {
    const column =
      quoted === undefined ? word && named.bare(word) : named.quoted(quoted.replaceAll('""', '"'))
    return column ? [column] : []
  })
}
