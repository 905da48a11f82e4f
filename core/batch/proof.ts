import type {
  Call,
  Expression,
  From,
  Join,
  Name,
  Query,
  QueryBody,
  Relational,
  Select,
  SelectItem,
  SetOperation,
  Star,
  Subquery,
  TableRef,
} from '../sql/relational/ir.ts'
import { Scope } from '../sql/relational/scope.ts'
import { childrenOf, ordered } from '../sql/relational/walk.ts'
import { type Bounds, bounded, type Condition, conditionsOf, confinementOf, reachable } from './conditions.ts'
import {
  equalities,
  stateOfTree,
  type Tree,
  treeOf,
  type Used,
  unusedBounds,
  withinReach,
} from './proof-from.ts'
import { isNothing } from './reach.ts'
import { Refused } from './refused.ts'
import { hasColumn, type Leaf, type Output, outputNamed, type Relation, renamed } from './relation.ts'
import { free, isKey, isSameRegion, narrower, type State, window, withEqualities } from './state.ts'
import { type Term, termOf, termOfColumn } from './terms.ts'
import { reachOfWindow } from './window-functions.ts'

/** What the proof is asked about. */
export interface ProofInput {
  readonly relational: Relational
  readonly bounds: Bounds
  /** Key of the partition column among the query's outputs. */
  readonly column: string
  /** Keys of the columns of a relation that is no CTE, if all of them are known. */
  columnsOf(table: TableRef): readonly string[] | undefined
}

/**
 * Shows that the query is window-selective: that R(S, E) is exactly the rows of R(-inf, inf) with S <= column < E, so that adjacent windows
 * may run as one. Throws `Refused` where that cannot be shown. Bottom-up, see section 9 of the semantics and docs/batches.md.
 */
export function prove(input: ProofInput): void {
  const found = new Prover(input).query(input.relational.query, {
    ctes: undefined,
    scope: undefined,
    anchors: [],
  })
  const { rows, outputs } = found
  if (rows.kind === 'free') {
    throw new Refused('nothing bounds its rows by partition.start and partition.end')
  }
  const output = outputNamed(outputs, input.column)
  if (output === undefined || !output.isKey) {
    const isBehindStar =
      output?.isCertain === false &&
      outputs.some((each) => each.kind === 'column' && each.name === input.column)
    const reason = isBehindStar
      ? `* may hold another column ${input.column}: list the columns, or leave it out of *`
      : `its column ${input.column} is not the one that partition.start and partition.end bound, or a floor of it`
    throw new Refused(reason, rows.start)
  }
  if (!isSameRegion(rows.region, window) || !rows.isClean) {
    const reason =
      isNothing(rows.region.before) && isNothing(rows.region.after)
        ? 'rows from beyond the window are among its own'
        : 'its rows are not bounded by both partition.start and partition.end'
    throw new Refused(reason, rows.start)
  }
}

interface CteScope {
  readonly name: string
  readonly relation: Relation
  readonly outer: CteScope | undefined
}

/** A query around the one that is looked at: what its rows are tied to. */
interface Anchor {
  state: State
}

interface Environment {
  readonly ctes: CteScope | undefined
  readonly scope: Scope | undefined
  readonly anchors: readonly Anchor[]
}

/** One SELECT while it is looked at. */
interface Frame {
  readonly select: Select
  readonly scope: Scope
  readonly environment: Environment
  /** Expressions by alias. */
  readonly aliases: ReadonlyMap<string, Expression>
  readonly anchor: Anchor
}

class Prover {
  private readonly input: ProofInput
  private readonly leaves = new Map<number, Leaf>()

  constructor(input: ProofInput) {
    this.input = input
  }

  query(query: Query, environment: Environment): Relation {
    if (query.isRecursive)
      throw new Refused('a recursive query is not looked into', query.with[0]?.query.start)
    let { ctes } = environment
    for (const cte of query.with) {
      const relation = this.query(cte.query, { ...environment, ctes })
      const outputs = renamed(relation.outputs, cte.columns)
      ctes = { name: cte.name.key, relation: { ...relation, outputs }, outer: ctes }
    }
    return this.body(query.body, query, { ...environment, ctes })
  }

