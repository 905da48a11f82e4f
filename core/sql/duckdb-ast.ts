import { type AstNode, isNode, nodes, outputColumns } from './duckdb-ast-columns.ts'
import { NameLocator } from './duckdb-ast-names.ts'
import { byteOffsets } from './offsets.ts'
import type { FileReference, FunctionCall, QualifiedColumn, TableReference } from './parser.ts'

/** What the tree of one query says, before anything is judged. Lists are in the order of the text, each place once. */
export interface DuckdbQuery {
  readonly tables: readonly TableReference[]
  readonly qualifiedColumns: readonly QualifiedColumn[]
  readonly files: readonly FileReference[]
  readonly functions: readonly FunctionCall[]
  readonly columns: readonly string[]
  /** Listings of the catalogue (`SHOW TABLES`), which read relations that the text does not name. */
  readonly listings: readonly { readonly what: string; readonly start: number }[]
}

/** Understands one statement of `json_serialize_sql` (the object below `statements`), serialized from exactly this text. Throws (a bug) if
 * the tree has a shape that it does not know or a name is not where the tree says. */
export function readDuckdbTree(text: string, statement: AstNode): DuckdbQuery {
  const query = statement.node
  if (!isNode(query)) throw new Error('DuckDB serialized a statement without a query')
  const walk = new Walk(text)
  walk.query(query, undefined, undefined)
  return walk.result(outputColumns(query))
}

/** The CTEs that can be seen, innermost first. */
interface Scope {
  readonly name: string
  /** In the recursive arm `recurring.name` is the CTE's whole table, too. */
  readonly isRecurring: boolean
  readonly outer: Scope | undefined
}

/** The relations of one FROM clause, and of those around it. */
interface Frame {
  readonly relations: Relation[]
  readonly outer: Frame | undefined
}

interface Relation {
  /** How unqualified columns of it can be prefixed: alias or last name, in lower case. */
  readonly visibleAs: string
  /** Of table references without alias. */
  readonly table: DraftTable | undefined
}

interface DraftTable {
  readonly reference: TableReference
  readonly parts: readonly string[]
  ambiguous: boolean
}

class Walk {
  readonly #names: NameLocator
  readonly #tables = new Map<number, DraftTable>()
  readonly #files = new Map<number, FileReference>()
  readonly #functions = new Map<string, FunctionCall>()
  readonly #qualified = new Map<number, QualifiedColumn>()
  readonly #listings: { what: string; start: number }[] = []
  /** Offset of the last located node: where made-up nodes (casts, `[a, b]` as a function) are said to be. */
  #near = 0

  constructor(text: string) {
    this.#names = new NameLocator(text, byteOffsets(text))
  }

