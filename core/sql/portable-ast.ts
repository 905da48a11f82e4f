import type { FunctionCall, QualifiedColumn, Refusal, TableReference } from './parser.ts'
import type { PortableDialect } from './portable-ast-dialect.ts'
import { dottedPortableName, type PortableName } from './portable-ast-names.ts'
import {
  foldName,
  isCte,
  newQuery,
  type QueryScope,
  rangesHave,
  relationOf,
  type Scope,
} from './portable-ast-scope.ts'
import type { PortableToken } from './portable-ast-tokens.ts'
import {
  calledBare,
  endsFrom,
  fromInArguments,
  neverAlias,
  neverCalled,
  tableHints,
} from './portable-ast-words.ts'

/** What the tokens of one query say. */
export interface PortableReading {
  readonly tables: readonly TableReference[]
  readonly qualifiedColumns: readonly QualifiedColumn[]
  readonly functions: readonly FunctionCall[]
  readonly refusals: readonly Refusal[]
  /** Every name that stands where a relation may stand, CTEs included: what the library's tree must contain too. */
  readonly relations: readonly PortableName[]
}

/** Reads the relations of a query from its tokens. A WITH begins a query and ends with its parentheses or the text, so parentheses
 * alone decide what a CTE hides; the tree of node-sql-parser does not tell `(with a … ) union …` from `with a … (…) union …`. */
export function readPortableTokens(
  text: string,
  tokens: readonly PortableToken[],
  dialect: PortableDialect,
): PortableReading {
  const reader = new PortableReader(text, tokens, dialect)
  reader.group(0, { ctes: undefined, query: undefined }, 'expression')
  return {
    tables: reader.tables(),
    qualifiedColumns: reader.qualifiedColumns(),
    functions: reader.functions,
    refusals: reader.refusals,
    relations: reader.relations,
  }
}

/** What may begin inside a pair of parentheses, unless SELECT or WITH do: an expression, a relation, or arguments in which FROM is just
 * a word. */
type GroupKind = 'expression' | 'relation' | 'arguments'

/** Where the reader is inside one pair of parentheses. */
interface Group {
  readonly kind: GroupKind
  /** What the query around the parentheses brings into scope. */
  readonly outer: QueryScope | undefined
  scope: Scope
  inFrom: boolean
  /** The next name is a relation. */
  expecting: boolean
}

class PortableReader {
  readonly functions: FunctionCall[] = []
  readonly refusals: Refusal[] = []
  readonly relations: PortableName[] = []
  readonly #tables: { readonly table: TableReference; readonly outer: QueryScope | undefined }[] = []
  readonly #columns: { readonly name: PortableName; readonly query: QueryScope | undefined }[] = []
  readonly #text: string
  readonly #tokens: readonly PortableToken[]
  readonly #dialect: PortableDialect

  constructor(text: string, tokens: readonly PortableToken[], dialect: PortableDialect) {
    this.#text = text
    this.#tokens = tokens
    this.#dialect = dialect
  }

  /** The tables, without paths into arrays: of the same query only relations before it can be the path's root, of the queries around it
   * those after it too, which are known only now. */
  tables(): TableReference[] {
    return this.#tables.filter(({ table, outer }) => !this.#isPath(table, outer)).map(({ table }) => table)
  }

  #isPath({ parts, quoted }: TableReference | PortableName, query: QueryScope | undefined): boolean {
    if (!this.#dialect.paths || parts.length < 2) return false
    return rangesHave(query, foldName(parts[0]!, quoted[0]!, this.#dialect))
  }

  /** Dotted names whose first parts are a table that is in scope where they stand. */
  qualifiedColumns(): QualifiedColumn[] {
    return this.#columns.flatMap(({ name, query }) => {
      const count = relationOf(name, query)
      if (count === undefined) return []
      return [{ parts: name.parts.slice(0, count), start: name.start, end: name.starts[count - 1]! }]
    })
  }

  /** Reads up to what closes the group, a parenthesis, semicolon or the end, and returns its index. */
  group(from: number, scope: Scope, kind: GroupKind): number {
    const isRelation = kind === 'relation'
    const group: Group = { kind, outer: scope.query, scope, inFrom: isRelation, expecting: isRelation }
    let at = this.#isWord(from, 'with') ? this.#with(from, group) : from
    while (at < this.#tokens.length) {
      const token = this.#tokens[at]!
      if (token.kind === 'symbol') {
        if (token.value === ')' || token.value === ';') return at
        at = this.#symbol(at, group)
      } else if (token.kind === 'word' && this.#isKeyword(at) && this.#keyword(at, group)) at++
      else if (token.kind === 'word' || token.kind === 'quoted') at = this.#name(at, group)
      else {
        group.expecting = false
        at++
      }
    }
    return at
  }

  #symbol(at: number, group: Group): number {
    const { value } = this.#tokens[at]!
    if (value === ',' && group.inFrom) group.expecting = true
    if (value !== '(') return at + 1
    const kind = group.expecting ? 'relation' : this.#argumentKind(at)
    group.expecting = false
    return this.group(at + 1, group.scope, kind) + 1
  }