  private body(body: QueryBody, query: Query, environment: Environment): Relation {
    switch (body.kind) {
      case 'select':
        return this.select(body, query, environment)
      case 'set':
        this.checkOutside(ordered(query.orderBy), environment)
        return this.setOperation(body, environment)
      case 'values':
        for (const row of body.rows) this.checkOutside(row, environment)
        return { outputs: unknownOutputs, rows: { kind: 'free' } }
      case 'nested':
        this.checkOutside(ordered(query.orderBy), environment)
        return this.query(body.query, environment)
      case 'recursion':
        throw new Refused('a recursive query is not looked into', body.start)
      case 'unknown':
        throw new Refused(`${body.what} is not looked into`, body.start)
      default:
        return body satisfies never
    }
  }

  /** Expressions beside any FROM clause. */
  private checkOutside(expressions: readonly Expression[], environment: Environment): void {
    const scope = new Scope([], new Map(), environment.scope)
    for (const each of expressions) this.checkPlain(each, scope, environment)
  }

  private select(select: Select, query: Query, environment: Environment): Relation {
    const tree = select.from && this.tree(select.from, environment)
    const scope = new Scope(tree?.relations ?? [], tree?.merged ?? new Map(), environment.scope)
    noteNames(select, query, scope)
    const anchor: Anchor = { state: free }
    const frame: Frame = { select, scope, environment, aliases: this.aliasesOf(select), anchor }
    this.filter(frame, tree)
    const groups = this.groupsOf(frame)
    this.window(frame, query)
    this.checkRest(frame, query)
    this.distinct(frame)
    const outputs = select.items.flatMap((item) => this.outputsOf(item, frame, groups))
    const { state } = anchor
    if (state.kind === 'free') return { outputs, rows: { kind: 'free' } }
    const { region, isClean, start } = state
    return { outputs, rows: { kind: 'windowed', region, isClean, ...(start === undefined ? {} : { start }) } }
  }

  /** FROM and WHERE: the state of the rows that go on. */
  private filter(frame: Frame, tree: Tree | undefined): void {
    const { select, environment, anchor } = frame
    const { bounds } = this.input
    const terms = (expression: Expression) => this.term(expression, frame)
    const conditions = conditionsOf(select.where, terms, bounds)
    const used: Used = new Set()
    const checkPlain = (expression: Expression, within: Scope) =>
      this.checkPlain(expression, within, environment)
    const from = tree === undefined ? free : stateOfTree(tree, conditions, used, { bounds, checkPlain })
    const equal = equalities(conditions)
    const own = unusedBounds(conditions, used)
    let state = withEqualities(from, equal, bounds.cut)
    for (const condition of own) {
      const together = own.filter((each) => each.term.id === condition.term.id)
      if (together[0] !== condition) continue
      state = withEqualities(bounded(state, together, bounds.cut), equal, bounds.cut)
    }
    anchor.state = this.tied(state, conditions, frame)
    for (const condition of conditions) {
      if (condition.kind !== 'other') continue
      const { expression } = condition
      if (this.isTupleOfKey(expression, frame)) continue
      this.checkIn(expression, frame)
    }
  }

  /** Rows that are confined to those of a query around this one depend on its row and no longer on the window. */
  private tied(state: State, conditions: readonly Condition[], frame: Frame): State {
    if (state.kind === 'free') return state
    const { cut } = this.input.bounds
    for (const anchor of frame.environment.anchors) {
      const outer = anchor.state
      if (outer.kind === 'free') continue
      const confinement = confinementOf(
        conditions,
        (term) => isKey(state, term, cut),
        (term) => isKey(outer, term, cut),
      )
      const reach = reachable(state.region, confinement)
      const narrowed = reach && withinReach(outer, reach)
      if (narrowed === undefined) continue
      anchor.state = narrowed
      return free
    }
    return state
  }

  private tree(from: From, environment: Environment): Tree {
    return treeOf(from, environment.scope, (each, before) => {
      const seesBefore = each.kind === 'function' || (each.kind === 'derived' && each.isLateral)
      return this.leaf(each, seesBefore ? { ...environment, scope: before } : environment)
    })
  }