  result(columns: readonly string[]): DuckdbQuery {
    return {
      tables: inOrder([...this.#tables.values()].map(finished)),
      qualifiedColumns: inOrder([...this.#qualified.values()]),
      files: inOrder([...this.#files.values()]),
      functions: inOrder([...this.#functions.values()]),
      columns,
      listings: this.#listings,
    }
  }

  query(query: AstNode, outerScope: Scope | undefined, outerFrame: Frame | undefined): void {
    const scope = this.#withClause(query, outerScope, outerFrame)
    const frame: Frame = { relations: [], outer: outerFrame }
    switch (query.type) {
      case 'SELECT_NODE':
        this.#fromClause(query.from_table, scope, frame)
        this.#children(query, scope, frame, SELECT_PARTS_DONE)
        return
      case 'SET_OPERATION_NODE':
        this.#children(query, scope, frame, WITH_DONE)
        return
      case 'RECURSIVE_CTE_NODE':
        this.#children(query, scope, frame, RECURSIVE_PARTS_DONE)
        this.query(required(query.left), scope, outerFrame)
        this.query(
          required(query.right),
          { name: fold(String(query.cte_name)), isRecurring: true, outer: scope },
          outerFrame,
        )
        return
      default:
        throw new Error(`DuckDB serialized a query node that is not known: ${String(query.type)}`)
    }
  }

  /** Each CTE sees those before it; what follows sees all. */
  #withClause(query: AstNode, outer: Scope | undefined, frame: Frame | undefined): Scope | undefined {
    const map = query.cte_map
    if (!isNode(map)) return outer
    let scope = outer
    for (const entry of nodes(map.map)) {
      const cte = required(entry.value)
      this.query(required(required(cte.query).node), scope, frame)
      scope = { name: fold(String(entry.key)), isRecurring: false, outer: scope }
    }
    return scope
  }

  /** First all relations, so that conditions, arguments and lateral subqueries can see them. */
  #fromClause(from: unknown, scope: Scope | undefined, frame: Frame): void {
    if (!isNode(from)) return
    const later: (() => void)[] = []
    this.#relation(from, scope, frame, later)
    markAmbiguous(frame.relations)
    for (const visit of later) visit()
  }

  #relation(node: AstNode, scope: Scope | undefined, frame: Frame, later: (() => void)[]): void {
    const alias = aliasOf(node)
    switch (node.type) {
      case 'EMPTY':
        return
      case 'BASE_TABLE':
        this.#baseTable(node, alias, scope, frame)
        break
      case 'JOIN':
        this.#relation(required(node.left), scope, frame, later)
        this.#relation(required(node.right), scope, frame, later)
        break
      case 'PIVOT':
        this.#relation(required(node.source), scope, frame, later)
        break
      case 'SUBQUERY':
      case 'TABLE_FUNCTION':
      case 'EXPRESSION_LIST':
        break
      case 'SHOW_REF':
        this.#listing(node)
        break
      default:
        throw new Error(`DuckDB serialized a table reference that is not known: ${String(node.type)}`)
    }
    if (alias && node.type !== 'BASE_TABLE') {
      frame.relations.push({ visibleAs: fold(alias), table: undefined })
    }
    later.push(() => {
      if (node.type === 'TABLE_FUNCTION') this.#call(required(node.function), 'table', scope, frame)
      else this.#children(node, scope, frame, RELATION_PARTS_DONE)
    })
  }

  #baseTable(node: AstNode, alias: string | undefined, scope: Scope | undefined, frame: Frame): void {
    const parts = [node.catalog_name, node.schema_name, node.table_name].filter(
      (part): part is string => typeof part === 'string' && part !== '',
    )
    const last = parts.at(-1)
    if (last === undefined) throw new Error('DuckDB serialized a table reference without a name')
    if (isCte(parts, scope)) {
      frame.relations.push({ visibleAs: fold(alias ?? last), table: undefined })
      return
    }
    const offset = this.#names.offset(node.query_location)
    const name = this.#names.locate(parts, offset, (start) => this.#tables.has(start))
    this.#near = name.start
    if (name.literal && looksLikeFile(last)) {
      this.#files.set(name.start, { path: last, start: name.start, end: name.end })
      frame.relations.push({ visibleAs: fold(alias ?? last), table: undefined })
      return
    }
    // Named windows and grouping sets are copied in the tree: one place, several nodes.
    const known = this.#tables.get(name.start)
    const table: DraftTable = known ?? {
      reference: {
        parts,
        quoted: name.quoted,
        start: name.start,
        end: name.end,
        ...(alias !== undefined && { alias }),
      },
      parts: parts.map(fold),
      ambiguous: false,
    }
    this.#tables.set(name.start, table)
    frame.relations.push({
      visibleAs: fold(alias ?? last),
      table: alias === undefined ? table : undefined,
    })
  }

  #listing(node: AstNode): void {
    if (isNode(node.query)) return
    const listed = String(node.table_name ?? node.schema_name ?? '')
    this.#listings.push({ what: `SHOW ${listed.replaceAll('"', '')}`.trim(), start: this.#near })
  }

  #children(
    node: AstNode,
    scope: Scope | undefined,
    frame: Frame,
    done: ReadonlySet<string> | undefined,
  ): void {
    for (const key in node) {
      const value = node[key]
      if (typeof value === 'object' && value !== null && !done?.has(key)) this.#any(value, scope, frame)
    }
  }

  /** Anything below a query: lists, expressions, modifiers, and whatever a later version may add. */
  #any(value: object, scope: Scope | undefined, frame: Frame): void {
    if (Array.isArray(value)) {
      for (const each of value as readonly unknown[]) {
        if (typeof each === 'object' && each !== null) this.#any(each, scope, frame)
      }
      return
    }
    const node = value as AstNode
    switch (node.class) {
      case undefined:
        if (typeof node.type === 'string' && QUERY_NODES.has(node.type)) this.query(node, scope, frame)
        else this.#children(node, scope, frame, undefined)
        return
      case 'CONSTANT':
        return
      case 'COLUMN_REF':
        this.#column(node, frame)
        return
      case 'FUNCTION':
      case 'WINDOW':
        this.#call(node, 'scalar', scope, frame)
        return
      case 'STAR':
        this.#star(node, frame)
        this.#children(node, scope, frame, undefined)
        return
      default:
        this.#children(node, scope, frame, undefined)
    }
  }

  #call(node: AstNode, kind: FunctionCall['kind'], scope: Scope | undefined, frame: Frame): void {
    const start = this.#names.offset(node.query_location)
    if (start !== undefined) this.#near = start
    if (node.is_operator !== true) {
      const name = [node.catalog, node.schema, node.function_name]
        .filter((part): part is string => typeof part === 'string' && part !== '')
        .join('.')
        .toLowerCase()
      this.#functions.set(`${this.#near} ${kind} ${name}`, { name, kind, start: this.#near })
    }
    this.#children(node, scope, frame, undefined)
  }