  #argumentKind(open: number): GroupKind {
    const before = this.#tokens[open - 1]
    if (before?.kind !== 'word' || !fromInArguments.has(before.value)) return 'expression'
    return this.#isWord(open + 1, 'select') || this.#isWord(open + 1, 'with') ? 'expression' : 'arguments'
  }

  /** Whether the word at `at` changes where the reader is; if not, it is a name or of no interest. */
  #keyword(at: number, group: Group): boolean {
    const word = this.#tokens[at]!.value
    if (word === 'select') {
      group.scope = { ctes: group.scope.ctes, query: newQuery(group.outer) }
      return this.#setFrom(group, false)
    }
    if (word === 'values') return this.#setFrom(group, false)
    if (word === 'from') {
      if (group.kind !== 'arguments' && !this.#isDistinctFrom(at)) this.#setFrom(group, true)
      return true
    }
    if (word === 'into') this.#refuse('select_into', at, at + 1)
    if (word === 'for' && this.#isLocking(at)) this.#refuse('locking', at, at + 1)
    if (word === 'lock' && this.#isWord(at + 1, 'in')) this.#refuse('locking', at, at + 3)
    if (word === 'join' || word === 'straight_join') return this.#setFrom(group, true)
    if (!group.inFrom) return false
    if (word === 'apply') return this.#setFrom(group, true)
    if (endsFrom.has(word) && !this.#isWord(at - 1, 'with')) return this.#setFrom(group, false)
    return group.expecting && (word === 'lateral' || word === 'only')
  }

  #setFrom(group: Group, inFrom: boolean): true {
    group.inFrom = inFrom
    group.expecting = inFrom
    return true
  }

  #refuse(kind: Refusal['kind'], first: number, last: number): void {
    const start = this.#tokens[first]!.start
    const end = this.#tokens[Math.min(last, this.#tokens.length - 1)]!.end
    this.refusals.push({ kind, what: this.#text.slice(start, end), start })
  }

  #isLocking(at: number): boolean {
    return ['update', 'share', 'no', 'key'].some((word) => this.#isWord(at + 1, word))
  }

  #isDistinctFrom(at: number): boolean {
    return this.#isWord(at - 1, 'distinct') && (this.#isWord(at - 2, 'is') || this.#isWord(at - 2, 'not'))
  }

  /** Reads the common table expressions and returns where the query goes on, which sees them all. */
  #with(from: number, group: Group): number {
    const isRecursive = this.#isWord(from + 1, 'recursive')
    const rule = isRecursive ? this.#dialect.ctes.recursive : this.#dialect.ctes.plain
    const { query } = group.scope
    const first = from + (isRecursive ? 2 : 1)
    let visible = group.scope.ctes
    if (rule === 'all') for (const name of this.#cteNames(first)) visible = { name, outer: visible }
    let at = first
    for (;;) {
      const body = this.#cteBody(at)
      if (body === undefined) break
      const own = { name: this.#fold(this.#tokens[at]!), outer: visible }
      const seesItself = rule === 'itself' || (rule === 'union' && this.#hasUnion(body))
      at = this.group(body, { ctes: seesItself ? own : visible, query }, 'expression') + 1
      visible = own
      if (!this.#isSymbol(at, ',')) break
      at++
    }
    group.scope = { ctes: visible, query }
    return at
  }

  #cteNames(first: number): string[] {
    const names: string[] = []
    let at = first
    for (let body = this.#cteBody(at); body !== undefined; body = this.#cteBody(at)) {
      names.push(this.#fold(this.#tokens[at]!))
      at = this.#closing(body) + 1
      if (!this.#isSymbol(at, ',')) break
      at++
    }
    return names
  }

  /** `at` is a CTE's name: the index of the first token of its query, or undefined if no CTE stands here. */
  #cteBody(at: number): number | undefined {
    const name = this.#tokens[at]
    if (name?.kind !== 'word' && name?.kind !== 'quoted') return undefined
    let next = at + 1
    if (this.#isSymbol(next, '(')) next = this.#closing(next + 1) + 1
    if (!this.#isWord(next, 'as')) return undefined
    next++
    if (this.#isWord(next, 'not')) next++
    if (this.#isWord(next, 'materialized')) next++
    return this.#isSymbol(next, '(') ? next + 1 : undefined
  }

  #hasUnion(body: number): boolean {
    for (let at = body; at < this.#tokens.length; at++) {
      if (this.#isSymbol(at, '(')) at = this.#closing(at + 1)
      else if (this.#isSymbol(at, ')')) return false
      else if (this.#isWord(at, 'union')) return true
    }
    return false
  }

  /** The index of the parenthesis that closes what was opened before `from`. */
  #closing(from: number): number {
    let depth = 1
    for (let at = from; at < this.#tokens.length; at++) {
      if (this.#isSymbol(at, '(')) depth++
      else if (this.#isSymbol(at, ')') && --depth === 0) return at
    }
    return this.#tokens.length
  }

  /** A word or quoted name, with what follows its dots. Returns the index after it. */
  #name(at: number, group: Group): number {
    const isRelation = group.expecting
    group.expecting = false
    const found = dottedPortableName(this.#text, this.#tokens, at, isRelation, this.#dialect.paths)
    const isCalled = this.#isSymbol(found.next, '(') && !(isRelation && this.#isHint(found.next))
    if (isRelation && !isCalled) return this.#relation(found.name, found.next, group.scope)
    this.#noteRange(at, group)
    if (isCalled) this.#call(at, found.name, isRelation)
    else if (found.name.parts.length > 2) this.#columns.push({ name: found.name, query: group.scope.query })
    else if (found.name.parts.length === 1 && calledBare.has(this.#tokens[at]!.value)) {
      this.functions.push({ name: this.#tokens[at]!.value, kind: 'scalar', start: found.name.start })
    }
    return found.next
  }

  #relation(name: PortableName, next: number, scope: Scope): number {
    this.relations.push(name)
    const [alias, after] = this.#alias(next)
    const { parts, quoted, start, end } = name
    const isPath = this.#isPath(name, scope.query)
    const last = parts.length - 1
    scope.query?.ranges.push(alias ? this.#fold(alias) : foldName(parts[last]!, quoted[last]!, this.#dialect))
    const single = parts.length === 1 ? foldName(parts[0]!, quoted[0]!, this.#dialect) : undefined
    if (isPath || (single !== undefined && (isCte(scope.ctes, single) || isDual(single)))) return after
    if (!alias && parts.length > 1) scope.query?.named.push(name)
    const table = { parts, quoted, start, end, ...(alias ? { alias: this.#written(alias) } : {}) }
    this.#tables.push({ table, outer: scope.query?.outer })
    return after
  }

  /** The alias at `at`, if one stands there, and the index after it. */
  #alias(at: number): readonly [PortableToken | undefined, number] {
    const next = this.#isWord(at, 'as') ? at + 1 : at
    const token = this.#tokens[next]
    if (token?.kind === 'quoted') return [token, next + 1]
    if (token?.kind === 'word' && !neverAlias.has(token.value)) return [token, next + 1]
    return [undefined, at]
  }

  /** What stands after a subquery or a table function in FROM is their alias. */
  #noteRange(at: number, { inFrom, scope }: Group): void {
    if (!inFrom || !this.#dialect.paths) return
    const token = this.#tokens[at]!
    if (token.kind === 'word' && neverAlias.has(token.value)) return
    if (this.#isSymbol(at - 1, ')') || this.#isWord(at - 1, 'as')) scope.query?.ranges.push(this.#fold(token))
  }

  /** `table(f(x))` is a call of the table function `f`. */
  #call(at: number, name: PortableName, isRelation: boolean): void {
    const only = name.parts.length === 1 ? this.#tokens[at]! : undefined
    if (only?.kind === 'word' && (neverCalled.has(only.value) || only.value === 'table')) return
    const isInTable = this.#isSymbol(at - 1, '(') && this.#isWord(at - 2, 'table')
    const kind = isRelation || isInTable ? 'table' : 'scalar'
    this.functions.push({ name: name.parts.join('.').toLowerCase(), kind, start: name.start })
  }

  #isHint(open: number): boolean {
    if (!this.#dialect.hints) return false
    for (let at = open + 1; at < this.#tokens.length; at++) {
      if (this.#isSymbol(at, ')')) return at > open + 1
      const token = this.#tokens[at]!
      if (token.value !== ',' && !(token.kind === 'word' && tableHints.has(token.value))) return false
    }
    return false
  }

  /** A word that is no part of a dotted name. */
  #isKeyword(at: number): boolean {
    return !this.#isSymbol(at - 1, '.') && !this.#isSymbol(at + 1, '.')
  }

  #isWord(at: number, word: string): boolean {
    const token = this.#tokens[at]
    return token?.kind === 'word' && token.value === word
  }

  #isSymbol(at: number, symbol: string): boolean {
    const token = this.#tokens[at]
    return token?.kind === 'symbol' && token.value === symbol
  }

  #fold(token: PortableToken): string {
    return foldName(token.value, token.kind === 'quoted', this.#dialect)
  }

  #written(token: PortableToken): string {
    return token.kind === 'quoted' ? token.value : this.#text.slice(token.start, token.end)
  }
}

/** The table of one row that several dialects let a query name where there is nothing to read. */
function isDual(folded: string): boolean {
  return folded.toLowerCase() === 'dual'
}