  private leaf(from: Exclude<From, Join>, environment: Environment): Leaf {
    const id = this.leaves.size + 1
    this.leaves.set(id, unfinished)
    const relation = this.relationOf(from, environment)
    const outputs = renamed(relation.outputs, from.columnAliases)
    const name =
      from.alias !== undefined
        ? [from.alias.key]
        : from.kind === 'table'
          ? from.parts.map((part) => part.key)
          : []
    const leaf: Leaf = {
      id,
      name,
      relation: { ...relation, outputs },
      has: (column) => hasColumn(outputs, column),
    }
    this.leaves.set(id, leaf)
    return leaf
  }

  private relationOf(from: Exclude<From, Join>, environment: Environment): Relation {
    switch (from.kind) {
      case 'table': {
        if (from.sample !== undefined) throw new Refused('a sample is another one each time', from.start)
        const cte = from.parts.length === 1 ? cteNamed(environment.ctes, from.parts[0]!.key) : undefined
        if (cte !== undefined) return cte
        return { outputs: outputsOfTable(this.input.columnsOf(from)), rows: { kind: 'free' } }
      }
      case 'derived':
        if (from.sample !== undefined) throw new Refused('a sample is another one each time', from.start)
        return this.query(from.query, environment)
      case 'function': {
        const scope = new Scope([], new Map(), environment.scope)
        for (const call of from.calls) this.checkPlain(call, scope, environment)
        return { outputs: unknownOutputs, rows: { kind: 'free' } }
      }
      case 'values':
        for (const row of from.rows) this.checkOutside(row, environment)
        return { outputs: unknownOutputs, rows: { kind: 'free' } }
      case 'pivot':
      case 'unpivot':
        throw new Refused(`${from.kind.toUpperCase()} is not looked into`, from.start)
      case 'computed':
      case 'unknown':
        throw new Refused(`${from.what} is not looked into`, from.start)
      default:
        return from satisfies never
    }
  }

  /** The grouping sets as terms; undefined without grouping. */
  private groupsOf(frame: Frame): readonly (readonly Term[])[] | undefined {
    const { select, anchor } = frame
    const { groupBy } = select
    const { cut } = this.input.bounds
    if (groupBy === undefined) {
      const aggregate = aggregateIn(select)
      if (anchor.state.kind === 'windowed' && (aggregate !== undefined || select.having !== undefined)) {
        throw new Refused(
          'an aggregate without GROUP BY takes the rows of the whole window together',
          aggregate?.start,
        )
      }
      return aggregate === undefined ? undefined : [[]]
    }
    const groups = this.groupingSets(frame)
    if (anchor.state.kind === 'free') return groups
    for (const set of groups) {
      if (set.some((term) => isKey(anchor.state, term, cut))) continue
      const reason =
        groups.length > 1
          ? 'a grouping set leaves out the partition column, so that its groups span partitions'
          : 'GROUP BY leaves out the partition column, so that its groups span partitions'
      throw new Refused(reason, groupBy.start ?? select.items[0]?.start)
    }
    return groups
  }

  private groupingSets(frame: Frame): readonly (readonly Term[])[] {
    const { select } = frame
    const groupBy = select.groupBy!
    if (groupBy.kind === 'all') {
      const plain = select.items.filter(
        (item) => item.kind === 'expression' && firstAggregate([item.expression]) === undefined,
      )
      const terms = plain.map((item) =>
        item.kind === 'expression' ? this.term(item.expression, frame) : undefined,
      )
      return [terms.filter((term) => term !== undefined)]
    }
    const isOneSet = groupBy.sets.length === 1
    const terms = groupBy.expressions.map((each) => this.groupTerm(each, frame, isOneSet))
    return groupBy.sets.map((set) => set.map((index) => terms[index]).filter((term) => term !== undefined))
  }

