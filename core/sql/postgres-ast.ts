import type { FunctionCall, ParsedQuery, QualifiedColumn, Refusal, TableReference } from './parser.ts'
import { outputColumns, sqlValueFunctionName } from './postgres-ast-columns.ts'
import { postgresName } from './postgres-ast-names.ts'
import {
  childOf,
  isObject,
  type Json,
  type JsonObject,
  listOf,
  locationOf,
  stringOf,
  textOf,
  unwrap,
} from './postgres-ast-node.ts'
import { isToken, nextToken, tokenize } from './tokens.ts'

/** A call as the rules see it. `name` is folded, without schema; `schema` is undefined for an unqualified name. */
export interface PostgresCall {
  readonly schema: string | undefined
  readonly name: string
  readonly kind: FunctionCall['kind']
  readonly argumentCount: number
}

/** Why a call may not stand in a model, or undefined if it may. */
export type PostgresCallRule = (call: PostgresCall) => Refusal['kind'] | undefined

export interface PostgresTree {
  readonly text: string
  readonly tree: JsonObject
  /** UTF-8 byte offset to UTF-16. */
  readonly offset: (byte: number) => number
  readonly refusalOf: PostgresCallRule
}

/** What a libpg-query parse tree says of its text, without the normalised form. Names resolve as in Postgres's
 * parse_relation.c and parse_cte.c. Throws a RangeError if the tree is too deep for the stack. */
export function readPostgresTree(input: PostgresTree): Omit<ParsedQuery, 'normalized'> {
  const walk = new PostgresWalk(input)
  const statements = listOf(input.tree, 'stmts').filter(isObject)
  const [first, second] = statements
  for (const statement of statements) walk.visit(childOf(statement, 'stmt') ?? {}, outermost)
  const query = first && unwrap(first.stmt)
  const columns = query?.type === 'SelectStmt' ? outputColumns(query.node) : []
  if (!query) walk.refuse('empty', '', 0)
  else if (query.type !== 'SelectStmt') {
    walk.refuse('not_a_query', statementWord(query.type), startOf(first, input))
  }
  const other = second && unwrap(second.stmt)
  if (other) walk.refuse('several_statements', statementWord(other.type), startOf(second, input))
  return {
    tables: walk.tables.sort(byStart),
    qualifiedColumns: walk.qualifiedColumns.sort(byStart),
    files: [],
    functions: walk.functions.sort(byStart),
    columns,
    refusals: walk.refusals.sort(byStart),
    end: first ? endOf(first, input) : 0,
  }
}

const byStart = (a: { readonly start: number }, b: { readonly start: number }): number => a.start - b.start

/** A visible CTE; the innermost comes first. */
interface CteScope {
  readonly name: string
  readonly outer: CteScope | undefined
}

/** The relations of one query that a qualified column can name: those of two parts or more, without an alias. */
interface QueryScope {
  readonly relations: (readonly string[])[]
  readonly outer: QueryScope | undefined
}

interface Scope {
  readonly ctes: CteScope | undefined
  readonly query: QueryScope | undefined
}

const outermost: Scope = { ctes: undefined, query: undefined }

/** Nodes that hold neither names nor calls; skipping them saves a third of the walk. */
const leaves = new Set(['A_Const', 'String', 'TypeName', 'typeName', 'alias', 'Integer', 'A_Star'])

class PostgresWalk {
  readonly tables: TableReference[] = []
  readonly qualifiedColumns: QualifiedColumn[] = []
  readonly functions: FunctionCall[] = []
  readonly refusals: Refusal[] = []
  readonly #text: string
  readonly #offset: (byte: number) => number
  readonly #refusalOf: PostgresCallRule

  constructor(input: PostgresTree) {
    this.#text = input.text
    this.#offset = input.offset
    this.#refusalOf = input.refusalOf
  }

  refuse(kind: Refusal['kind'], what: string, start: number): void {
    this.refusals.push({ kind, what, start })
  }

  visit(node: JsonObject, scope: Scope): void {
    for (const key in node) {
      const value = node[key]
      if (typeof value !== 'object' || value === null || leaves.has(key)) continue
      if (isList(value)) this.#visitAll(value, scope)
      else this.#enter(key, value, scope)
    }
  }

