import type { Column } from '../adapter.ts'
import type { Check } from '../checks/check.ts'
import { namedColumns } from '../checks/named-columns.ts'
import type { CompiledNode } from '../compile/compiled.ts'
import type { ColumnConfig } from '../config/project.ts'
import type { ColumnDoc, ColumnSteps } from './api.ts'
import { parseMarkdown } from './parse-markdown.ts'

type WithColumns = Exclude<CompiledNode, { kind: 'check' | 'exposure' }>
type Fold = (name: string, isQuoted: boolean) => string
/** As the engine binds them, or as far as the text tells them; undefined: nobody knows. */
type Found = readonly (Pick<Column, 'name'> & Partial<Column>)[] | undefined

/** The names of a relation's columns: those that it has, then those that are only spoken of. */
export function coveredColumns(
  node: WithColumns,
  found: Found,
  fold: Fold,
): readonly { readonly name: string; readonly isDescribed: boolean }[] {
  const described = new Map(
    node.columns.map(({ name, description }) => [fold(name, true), description !== undefined] as const),
  )
  return withDeclared(node, found, fold).map(({ name }) => ({
    name,
    isDescribed: described.get(fold(name, true)) ?? false,
  }))
}

function withDeclared(node: WithColumns, found: Found, fold: Fold): NonNullable<Found> {
  const names = new Set((found ?? []).map(({ name }) => fold(name, true)))
  const declared = node.columns.filter(({ name }) => !names.has(fold(name, true)))
  return [...(found ?? []), ...declared.map(({ name }) => ({ name }))]
}

export interface ColumnsRequest {
  readonly node: WithColumns
  readonly found: Found
  readonly fold: Fold
  readonly steps: (column: string) => Pick<ColumnSteps, 'sources' | 'readers'>
}

/** A relation's columns: those that it has, with what is said of them, then those that are only spoken of. */
export function columnsOf({ node, found, fold, steps }: ColumnsRequest): readonly ColumnDoc[] {
  const folded = (name: string) => fold(name, true)
  const described = new Map<string, ColumnConfig>()
  for (const column of node.columns) described.set(folded(column.name), column)
  const promised = new Map(
    (node.kind === 'model' ? (node.config.contract?.columns ?? []) : []).map((each) => [
      folded(each.name),
      each,
    ]),
  )
  const partition = partitionColumnOf(node)
  const keys = new Set((node.kind === 'model' ? node.config.uniqueKey : []).map((name) => fold(name, false)))
  const checks = checksByColumn(node.checks, fold)
  return withDeclared(node, found, fold).map(({ name, type: bound }): ColumnDoc => {
    const own = described.get(folded(name))
    const contract = promised.get(folded(name))
    const loose = fold(name, false)
    const type = bound ?? own?.type
    const isNeverNull =
      own?.nullable === false || contract?.nullable === false || demandsValues(node.checks, name, fold)
    const { sources, readers } = steps(name)
    return {
      name,
      ...(type === undefined ? {} : { type }),
      ...(own?.description === undefined ? {} : { description: parseMarkdown(own.description) }),
      ...(contract === undefined
        ? {}
        : {
            contract: {
              ...(contract.type === undefined ? {} : { type: contract.type }),
              nullable: contract.nullable,
            },
          }),
      ...(isNeverNull ? { nullable: false } : own?.nullable === true ? { nullable: true } : {}),
      roles: [
        ...(keys.has(loose) ? (['key'] as const) : []),
        ...(partition !== undefined && fold(partition, false) === loose ? (['partition'] as const) : []),
      ],
      checks: checks(name),
      sources,
      readers,
    }
  })
}

function partitionColumnOf(node: WithColumns): string | undefined {
  if (node.kind === 'model') return node.config.partition?.column.name
  return node.kind === 'source' ? node.partition?.column.name : undefined
}

/** A check that no row may break, whatever else it is about. */
function demandsValues(checks: readonly Check[], column: string, fold: Fold): boolean {
  const loose = fold(column, false)
  return checks.some(
    (check) =>
      check.kind === 'not_null' &&
      check.severity === 'error' &&
      check.where === undefined &&
      check.warnIf === undefined &&
      check.errorIf === undefined &&
      check.columns.some((name) => fold(name, false) === loose),
  )
}

/** Names of the checks that look at a column: those that name it, and those in whose conditions it stands as a word. */
function checksByColumn(checks: readonly Check[], fold: Fold): (column: string) => readonly string[] {
  const byWord = new Map<string, Set<string>>()
  const note = (word: string, check: string) => {
    const known = byWord.get(word)
    if (known === undefined) byWord.set(word, new Set([check]))
    else known.add(check)
  }
  for (const check of checks) {
    const { columns, conditions, expressions, aggregates } = namedColumns(check)
    for (const column of columns) note(fold(column, false), check.name)
    for (const sql of [...conditions, ...expressions, ...aggregates])
      for (const word of wordsOf(sql)) note(fold(word, false), check.name)
  }
  return (column) => [...(byWord.get(fold(column, false)) ?? [])]
}

/** Words and quoted names of SQL; texts and comments are left out. */
function wordsOf(sql: string): readonly string[] {
  const words: string[] = []
  const tokens = /'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\/|"((?:[^"]|"")*)"|([\p{L}_][\p{L}\p{N}_$]*)/gu
  for (const [, quoted, word] of sql.matchAll(tokens)) {
    if (quoted !== undefined) words.push(quoted.replaceAll('""', '"'))
    else if (word !== undefined) words.push(word)
  }
  return words
}