  /** `GROUP BY 1` and aliases mean output columns. With one grouping set an alias is meant even where nobody knows whether an input
   * column has its name: the engine refuses an output that is not grouped. */
  private groupTerm(expression: Expression, frame: Frame, prefersAlias: boolean): Term | undefined {
    if (expression.kind === 'literal' && expression.type === 'number') {
      const item = frame.select.items[Number(expression.value) - 1]
      const hasStar = frame.select.items
        .slice(0, Number(expression.value))
        .some((each) => each.kind !== 'expression')
      return item?.kind === 'expression' && !hasStar ? this.term(item.expression, frame) : undefined
    }
    if (expression.kind === 'column' && expression.parts.length === 1) {
      const alias = this.aliasOf(expression.parts[0]!, frame, 'group', prefersAlias)
      if (alias === null) return undefined
      if (alias !== undefined) return this.term(alias, withoutAlias(frame, expression.parts[0]!.key))
    }
    return this.term(expression, frame)
  }

  /** Window functions must stay within a partition, or within what is right around the window. */
  private window(frame: Frame, query: Query): void {
    const { select, anchor } = frame
    const { cut } = this.input.bounds
    const expressions = [...itemExpressions(select), select.qualify, ...ordered(query.orderBy)]
    for (const expression of expressions) {
      for (const call of expression === undefined ? [] : windowCalls(expression)) {
        const { state } = anchor
        if (state.kind === 'free') continue
        const partitions = call.over!.partitionBy.map((each) => this.term(each, frame))
        if (partitions.some((term) => isKey(state, term, cut))) continue
        const reach = reachOfWindow(call, (each) => isKey(state, this.term(each, frame), cut))
        const right = reach && reachable(state.region, reach)
        const narrowed = right && withinReach(state, right)
        if (narrowed === undefined) {
          throw new Refused(
            `${call.name}(…) OVER looks at rows of other partitions: its PARTITION BY leaves out the partition column`,
            call.start,
          )
        }
        anchor.state = narrowed
      }
    }
  }

  private distinct(frame: Frame): void {
    const { distinct, items } = frame.select
    const { state } = frame.anchor
    if (distinct.kind !== 'on' || state.kind === 'free') return
    const { cut } = this.input.bounds
    const isKeyEither = (each: Expression): boolean =>
      this.readings(each, frame).every((term) => isKey(state, term, cut))
    if (distinct.on.some(isKeyEither)) return
    throw new Refused('DISTINCT ON leaves out the partition column', distinct.on[0]?.start ?? items[0]?.start)
  }

  /** What an expression of DISTINCT ON can mean: outputs come first there, which hide inputs of the same name. */
  private readings(expression: Expression, frame: Frame): readonly (Term | undefined)[] {
    const bare =
      expression.kind === 'column' && expression.parts.length === 1 ? expression.parts[0]!.key : undefined
    const alias = bare === undefined ? undefined : frame.aliases.get(bare)
    if (alias === undefined) return [this.groupTerm(expression, frame, false)]
    const input = termOfColumn(frame.scope.resolve([{ text: bare!, key: bare! }]))
    return [this.term(alias, withoutAlias(frame, bare!)), ...(input === undefined ? [] : [input])]
  }

  /** Everything of a SELECT that is evaluated on the rows that WHERE lets through. */
  private checkRest(frame: Frame, query: Query): void {
    const { select } = frame
    const { groupBy, having, qualify, distinct } = select
    const all = [
      ...itemExpressions(select),
      ...(groupBy?.kind === 'sets' ? groupBy.expressions : []),
      ...(distinct.kind === 'on' ? distinct.on : []),
      ...ordered(query.orderBy),
      having,
      qualify,
    ]
    for (const each of all) if (each !== undefined) this.checkIn(each, frame)
  }

  /** An expression within a SELECT may hold no bound of the window; its subqueries are tied to the row. */
  private checkIn(expression: Expression, frame: Frame): void {
    this.refuseSymbol(expression)
    if (expression.kind === 'subquery') this.subquery(expression, frame)
    for (const child of childrenOf(expression)) this.checkIn(child, frame)
  }