  #visitAll(values: readonly Json[], scope: Scope): void {
    for (const value of values) if (isObject(value)) this.visit(value, scope)
  }

  #enter(type: string, node: JsonObject, scope: Scope): void {
    switch (type) {
      case 'SelectStmt':
        this.#select(node, scope)
        break
      case 'InsertStmt':
      case 'UpdateStmt':
      case 'DeleteStmt':
      case 'MergeStmt':
        this.#change(node, scope)
        break
      case 'RangeVar':
        this.#relation(node, scope)
        break
      case 'RangeFunction':
        this.#rangeFunction(node, scope)
        break
      case 'RangeTableFunc':
      case 'JsonTable':
        this.#call(undefined, type === 'JsonTable' ? 'json_table' : 'xmltable', 'table', node)
        this.visit(node, scope)
        break
      case 'ColumnRef':
        this.#column(node, scope)
        break
      case 'FuncCall':
        this.#function(node, 'scalar', scope)
        break
      case 'SQLValueFunction':
        this.#call(undefined, sqlValueFunctionName(node), 'scalar', node)
        break
      default:
        this.visit(node, scope)
    }
  }

  /** FROM comes first, so that the relations it brings are known where columns are met. */
  #select(node: JsonObject, outer: Scope): void {
    const scope: Scope = {
      ctes: this.#with(node, outer),
      query: { relations: [], outer: outer.query },
    }
    this.#visitAll(listOf(node, 'fromClause'), scope)
    for (const key in node) {
      const value = node[key]
      if (typeof value !== 'object' || value === null) continue
      if (key === 'fromClause' || key === 'withClause') continue
      if (isList(value)) {
        if (key === 'lockingClause') this.#locking()
        else this.#visitAll(value, scope)
      } else if (key === 'larg' || key === 'rarg') this.#select(value, scope)
      else if (key === 'intoClause') this.#into(value)
      else this.#enter(key, value, scope)
    }
  }

  /** INSERT, UPDATE, DELETE, MERGE. Their target is always a real table, whatever CTEs are called. */
  #change(node: JsonObject, outer: Scope): void {
    const scope: Scope = {
      ctes: this.#with(node, outer),
      query: { relations: [], outer: outer.query },
    }
    const target = childOf(node, 'relation')
    if (target) this.#table(target, scope)
    for (const key in node) {
      const value = node[key]
      if (typeof value !== 'object' || value === null) continue
      if (key === 'relation' || key === 'withClause') continue
      if (isList(value)) this.#visitAll(value, scope)
      else this.#enter(key, value, scope)
    }
  }

  /** Visits the CTEs and returns the scope that the rest of the statement sees. Under RECURSIVE all of them see each other, else
   * each sees those before it, and its own name means something further out. */
  #with(node: JsonObject, outer: Scope): CteScope | undefined {
    const clause = childOf(node, 'withClause')
    if (!clause) return outer.ctes
    const ctes = listOf(clause, 'ctes')
      .map((each) => unwrap(each)?.node)
      .filter((each) => each !== undefined)
    let visible = outer.ctes
    const isRecursive = clause.recursive === true
    if (isRecursive) for (const cte of ctes) visible = { name: textOf(cte, 'ctename') ?? '', outer: visible }
    for (const cte of ctes) {
      this.#cte(cte, { ctes: visible, query: outer.query })
      if (!isRecursive) visible = { name: textOf(cte, 'ctename') ?? '', outer: visible }
    }
    return visible
  }

  #cte(cte: JsonObject, scope: Scope): void {
    const query = unwrap(cte.ctequery)
    if (query && query.type !== 'SelectStmt') {
      this.refuse('writes', statementWord(query.type), this.#offset(locationOf(cte) ?? 0))
    }
    this.visit(cte, scope)
  }

  #into(clause: JsonObject): void {
    const target = childOf(clause, 'rel')
    if (target) {
      this.refuse('select_into', textOf(target, 'relname') ?? '', this.#offset(locationOf(target) ?? 0))
    }
  }

  /** The tree has no position for a locking clause: it is found by its words. */
  #locking(): void {
    const tokens = tokenize(this.#text)
    const known = this.refusals.filter((each) => each.kind === 'locking').length
    const starts = tokens.filter(
      (token, index) =>
        isToken(this.#text, token, 'for') &&
        ['update', 'no', 'share', 'key'].some((word) => isToken(this.#text, tokens[index + 1], word)),
    )
    const token = starts[known] ?? starts.at(-1)
    const next = token && nextToken(this.#text, token.end)
    const strength = next ? this.#text.slice(next.start, next.end).toUpperCase() : ''
    this.refuse('locking', `FOR ${strength}`, token?.start ?? 0)
  }

  #relation(node: JsonObject, scope: Scope): void {
    if (node.schemaname === undefined && isCte(scope.ctes, textOf(node, 'relname'))) return
    this.#table(node, scope)
  }

  #table(node: JsonObject, scope: Scope): void {
    const meant: string[] = []
    for (const key of ['catalogname', 'schemaname', 'relname']) {
      const part = textOf(node, key)
      if (part !== undefined) meant.push(part)
    }
    const name = postgresName(this.#text, this.#offset(locationOf(node) ?? 0), meant)
    if (!name) throw new Error(`no name stands at the position of ${meant.join('.')}`)
    const aliased = childOf(node, 'alias')
    const alias = aliased && textOf(aliased, 'aliasname')
    if (alias === undefined && meant.length > 1) scope.query?.relations.push(meant)
    this.tables.push({
      parts: name.parts,
      quoted: name.quoted,
      start: name.start,
      end: name.end,
      ...(alias === undefined ? {} : { alias }),
    })
  }

  #column(node: JsonObject, scope: Scope): void {
    const fields = listOf(node, 'fields')
    if (fields.length < 3) return
    const relation = fields.slice(0, -1).map((each) => stringOf(each) ?? '')
    if (!isInScope(scope.query, relation)) return
    const name = postgresName(this.#text, this.#offset(locationOf(node) ?? 0), relation)
    if (!name) throw new Error(`no name stands at the position of ${relation.join('.')}`)
    this.qualifiedColumns.push({ parts: name.parts, start: name.start, end: name.starts.at(-1)! })
  }

  #rangeFunction(node: JsonObject, scope: Scope): void {
    for (const each of listOf(node, 'functions')) {
      const pair = unwrap(each)
      const called = pair && unwrap(listOf(pair.node, 'items')[0])
      if (called?.type === 'FuncCall') this.#function(called.node, 'table', scope)
      else if (called) this.#enter(called.type, called.node, scope)
    }
  }

  #function(node: JsonObject, kind: FunctionCall['kind'], scope: Scope): void {
    const name = listOf(node, 'funcname').map((each) => stringOf(each) ?? '')
    this.#call(name.at(-2), name.at(-1) ?? '', kind, node)
    this.visit(node, scope)
  }

  /** `pg_catalog` is left out of the name: the grammar itself puts it before `extract` and others. */
  #call(schema: string | undefined, name: string, kind: FunctionCall['kind'], node: JsonObject): void {
    const written = schema === undefined || schema === 'pg_catalog' ? name : `${schema}.${name}`
    const start = this.#offset(locationOf(node) ?? 0)
    this.functions.push({ name: written.toLowerCase(), kind, start })
    const argumentCount = listOf(node, 'args').length
    const refusal = this.#refusalOf({ schema, name, kind, argumentCount })
    if (refusal) this.refuse(refusal, written, start)
  }
}

