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
  /** Each sees only those before it, and a recursive one itself: what WITH RECURSIVE names later is put first. */
  readonly with: readonly Cte[]
  /** WITH RECURSIVE is written, whether or not one of them is. */
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

export type QueryBody = Select | SetOperation | Recursion | Values | NestedQuery | UnknownNode

/** A query in parentheses with clauses of its own below those of another. */
export interface NestedQuery extends Located {
  readonly kind: 'nested'
  readonly query: Query
}

export interface Values extends Located {
  readonly kind: 'values'
  readonly rows: readonly (readonly Expression[])[]
  /** What the engine calls the columns. */
  readonly columns: readonly Name[]
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

/** The body of a recursive CTE. In `step` the CTE's name is the rows that the step before made, and `recurring.name` all of them. */
export interface Recursion extends Located {
  readonly kind: 'recursion'
  readonly isAll: boolean
  readonly anchor: Query
  readonly step: Query
  /** USING KEY: a row replaces an earlier one with the same values of these. */
  readonly keys: readonly Expression[]
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
  /** `unnest(…)`, which makes a column for each field of a struct, whatever its alias. */
  readonly mayBeSeveral?: true
  /** The output column's name: the alias, or what the engine makes of the expression where its syntax tells that. */
  readonly name?: Name
}

/** `*` or `t.*`, which is all fields of the struct `t` if no relation has that name. */
export interface Star extends Located {
  readonly kind: 'star'
  readonly relation?: readonly Name[]
  readonly excluded: readonly ExcludedColumn[]
  readonly replaced: readonly { readonly name: Name; readonly expression: Expression }[]
  readonly renamed: readonly { readonly from: Name; readonly to: Name; readonly relation?: Name }[]
  /** Only these of its columns: `* LIKE 'a%'`, `COLUMNS('a.*')`. See `isChosen` of `column-choice.ts`. */
  readonly chosen?: ColumnChoice
}

/** `EXCLUDE (d)`, `EXCLUDE (t.d)`. */
export interface ExcludedColumn extends Name {
  readonly relation?: Name
}

/** Which columns are meant, by their names. */
export type ColumnChoice =
  /** A part of the name matches, as RE2 has it. */
  | { readonly kind: 'regexp'; readonly pattern: string }
  | { readonly kind: 'names'; readonly names: readonly Name[] }
  /** Where `condition` holds with the name, as a string, for the parameter. */
  | { readonly kind: 'lambda'; readonly parameter: Name; readonly condition: Expression }
  | { readonly kind: 'unknown'; readonly what: string }

/** `(expression).*`: the fields of a composite value. */
export interface Fields extends Located {
  readonly kind: 'fields'
  readonly expression: Expression
}

export type SelectItem = SelectExpression | Star | Fields | UnknownNode

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

export type From =
  | TableRef
  | Derived
  | TableFunction
  | ComputedTable
  | ValuesTable
  | Join
  | Pivot
  | Unpivot
  | UnknownFrom

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

/** Functions that return rows, side by side, which may always use columns of what stands before them. */
export interface TableFunction extends Aliased {
  readonly kind: 'function'
  /** More than one with ROWS FROM (…) and with `unnest(a, b)`, which is one call for each. */
  readonly calls: readonly Expression[]
  /** The last column counts the rows. */
  readonly withOrdinality: boolean
  /** Names of all columns, those of an alias aside, where the function tells them; with one call only. */
  readonly columns?: readonly Name[]
}

/** `JSON_TABLE(…)`, `XMLTABLE(…)`: rows that are made of values, which may use columns of what stands before it. */
export interface ComputedTable extends Aliased {
  readonly kind: 'computed'
  readonly what: string
  readonly expressions: readonly Expression[]
  readonly columns: readonly Name[]
}

export interface ValuesTable extends Aliased {
  readonly kind: 'values'
  readonly rows: readonly (readonly Expression[])[]
  /** What the engine calls the columns. */
  readonly columns: readonly Name[]
}

/**
 * `PIVOT`: one row for each value of the grouping columns. Its columns are those of `groups` (or else every column of `input` that neither `on`
 * nor an aggregate has), then `columns`.
 */
export interface Pivot extends Aliased {
  readonly kind: 'pivot'
  readonly input: From
  /** Expressions over the columns of `input` whose values become columns. */
  readonly on: readonly Expression[]
  readonly aggregates: readonly { readonly expression: Expression; readonly alias?: Name }[]
  /** Undefined if all that is left is meant. */
  readonly groups?: readonly Name[]
  /** The columns that it makes, each with the index of its aggregate. Undefined where values are not written in the text; a column without
   * a name has one that is not known. */
  readonly columns?: readonly { readonly name?: Name; readonly aggregate: number }[]
}

/**
 * `UNPIVOT`: one row for each entry. Its columns are those of `input` that no entry has, then `nameColumn`, then `valueColumns`. Without
 * INCLUDE NULLS it leaves out the rows in which all value columns are NULL.
 */
export interface Unpivot extends Aliased {
  readonly kind: 'unpivot'
  readonly input: From
  readonly nameColumn: Name
  readonly valueColumns: readonly Name[]
  readonly entries: readonly UnpivotEntry[]
  readonly includesNulls: boolean
}

export type UnpivotEntry =
  /** One expression for each value column: mostly columns of `input`. One with COLUMNS(…) within is an entry for each of them. */
  | { readonly kind: 'values'; readonly expressions: readonly Expression[] }
  /** Each column of the star is an entry of its own. */
  | { readonly kind: 'star'; readonly star: Star }

export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti'

export interface Join extends Located {
  readonly kind: 'join'
  readonly type: JoinType
  /** `asof`: the nearest row by the condition that is no equality (of USING the last column); `positional`: rows side by side. */
  readonly form: 'regular' | 'asof' | 'positional'
  readonly left: From
  readonly right: From
  readonly condition:
    | { readonly kind: 'none' }
    | { readonly kind: 'on'; readonly expression: Expression }
    | { readonly kind: 'using'; readonly columns: readonly Name[] }
    | { readonly kind: 'natural' }
  /** The join itself has a name, which hides those inside. */
  readonly alias?: Name
  /** With `alias`: names of its columns. */
  readonly columnAliases?: readonly Name[]
  /** `USING (…) AS x`: a further relation of the merged columns alone. */
  readonly usingAlias?: Name
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
  | Columns
  | WholeRow
  | OrdinalRef
  | UnknownExpression

export interface ColumnRef extends Located {
  readonly kind: 'column'
  /** `d`, `t.d`, `s.t.d`; a column may be followed by fields of a struct. */
  readonly parts: readonly Name[]
  /** A column of this name comes before a parameter of a lambda around it. */
  readonly isBeforeParameters?: true
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

/**
 * `COLUMNS(…)` within an expression, which stands for one expression with each column, or `*COLUMNS(…)` and a `*` among arguments, which stand
 * for a list of all. In ORDER BY a plain one is every output column (ORDER BY ALL).
 */
export interface Columns extends Located {
  readonly kind: 'columns'
  readonly star: Star
  readonly isUnpacked: boolean
}

/** `t.*` as a value; without a relation all of FROM. (A bare `t` is a column reference until names are resolved.) */
export interface WholeRow extends Located {
  readonly kind: 'row'
  readonly relation?: readonly Name[]
}

/** `#2`: the second column of FROM. */
export interface OrdinalRef extends Located {
  readonly kind: 'ordinal'
  /** From 1. */
  readonly index: number
}

export interface UnknownExpression extends UnknownNode {
  /** What could be read of its insides. */
  readonly parts: readonly Expression[]
}