  private subquery(expression: Subquery, frame: Frame): void {
    const { environment, scope, anchor } = frame
    const relation = this.query(expression.query, {
      ...environment,
      scope,
      anchors: [anchor, ...environment.anchors],
    })
    if (relation.rows.kind === 'free') return
    if (
      expression.form === 'in' &&
      expression.operand !== undefined &&
      this.isTied([expression.operand], relation, frame)
    )
      return
    throw new Refused(
      'the subquery depends on the window, and nothing ties its rows to the partition of the row outside',
      expression.start ?? relation.rows.start,
    )
  }

  /** `(d, u) in (select d, u …)` as a condition of its own: of NULLs in the other columns only a filter may be indifferent. */
  private isTupleOfKey(expression: Expression, frame: Frame): boolean {
    if (expression.kind !== 'subquery' || expression.form !== 'in') return false
    const { operand } = expression
    if (operand?.kind !== 'tuple') return false
    for (const item of operand.items) this.checkIn(item, frame)
    const relation = this.query(expression.query, {
      ...frame.environment,
      scope: frame.scope,
      anchors: [frame.anchor, ...frame.environment.anchors],
    })
    return relation.rows.kind === 'free' || this.isTied(operand.items, relation, frame)
  }

  /** Whether one of the operands is a key that is compared with a key of the subquery. */
  private isTied(operands: readonly Expression[], { rows, outputs }: Relation, frame: Frame): boolean {
    const { anchor } = frame
    const { cut } = this.input.bounds
    const isPlain = outputs.length === operands.length && outputs.every((each) => each.kind === 'column')
    if (!isPlain || rows.kind === 'free' || anchor.state.kind === 'free') return false
    const outer = anchor.state
    const isCompared = operands.some((operand, index) => {
      const output = outputs[index]!
      return output.kind === 'column' && output.isKey && isKey(outer, this.term(operand, frame), cut)
    })
    const narrowed = isCompared ? withinReach(outer, rows.region) : undefined
    if (narrowed === undefined) return false
    anchor.state = narrowed
    return true
  }

  /** For expressions whose rows are not yet those of the SELECT, such as conditions of joins. */
  private checkPlain(expression: Expression, scope: Scope, environment: Environment): void {
    this.refuseSymbol(expression)
    if (expression.kind === 'subquery') {
      const relation = this.query(expression.query, { ...environment, scope, anchors: [] })
      if (relation.rows.kind === 'windowed') {
        throw new Refused(
          'a subquery that depends on the window stands where no row of the window is known',
          expression.start,
        )
      }
    }
    for (const child of childrenOf(expression)) this.checkPlain(child, scope, environment)
  }

  private refuseSymbol(expression: Expression): void {
    const symbol = this.input.bounds.symbols.of(expression)
    if (symbol === undefined) return
    const start = expression.kind === 'cast' ? expression.expression.start : expression.start
    throw new Refused(
      symbol === 'partition.key'
        ? 'partition.key is the key of one partition'
        : `${symbol} is used for something else than \`column >= partition.start and column < partition.end\``,
      start,
      symbol === 'partition.key',
    )
  }

  private setOperation(set: SetOperation, environment: Environment): Relation {
    const left = this.query(set.left, environment)
    const right = this.query(set.right, environment)
    const outputs = set.isByName ? byName(left, right) : byPosition(left, right)
    if (left.rows.kind === 'free' && right.rows.kind === 'free')
      return { outputs: outputs(false), rows: { kind: 'free' } }
    if (left.rows.kind === 'windowed' && right.rows.kind === 'windowed') {
      const both = outputs(true, (a, b) => a && b)
      if (!both.some(isKeyOutput))
        throw new Refused(
          `the sides of ${setWords(set)} do not have the partition column in one place`,
          set.start ?? left.rows.start,
        )
      const region = narrower(left.rows.region, right.rows.region)
      const isClean =
        left.rows.isClean && right.rows.isClean && isSameRegion(left.rows.region, right.rows.region)
      return { outputs: both, rows: { ...left.rows, region, isClean } }
    }
    if (left.rows.kind === 'windowed' && set.operator !== 'union') {
      return { outputs: outputs(true, (a) => a), rows: left.rows }
    }
    if (right.rows.kind === 'windowed' && set.operator === 'intersect') {
      return { outputs: outputs(true, (_, b) => b), rows: right.rows }
    }
    throw new Refused(
      `one side of ${setWords(set)} is not bounded by the window`,
      set.start ?? startOf(left) ?? startOf(right),
    )
  }

