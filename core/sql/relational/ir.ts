/**
 * One query as relations and expressions, whatever engine parsed it. Syntax only: names are as written and not yet resolved (`scope.ts` does
 * that). What a reader does not understand is an `unknown` node, never a guess. All positions are UTF-16 offsets in the parsed text; nodes
 * that the grammar made up have none.
 */

/** An identifier. `key` is the same for two names exactly if the engine takes them for one. */
export interface Name {
  readonly text: string
  readonly key: string
}

interface Located {
  readonly start?: number
}

export interface UnknownNode extends Located {
  readonly kind: 'unknown'
  /** What it is, for people: `PIVOT`. */
  readonly what: string
}

export interface Query extends Located {
  readonly with: readonly Cte[]
  readonly isRecursive: boolean
  readonly body: QueryBody
  readonly orderBy: readonly Ordering[]
  readonly limit?: Limit
}

export interface Cte extends Located {
  readonly name: Name
  readonly columns: readonly Name[]
  readonly query: Query
}

/** LIMIT, OFFSET or FETCH of a query. */
export interface Limit extends Located {
  readonly count?: Expression
  readonly offset?: Expression
}

export type QueryBody = Select | SetOperation | Values | NestedQuery | UnknownNode

/** A query in parentheses with clauses of its own below those of another. */
export interface NestedQuery extends Located {
  readonly kind: 'nested'
  readonly query: Query
}

export interface Values extends Located {
  readonly kind: 'values'
  readonly rows: readonly (readonly Expression[])[]
}

export interface SetOperation extends Located {
  readonly kind: 'set'
  readonly operator: 'union' | 'except' | 'intersect'
  readonly isAll: boolean
  /** Columns are matched by name and not by position. */
  readonly isByName: boolean
  readonly left: Query
  readonly right: Query
}

export interface Select extends Located {
  readonly kind: 'select'
  readonly distinct:
    | { readonly kind: 'none' }
    | { readonly kind: 'all' }
    | { readonly kind: 'on'; readonly on: readonly Expression[] }
  readonly items: readonly SelectItem[]
  /** Undefined without a FROM clause. A comma is a cross join. */
  readonly from?: From
  readonly where?: Expression
  readonly groupBy?: GroupBy
  readonly having?: Expression
  readonly qualify?: Expression
  /** Where a sample is taken of the rows. */
  readonly sample?: { readonly start?: number }
}

export interface SelectExpression extends Located {
  readonly kind: 'expression'
  readonly expression: Expression
  readonly alias?: Name
}

/** `*` or `t.*`. */
export interface Star extends Located {
  readonly kind: 'star'
  readonly relation?: readonly Name[]
  readonly excluded: readonly Name[]
  readonly replaced: readonly { readonly name: Name; readonly expression: Expression }[]
  readonly renamed: readonly { readonly from: Name; readonly to: Name }[]
}

export type SelectItem = SelectExpression | Star | UnknownNode

export type GroupBy =
  /** Every output column that holds no aggregate. */
  | { readonly kind: 'all'; readonly start?: number }
  | {
      readonly kind: 'sets'
      readonly expressions: readonly Expression[]
      /** Each grouping set as indexes into `expressions`; a plain GROUP BY is one set. */
      readonly sets: readonly (readonly number[])[]
      readonly start?: number
    }

export interface Ordering {
  readonly expression: Expression
  readonly isDescending: boolean
}

export type From = TableRef | Derived | TableFunction | ValuesTable | Join | UnknownFrom

interface Aliased extends Located {
  readonly alias?: Name
  readonly columnAliases: readonly Name[]
}

/** A relation by its name: a table, a view or a CTE. */
export interface TableRef extends Aliased {
  readonly kind: 'table'
  readonly parts: readonly Name[]
  readonly sample?: { readonly start?: number }
}

export interface Derived extends Aliased {
  readonly kind: 'derived'
  readonly query: Query
  /** It may use columns of what stands before it in FROM. */
  readonly isLateral: boolean
  readonly sample?: { readonly start?: number }
}

/** A function that returns rows, which may always use columns of what stands before it. */
export interface TableFunction extends Aliased {
  readonly kind: 'function'
  readonly calls: readonly Expression[]
  readonly withOrdinality: boolean
}

export interface ValuesTable extends Aliased {
  readonly kind: 'values'
  readonly rows: readonly (readonly Expression[])[]
}

export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti'

export interface Join extends Located {
  readonly kind: 'join'
  readonly type: JoinType
  readonly left: From
  readonly right: From
  readonly condition:
    | { readonly kind: 'none' }
    | { readonly kind: 'on'; readonly expression: Expression }
    | { readonly kind: 'using'; readonly columns: readonly Name[] }
    | { readonly kind: 'natural' }
  /** The join itself has a name, which hides those inside. */
  readonly alias?: Name
}

export interface UnknownFrom extends Aliased {
  readonly kind: 'unknown'
  readonly what: string
  readonly inputs: readonly From[]
}