  #column(node: AstNode, frame: Frame): void {
    const offset = this.#names.offset(node.query_location)
    if (offset !== undefined) this.#near = offset
    const written = node.column_names
    if (!Array.isArray(written) || written.length < 3) return
    const parts = written.map(String)
    const table = relationOf(parts.map(fold), frame)
    if (!table) return
    this.#addQualified(
      parts.slice(0, table.parts.length),
      this.#names.locate(parts, offset, () => false).start,
      table,
    )
  }

  /** `* EXCLUDE (staging.flights.origin)` has no location: every place after the star that spells it means the same. */
  #star(node: AstNode, frame: Frame): void {
    const start = this.#names.offset(node.query_location) ?? 0
    for (const listed of ['qualified_exclude_list', 'rename_list']) {
      for (const entry of nodes(node[listed])) {
        const name = isNode(entry.key) ? entry.key : entry
        const parts = [name.catalog, name.schema, name.table, name.column].filter(
          (part): part is string => typeof part === 'string' && part !== '',
        )
        const table = parts.length < 3 ? undefined : relationOf(parts.map(fold), frame)
        const place = table && this.#names.namesAfter(parts, start).next().value
        if (table && place) this.#addQualified(parts.slice(0, table.parts.length), place.start, table)
      }
    }
  }

  #addQualified(parts: readonly string[], start: number, table: DraftTable): void {
    if (this.#qualified.has(start)) return
    const end = this.#names.lastPartOf(parts, start)
    this.#qualified.set(start, { parts, start, end, reference: table.reference.start })
  }
}

const QUERY_NODES = new Set(['SELECT_NODE', 'SET_OPERATION_NODE', 'RECURSIVE_CTE_NODE', 'CTE_NODE'])
const WITH_DONE = new Set(['cte_map'])
const SELECT_PARTS_DONE = new Set(['cte_map', 'from_table'])
const RECURSIVE_PARTS_DONE = new Set(['cte_map', 'left', 'right'])
const RELATION_PARTS_DONE = new Set(['left', 'right', 'source'])

function required(value: unknown): AstNode {
  if (!isNode(value)) throw new Error('DuckDB serialized a tree without a node where one must be')
  return value
}

/** DuckDB folds only ASCII letters: `Ä` and `ä` are two names. */
function fold(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

function aliasOf(node: AstNode): string | undefined {
  const alias = node.alias
  return typeof alias === 'string' && alias !== '' ? alias : undefined
}

/** Only an unqualified name can mean a CTE, or `recurring.name` within the recursive arm of `name`. */
function isCte(parts: readonly string[], scope: Scope | undefined): boolean {
  if (parts.length > 2) return false
  const name = fold(parts.at(-1)!)
  const needsRecurring = parts.length === 2
  if (needsRecurring && fold(parts[0]!) !== 'recurring') return false
  for (let each = scope; each; each = each.outer) {
    if (each.name === name && (!needsRecurring || each.isRecurring)) return true
  }
  return false
}

/** DuckDB reads a table of that name for `from 'flights'`; what has a dot, a folder, a pattern or a scheme it looks for as a file. */
function looksLikeFile(path: string): boolean {
  return /[./\\*?[\]:]/.test(path)
}

function markAmbiguous(relations: readonly Relation[]): void {
  if (relations.length < 2) return
  const seen = new Map<string, Relation>()
  for (const relation of relations) {
    const other = seen.get(relation.visibleAs)
    if (!other) seen.set(relation.visibleAs, relation)
    else for (const table of [other.table, relation.table]) if (table) table.ambiguous = true
  }
}

/** The reference that a column's leading parts name. A nearer relation that goes by the first part makes the rest a field of a struct,
 * unless the same FROM clause has the qualified name, which DuckDB prefers. */
function relationOf(column: readonly string[], innermost: Frame): DraftTable | undefined {
  const passed: Relation[] = []
  for (let frame: Frame | undefined = innermost; frame; frame = frame.outer) {
    const table = frame.relations.find((relation) => isNamedBy(relation, column))?.table
    if (table) {
      const last = table.parts.at(-1)
      if (passed.some((relation) => relation.visibleAs === last)) table.ambiguous = true
      return table
    }
    if (frame.relations.some((relation) => relation.visibleAs === column[0])) return undefined
    passed.push(...frame.relations)
  }
  return undefined
}

function isNamedBy({ table }: Relation, column: readonly string[]): boolean {
  if (!table || table.parts.length < 2 || table.parts.length >= column.length) return false
  return table.parts.every((part, index) => part === column[index])
}

function finished(table: DraftTable): TableReference {
  return table.ambiguous ? { ...table.reference, ambiguous: true } : table.reference
}

function inOrder<T extends { readonly start: number }>(list: T[]): readonly T[] {
  return list.sort((a, b) => a.start - b.start)
}