  private outputsOf(
    item: SelectItem,
    frame: Frame,
    groups: readonly (readonly Term[])[] | undefined,
  ): readonly Output[] {
    switch (item.kind) {
      case 'expression': {
        refuseColumns(item.expression)
        const name = item.alias?.key ?? nameOf(item.expression)
        return [{ kind: 'column', name, isKey: this.isKeyOutput(item.expression, frame, groups) }]
      }
      case 'star':
        return this.starOutputs(item, frame)
      case 'fields':
        throw new Refused('the fields of a composite value are not looked into', item.start)
      case 'unknown':
        throw new Refused(`${item.what} is not looked into`, item.start)
      default:
        return item satisfies never
    }
  }

  /** Of a grouped query only what every grouping set has is the same in the whole group and never NULL. */
  private isKeyOutput(
    expression: Expression,
    frame: Frame,
    groups: readonly (readonly Term[])[] | undefined,
  ): boolean {
    const { cut } = this.input.bounds
    const { state } = frame.anchor
    const term = this.term(expression, frame)
    if (term === undefined || !isKey(state, term, cut)) return false
    if (groups === undefined) return true
    // What is itself a grouping expression of one set is NULL in the others, even where they have what it is made of.
    for (let each: Term | undefined = term; each !== undefined; each = each.floor?.of) {
      const id = each.id
      const isIn = (set: readonly Term[]) => set.some((grouped) => grouped.id === id)
      if (groups.some(isIn)) return groups.every(isIn)
    }
    return false
  }

  private starOutputs(star: Star, frame: Frame): readonly Output[] {
    if (star.chosen !== undefined) throw new Refused('COLUMNS(…) is not looked into', star.start)
    const { scope, anchor } = frame
    const wanted = star.relation
    const visible = scope.relations.filter(
      (each) =>
        wanted === undefined ||
        wanted.every((part, index) => part.key === each.name.at(index - wanted.length)),
    )
    const leaves = visible.map((each) => this.leaves.get(each.id)!)
    const isKeyNamed = (name: string, relation?: Leaf): boolean => {
      const parts: Name[] = [...(relation?.name ?? []), name].map((key) => ({ text: key, key }))
      return isKey(anchor.state, termOfColumn(scope.resolve(parts)), this.input.bounds.cut)
    }
    const replaced = new Map(star.replaced.map((each) => [each.name.key, each.expression]))
    const renames = new Map(star.renamed.map((each) => [each.from.key, each.to.key]))
    const excluded = new Set(star.excluded.map((each) => each.key))
    const merged = wanted === undefined ? [...scope.merged.keys()] : []
    const gone = new Set([...excluded, ...replaced.keys(), ...renames.keys(), ...merged])
    const first: Output[] = merged
      .filter((name) => !excluded.has(name))
      .map((name) => ({ kind: 'column', name: renames.get(name) ?? name, isKey: isKeyNamed(name) }))
    const rest = leaves.flatMap((leaf) =>
      leaf.relation.outputs.flatMap((output): readonly Output[] => {
        if (output.kind === 'rest') {
          const known = keysOfLeaf(anchor.state, leaf)
          const hidden = new Set([...output.hidden, ...gone])
          return [{ kind: 'rest', keys: new Set(known.filter((name) => !hidden.has(name))), hidden }]
        }
        const { name } = output
        if (name === undefined || excluded.has(name) || merged.includes(name))
          return name === undefined ? [output] : []
        const expression = replaced.get(name)
        if (expression !== undefined)
          return [{ kind: 'column', name, isKey: this.isKeyOutput(expression, frame, undefined) }]
        return [{ kind: 'column', name: renames.get(name) ?? name, isKey: isKeyNamed(name, leaf) }]
      }),
    )
    const known = new Set(rest.flatMap((each) => (each.kind === 'column' ? [each.name] : [])))
    const added = [...replaced]
      .filter(([name]) => !known.has(name))
      .map(
        ([name, expression]): Output => ({
          kind: 'column',
          name,
          isKey: this.isKeyOutput(expression, frame, undefined),
        }),
      )
    const all = [...first, ...rest, ...added]
    return merged.length === 0 ? all : withoutPlaces(all)
  }