/** `Array.isArray` that narrows a read-only list. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function isCte(ctes: CteScope | undefined, name: string | undefined): boolean {
  for (let cte = ctes; cte; cte = cte.outer) if (cte.name === name) return true
  return false
}

function isInScope(query: QueryScope | undefined, relation: readonly string[]): boolean {
  for (let each = query; each; each = each.outer) {
    for (const parts of each.relations) {
      if (parts.length === relation.length && parts.every((part, index) => part === relation[index]))
        return true
    }
  }
  return false
}

/** `InsertStmt` → `INSERT`, `CreateTableAsStmt` → `CREATE TABLE AS`. */
function statementWord(type: string): string {
  if (type === 'VariableSetStmt') return 'SET'
  if (type === 'VariableShowStmt') return 'SHOW'
  if (type === 'ViewStmt') return 'CREATE VIEW'
  return type
    .replace(/Stmt$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase()
}

/** Where the first token of a statement stands: its own location counts what follows the last semicolon. */
function startOf(statement: JsonObject, { text, offset }: PostgresTree): number {
  const location = statement.stmt_location
  const from = offset(typeof location === 'number' ? location : 0)
  return nextToken(text, from)?.start ?? from
}

/** Offset after the last token of a statement. Only a text that seems to end in a comment has to be read from its start. */
function endOf(statement: JsonObject, input: PostgresTree): number {
  const { text, offset } = input
  const location = statement.stmt_location
  const length = statement.stmt_len
  const from = typeof location === 'number' ? location : 0
  const limit = typeof length === 'number' && length > 0 ? offset(from + length) : text.length
  const trimmed = endOfText(text, limit)
  if (!mayEndInComment(text, trimmed)) return trimmed
  let end = offset(from)
  for (let token = nextToken(text, end); token && token.start < limit; token = nextToken(text, end))
    end = token.end
  return end
}

function endOfText(text: string, limit: number): number {
  let end = limit
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end--
  return end
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}

function mayEndInComment(text: string, end: number): boolean {
  if (text.endsWith('*/', end)) return true
  const line = Math.max(text.lastIndexOf('\n', end - 1), text.lastIndexOf('\r', end - 1))
  const dashes = text.lastIndexOf('--', end - 1)
  return dashes > line
}
