import type { Expression, Name } from '../sql/relational/ir.ts'
import type { Merged, Resolution } from '../sql/relational/scope.ts'
import { childrenOf } from '../sql/relational/walk.ts'
import { type FloorUnit, flooredBy } from './floors.ts'

/** An expression over columns, known by what it computes: two terms with one id have one value in every row. */
export interface Term {
  readonly id: string
  /** Ids of the relations whose columns it takes. */
  readonly relations: ReadonlySet<number>
  readonly floor?: { readonly unit: FloorUnit; readonly of: Term }
}

/** The term of an expression; undefined where it holds a subquery, an aggregate, a bound of the window or something unknown. */
export function termOf(
  expression: Expression,
  resolve: (parts: readonly Name[]) => Term | undefined,
  isSymbol: (expression: Expression) => boolean,
): Term | undefined {
  if (isSymbol(expression)) return undefined
  if (expression.kind === 'column') return resolve(expression.parts)
  const head = headOf(expression)
  if (head === undefined) return undefined
  const parts = childrenOf(expression)
  const children: Term[] = []
  for (const part of parts) {
    const child = termOf(part, resolve, isSymbol)
    if (child === undefined) return undefined
    children.push(child)
  }
  const floored = flooredBy(expression)
  const inner = floored === undefined ? undefined : children[parts.indexOf(floored.of)]
  return {
    id: `${head}(${children.map((child) => child.id).join(',')})`,
    relations: relationsOf(children),
    ...(floored === undefined || inner === undefined ? {} : { floor: { unit: floored.unit, of: inner } }),
  }
}

function relationsOf(children: readonly Term[]): ReadonlySet<number> {
  if (children.length === 1) return children[0]!.relations
  return new Set(children.flatMap((child) => [...child.relations]))
}

/** What an expression does with its children; undefined for what is no function of one row's columns. */
function headOf(expression: Expression): string | undefined {
  switch (expression.kind) {
    case 'literal':
      return JSON.stringify([expression.type, expression.value])
    case 'operation':
      return JSON.stringify(['op', expression.operator])
    case 'cast':
      return JSON.stringify(['cast', expression.type, expression.isTry])
    case 'call': {
      const { traits, over } = expression
      const isPlain = traits.kind === 'scalar' && traits.source === 'arguments' && over === undefined
      return isPlain ? JSON.stringify(['call', expression.name]) : undefined
    }
    case 'case': {
      const { operand, branches, otherwise } = expression
      return JSON.stringify(['case', operand !== undefined, branches.length, otherwise !== undefined])
    }
    case 'between':
      return JSON.stringify(['between', expression.isNegated])
    case 'in':
      return JSON.stringify(['in', expression.isNegated])
    case 'tuple':
      return JSON.stringify(['tuple'])
    case 'access':
      return JSON.stringify(['access', expression.field?.key ?? null, expression.indexes.length])
    case 'column':
    case 'parameter':
    case 'subquery':
    case 'lambda':
    case 'columns':
    case 'row':
    case 'ordinal':
    case 'unknown':
      return undefined
    default:
      return expression satisfies never
  }
}

/** The term of a resolved column. */
export function termOfColumn(resolution: Resolution): Term | undefined {
  switch (resolution.kind) {
    case 'column':
      return withFields(columnTerm(resolution.relation.id, resolution.name), resolution.fields)
    case 'merged': {
      const merged = mergedTerm(resolution.merged)
      return merged && withFields(merged, resolution.fields)
    }
    case 'open': {
      const { scope, name, fields } = resolution
      const relations = new Set(scope.relations.map((each) => each.id))
      const id = `open.${[...relations].join('.')}.${JSON.stringify(name)}`
      return withFields({ id, relations }, fields)
    }
    case 'none':
      return undefined
    default:
      return resolution satisfies never
  }
}

export function columnTerm(relation: number, name: string): Term {
  return { id: `${relation}.${JSON.stringify(name)}`, relations: new Set([relation]) }
}

/** `coalesce(left, right)`, as FULL JOIN … USING gives it. */
export function coalesced(left: Term, right: Term): Term {
  return {
    id: `${JSON.stringify(['op', 'coalesce'])}(${left.id},${right.id})`,
    relations: new Set([...left.relations, ...right.relations]),
  }
}

function mergedTerm({ type, left, right }: Merged): Term | undefined {
  const [first, second] = [termOfColumn(left), termOfColumn(right)]
  if (first === undefined || second === undefined) return undefined
  if (type === 'full') return coalesced(first, second)
  return type === 'right' ? second : first
}

function withFields(term: Term, fields: readonly string[]): Term {
  return fields.reduce<Term>(
    (inner, field) => ({
      id: `${JSON.stringify(['access', field, 0])}(${inner.id})`,
      relations: inner.relations,
    }),
    term,
  )
}