  private term(expression: Expression, frame: Frame): Term | undefined {
    const { symbols } = this.input.bounds
    const resolve = (parts: readonly Name[]): Term | undefined => {
      if (parts.length === 1) {
        const alias = this.aliasOf(parts[0]!, frame, 'anywhere', false)
        if (alias === null) return undefined
        if (alias !== undefined) return this.term(alias, withoutAlias(frame, parts[0]!.key))
      }
      return termOfColumn(frame.scope.resolve(parts))
    }
    return termOf(expression, resolve, (each) => symbols.of(each) !== undefined)
  }

  /**
   * The expression that a bare name stands for by being its alias. An input column of that name comes first in both engines; null if nobody
   * knows whether there is one.
   */
  private aliasOf(
    name: Name,
    frame: Frame,
    where: 'group' | 'anywhere',
    prefersAlias: boolean,
  ): Expression | undefined | null {
    if (where === 'anywhere' && this.input.relational.aliases === 'group_by') return undefined
    const alias = frame.aliases.get(name.key)
    if (alias === undefined) return undefined
    const inputs = frame.scope.relations.map((each) => each.has(name.key))
    if (frame.scope.merged.has(name.key) || inputs.includes(true)) return undefined
    if (!inputs.includes(undefined)) return alias
    // A column of that name is used within the alias itself, or named with its relation: there is one.
    if (usesName(alias, name.key) || frame.scope.isNamedWithRelation(name.key)) return undefined
    if (where === 'group' && prefersAlias) return alias
    return null
  }

  private aliasesOf({ items }: Select): ReadonlyMap<string, Expression> {
    const aliases = new Map<string, Expression>()
    for (const item of items) {
      if (item.kind !== 'expression' || item.alias === undefined || aliases.has(item.alias.key)) continue
      aliases.set(item.alias.key, item.expression)
    }
    return aliases
  }
}

/** Holds the place of a relation whose insides are being looked at. */
const unfinished: Leaf = {
  id: 0,
  name: [],
  relation: { outputs: [], rows: { kind: 'free' } },
  has: () => undefined,
}

const unknownOutputs: readonly Output[] = [{ kind: 'rest', keys: new Set(), hidden: new Set() }]

function outputsOfTable(columns: readonly string[] | undefined): readonly Output[] {
  return columns?.map((name) => ({ kind: 'column', name, isKey: false })) ?? unknownOutputs
}

/** Where engines put merged columns differs: only names are known of such a list. */
function withoutPlaces(outputs: readonly Output[]): readonly Output[] {
  const names = outputs.flatMap((each) => (each.kind === 'rest' ? [...each.keys] : [each.name ?? '']))
  return [
    {
      kind: 'rest',
      keys: new Set(names.filter((name) => outputNamed(outputs, name)?.isKey)),
      hidden: new Set(),
    },
  ]
}

function cteNamed(ctes: CteScope | undefined, name: string): Relation | undefined {
  for (let each = ctes; each !== undefined; each = each.outer) if (each.name === name) return each.relation
  return undefined
}

function withoutAlias(frame: Frame, name: string): Frame {
  return { ...frame, aliases: new Map([...frame.aliases].filter(([each]) => each !== name)) }
}

/** A column's own name; other expressions without an alias are named by the engine. */
function nameOf(expression: Expression): string | undefined {
  return expression.kind === 'column' ? expression.parts.at(-1)!.key : undefined
}

function usesName(expression: Expression, name: string): boolean {
  if (expression.kind === 'column') return expression.parts.at(-1)!.key === name
  return childrenOf(expression).some((child) => usesName(child, name))
}

function itemExpressions(select: Select): readonly Expression[] {
  return select.items.flatMap((item) =>
    item.kind === 'expression'
      ? [item.expression]
      : item.kind === 'star'
        ? item.replaced.map((each) => each.expression)
        : [],
  )
}

