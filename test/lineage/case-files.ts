import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { InputColumn } from '../../core/lineage/query.ts'

/** A relation of a case; without columns if nobody knows them. */
export interface CaseRelation {
  /** `t`, `s.t`. */
  readonly name: string
  readonly columns?: readonly InputColumn[]
}

/** What a line says: sources as `t.a copied`, sorted. */
export interface Expected {
  readonly sources: readonly string[]
  readonly isUnresolved: boolean
}

export interface LineageCase {
  readonly file: string
  readonly name: string
  readonly relations: readonly CaseRelation[]
  readonly sql: string
  readonly columns: readonly (Expected & { readonly column: string })[]
  readonly rows: Expected
  /** Not even the columns are known. */
  readonly isOpen: boolean
  /** Why the engine is not asked about it. */
  readonly skip?: string
}

const folder = join(import.meta.dirname, 'cases')

/** The cases that a dialect is judged on. See cases/README.md. */
export function casesOf(dialect: 'duckdb' | 'postgres'): readonly LineageCase[] {
  return ['common', dialect].flatMap((part) =>
    readdirSync(join(folder, part))
      .filter((file) => file.endsWith('.sql'))
      .sort()
      .flatMap((file) => readCases(`${part}/${file}`, readFileSync(join(folder, part, file), 'utf8'))),
  )
}

function readCases(file: string, text: string): readonly LineageCase[] {
  const [head, ...cases] = text.split(/^-- name: /m)
  const common = /^-- relations: (.*)$/m.exec(head!)?.[1] ?? ''
  return cases.map((each) => readCase(file, common, each))
}

function readCase(file: string, common: string, text: string): LineageCase {
  const [name, ...lines] = text.trimEnd().split('\n')
  const own = lines[0]?.startsWith('-- relations: ')
    ? lines.shift()!.slice('-- relations: '.length)
    : undefined
  const relations = split(own ?? common).map(readRelation)
  const sql: string[] = []
  const columns: (Expected & { readonly column: string })[] = []
  let rows: Expected = { sources: [], isUnresolved: false }
  let isOpen = false
  let skip: string | undefined
  for (const line of lines) {
    const truth = /^-- (.+?):(?: (.*))?$/.exec(line)
    if (truth === null) {
      sql.push(line)
      continue
    }
    const [, what, said = ''] = truth
    if (what === 'skip') skip = said
    else if (what === '*') isOpen = true
    else if (what === 'rows') rows = readExpected(said, relations)
    else columns.push({ column: what!, ...readExpected(said, relations) })
  }
  return {
    file,
    name: name!,
    relations,
    sql: sql.join('\n').trim(),
    columns,
    rows,
    isOpen,
    ...(skip === undefined ? {} : { skip }),
  }
}

function readExpected(text: string, relations: readonly CaseRelation[]): Expected {
  const parts = split(text)
  const sources = parts.filter((part) => part !== 'unresolved').map((part) => readSource(part, relations))
  return { sources: sources.sort(), isUnresolved: parts.includes('unresolved') }
}

/** `t.a copied`, or `a copied` where only one relation has such a column. */
function readSource(text: string, relations: readonly CaseRelation[]): string {
  const [, path, role] = /^(.+) (\w+)$/.exec(text)!
  const known = relations.find((each) => path!.startsWith(`${each.name}.`))
  const column = (known === undefined ? path! : path!.slice(known.name.length + 1)).replaceAll('"', '')
  const relation =
    known ?? relations.find((each) => each.columns?.some((one) => one.name === column) === true)
  if (relation === undefined) throw new Error(`no relation of the case has ${text}`)
  if (relation.columns !== undefined && !relation.columns.some((each) => each.name === column))
    throw new Error(`${relation.name} has no column ${column}`)
  return `${relation.name}.${column} ${role}`
}

/** `t(a int, b text)`, `x?` */
function readRelation(text: string): CaseRelation {
  if (text.endsWith('?')) return { name: text.slice(0, -1) }
  const open = text.indexOf('(')
  const columns = split(text.slice(open + 1, -1)).map((each): InputColumn => {
    const [, name, type] = /^("[^"]+"|\S+) (.+)$/.exec(each)!
    return { name: name!.replaceAll('"', ''), type: type! }
  })
  return { name: text.slice(0, open).replaceAll('"', ''), columns }
}

/** At commas outside of parentheses. */
function split(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let part = ''
  for (const each of text) {
    if (each === '(') depth += 1
    if (each === ')') depth -= 1
    if (each === ',' && depth === 0) {
      parts.push(part)
      part = ''
    } else part += each
  }
  return [...parts, part].map((each) => each.trim()).filter((each) => each !== '')
}