/** A query with what its dialect says about names. */
export interface Relational {
  readonly query: Query
  /** Where an output column's alias can stand for its expression, if no input column has the name; ORDER BY aside. */
  readonly aliases: 'everywhere' | 'group_by'
}

export type Expression =
  | ColumnRef
  | Literal
  | Parameter
  | Call
  | Operation
  | Cast
  | Case
  | Between
  | InList
  | Subquery
  | Tuple
  | Access
  | Lambda
  | UnknownExpression

export interface ColumnRef extends Located {
  readonly kind: 'column'
  /** `d`, `t.d`, `s.t.d`; a column may be followed by fields of a struct. */
  readonly parts: readonly Name[]
  /** What the engine takes the name for if there is no such column: `current_date`. */
  readonly otherwise?: FunctionTraits
}

export interface Literal extends Located {
  readonly kind: 'literal'
  readonly type: 'null' | 'boolean' | 'number' | 'string' | 'other'
  /** The value as text; numbers as written by the parser. */
  readonly value: string
}

export interface Parameter extends Located {
  readonly kind: 'parameter'
}

/** What a function does with rows. `set` returns rows itself; `unknown` is none of the engine's own. */
export type FunctionKind = 'scalar' | 'aggregate' | 'window' | 'set' | 'unknown'

/** What besides its arguments decides a function's result. */
export type FunctionSource = 'arguments' | 'clock' | 'random' | 'session' | 'unknown'

export interface FunctionTraits {
  readonly kind: FunctionKind
  readonly source: FunctionSource
  /** Of aggregates and window functions: the result depends on the order of rows. */
  readonly isOrdered: boolean
}

/** A function call. Aggregates over a window are calls with `over`. */
export interface Call extends Located {
  readonly kind: 'call'
  /** Lower case, with schema if one is written. */
  readonly name: string
  readonly traits: FunctionTraits
  readonly arguments: readonly Expression[]
  readonly isDistinct: boolean
  readonly filter?: Expression
  /** ORDER BY within the call, WITHIN GROUP included. */
  readonly orderBy: readonly Ordering[]
  readonly over?: Window
}

export interface Window {
  readonly partitionBy: readonly Expression[]
  readonly orderBy: readonly Ordering[]
  readonly frame: Frame
}

export interface Frame {
  readonly unit: 'rows' | 'range' | 'groups'
  readonly from: FrameBound
  readonly to: FrameBound
  /** EXCLUDE is more than the rows between the bounds. */
  readonly hasExclusion: boolean
}

export type FrameBound =
  | { readonly kind: 'unbounded'; readonly side: 'preceding' | 'following' }
  | { readonly kind: 'current' }
  | {
      readonly kind: 'offset'
      readonly side: 'preceding' | 'following'
      readonly expression: Expression
    }

/** Operators, comparisons and connectives: `and`, `or`, `not`, `=`, `<>`, `<`, `+`, `is null`, `is distinct from`, … */
export interface Operation extends Located {
  readonly kind: 'operation'
  readonly operator: string
  readonly operands: readonly Expression[]
}

export interface Cast extends Located {
  readonly kind: 'cast'
  /** The type's name in lower case, as `date`, `timestamp`, `timestamptz` where it is one of them. */
  readonly type: string
  readonly isTry: boolean
  readonly expression: Expression
}

export interface Case extends Located {
  readonly kind: 'case'
  readonly operand?: Expression
  readonly branches: readonly { readonly when: Expression; readonly then: Expression }[]
  readonly otherwise?: Expression
}

export interface Between extends Located {
  readonly kind: 'between'
  readonly isNegated: boolean
  readonly expression: Expression
  readonly low: Expression
  readonly high: Expression
}

export interface InList extends Located {
  readonly kind: 'in'
  readonly isNegated: boolean
  readonly expression: Expression
  readonly list: readonly Expression[]
}

/** `(select …)`, `exists (select …)`, `x in (select …)`, `x > any (select …)`, `array(select …)`. NOT is an operation around it, but for NOT IN
 * where the engine keeps it in one node. */
export interface Subquery extends Located {
  readonly kind: 'subquery'
  readonly form: 'scalar' | 'exists' | 'in' | 'any' | 'all' | 'array'
  readonly operand?: Expression
  /** Of `any` and `all`. */
  readonly operator?: string
  readonly query: Query
}

/** `(a, b)` and `row(a, b)`. */
export interface Tuple extends Located {
  readonly kind: 'tuple'
  readonly items: readonly Expression[]
}

/** A field, element or slice of a value. */
export interface Access extends Located {
  readonly kind: 'access'
  readonly base: Expression
  readonly field?: Name
  readonly indexes: readonly Expression[]
}

/** A lambda, whose parameters hide columns. */
export interface Lambda extends Located {
  readonly kind: 'lambda'
  readonly parameters: readonly Name[]
  readonly body: Expression
}

export interface UnknownExpression extends UnknownNode {
  /** What could be read of its insides. */
  readonly parts: readonly Expression[]
}