/** Lets the scope know every name of the SELECT that stands with its relation. */
function noteNames(select: Select, query: Query, scope: Scope): void {
  const { where, groupBy, having, qualify } = select
  const all = [
    ...itemExpressions(select),
    where,
    ...(groupBy?.kind === 'sets' ? groupBy.expressions : []),
    having,
    qualify,
    ...ordered(query.orderBy),
  ]
  for (const each of all) {
    if (each !== undefined) walkOwn(each, (found) => found.kind === 'column' && scope.note(found.parts))
  }
}

function walkOwn(expression: Expression, visit: (expression: Expression) => void): void {
  visit(expression)
  for (const child of childrenOf(expression)) walkOwn(child, visit)
}

function windowCalls(expression: Expression): readonly Call[] {
  const found: Call[] = []
  walkOwn(expression, (each) => {
    if (each.kind === 'call' && each.over !== undefined) found.push(each)
  })
  return found
}

function firstAggregate(expressions: readonly Expression[]): Call | undefined {
  let found: Call | undefined
  for (const expression of expressions) {
    walkOwn(expression, (each) => {
      if (each.kind !== 'call' || each.over !== undefined || each.traits.kind !== 'aggregate') return
      found ??= each
    })
  }
  return found
}

function aggregateIn(select: Select): Call | undefined {
  const others = [select.having, select.qualify].filter((each) => each !== undefined)
  return firstAggregate([...itemExpressions(select), ...others])
}

/** With COLUMNS(…) an item is one output for each column that it stands for. */
function refuseColumns(expression: Expression): void {
  if (expression.kind === 'columns' || expression.kind === 'ordinal')
    throw new Refused('COLUMNS(…) is not looked into', expression.start)
  for (const child of childrenOf(expression)) refuseColumns(child)
}

function keysOfLeaf(state: State, leaf: Leaf): readonly string[] {
  if (state.kind === 'free') return []
  const prefix = `${leaf.id}.`
  return [...state.keys].flatMap((key) => {
    if (!key.startsWith(prefix)) return []
    try {
      return [JSON.parse(key.slice(prefix.length)) as string]
    } catch {
      return []
    }
  })
}

type Pairing = (isTaken: boolean, combine?: (left: boolean, right: boolean) => boolean) => readonly Output[]

function byPosition(left: Relation, right: Relation): Pairing {
  return (isTaken, combine) => {
    const outputs: Output[] = []
    for (const [index, output] of left.outputs.entries()) {
      const other = right.outputs[index]
      if (output.kind === 'rest' || other === undefined || other.kind === 'rest') {
        // What stands behind an unknown number of columns has no known place.
        const hidden = new Set<string>()
        return [...outputs, { kind: 'rest', keys: new Set(), hidden }]
      }
      outputs.push({ ...output, isKey: isTaken && (combine?.(output.isKey, other.isKey) ?? false) })
    }
    return outputs
  }
}

function byName(left: Relation, right: Relation): Pairing {
  return (isTaken, combine) => {
    const isPlain = [...left.outputs, ...right.outputs].every((each) => each.kind === 'column')
    if (!isPlain) return unknownOutputs
    const names = [
      ...new Set(
        [...left.outputs, ...right.outputs].map((each) => (each.kind === 'column' ? each.name : undefined)),
      ),
    ]
    return names.map((name) => {
      const [first, second] = [left, right].map((side) =>
        name === undefined ? undefined : outputNamed(side.outputs, name),
      )
      const isKey =
        isTaken &&
        first !== undefined &&
        second !== undefined &&
        (combine?.(first.isKey, second.isKey) ?? false)
      return { kind: 'column', name, isKey }
    })
  }
}

function isKeyOutput(output: Output): boolean {
  return output.kind === 'column' && output.isKey
}

function startOf({ rows }: Relation): number | undefined {
  return rows.kind === 'windowed' ? rows.start : undefined
}

function setWords({ operator, isAll }: SetOperation): string {
  return `${operator.toUpperCase()}${isAll ? ' ALL' : ''}`
}
