import type { Call, Expression, Ordering, Query } from '../sql/relational/ir.ts'
import type { Visitor } from '../sql/relational/walk.ts'

/** Something that gives other rows when more partitions run together, or when they run at another time. */
export interface Unsteady {
  readonly reason: string
  /** What it is where that is more than a matter of batches. */
  readonly source?: 'clock' | 'random'
  readonly start?: number
}

/** Collects into `found` what of a query the proof cannot stand anywhere, in the order in which it is met. */
export function unsteadyVisitor(found: Unsteady[]): Required<Omit<Visitor, 'item'>> {
  const add = (
    reason: string | undefined,
    { start }: { readonly start?: number },
    source?: Unsteady['source'],
  ): void => {
    if (reason === undefined) return
    found.push({
      reason,
      ...(start === undefined ? {} : { start }),
      ...(source === undefined ? {} : { source }),
    })
  }
  return {
    query(each) {
      if (each.limit !== undefined) add('LIMIT cuts the rows of all partitions together', each.limit)
      add(distinctReason(each), each.body)
      if (each.body.kind === 'select' && each.body.sample !== undefined) add(sample, each.body.sample)
    },
    from(from) {
      if ((from.kind === 'table' || from.kind === 'derived') && from.sample !== undefined) add(sample, from)
      return true
    },
    expression(expression) {
      add(expressionReason(expression), expression, sourceOf(expression))
      return true
    },
    unknown(node) {
      add(`${node.what} is not looked into`, node)
    },
  }
}

const sample = 'a sample is another one each time'

function expressionReason(expression: Expression): string | undefined {
  switch (expression.kind) {
    case 'call':
      return callReason(expression)
    case 'column':
      return expression.otherwise === undefined
        ? undefined
        : sourceReason(expression.parts[0]!.text, expression.otherwise.source)
    case 'cast': {
      const { type, expression: inner } = expression
      const isClock =
        /^(?:date|time)/.test(type) &&
        inner.kind === 'literal' &&
        clockWords.has(inner.value.trim().toLowerCase())
      return isClock ? `'${inner.value}' reads the clock` : undefined
    }
    case 'parameter':
      return 'a parameter has no value here'
    default:
      return undefined
  }
}

function sourceOf(expression: Expression): Unsteady['source'] {
  const source =
    expression.kind === 'call'
      ? expression.traits.source
      : expression.kind === 'column'
        ? expression.otherwise?.source
        : expression.kind === 'cast'
          ? 'clock'
          : undefined
  return source === 'clock' || source === 'random' ? source : undefined
}

/** Texts that Postgres takes for a time of the clock. */
export const clockWords: ReadonlySet<string> = new Set(['now', 'today', 'tomorrow', 'yesterday', 'allballs'])

function callReason(call: Call): string | undefined {
  const { traits, name } = call
  const source = sourceReason(`${name}()`, traits.source)
  if (source !== undefined) return source
  if (traits.kind === 'unknown') return `nothing is known of the function ${name}()`
  const isOrdered = call.over === undefined ? call.orderBy.length > 0 : isOverOrdered(call)
  if (isOrdered) return undefined
  if (traits.isOrdered && call.orderBy.length === 0) {
    return call.over === undefined
      ? `${name}() depends on the order of its rows and has no ORDER BY of its own`
      : `${name}() OVER depends on the order of its rows, which its ORDER BY leaves open`
  }
  const isCut = call.over !== undefined && call.over.frame.unit !== 'range'
  return isCut && !isWholeFrame(call)
    ? `the frame of ${name}() OVER depends on an order that is left open`
    : undefined
}

function isWholeFrame({ over }: Call): boolean {
  const { from, to } = over!.frame
  return from.kind === 'unbounded' && to.kind === 'unbounded'
}

function sourceReason(what: string, source: Call['traits']['source']): string | undefined {
  switch (source) {
    case 'arguments':
      return undefined
    case 'clock':
      return `${what} reads the clock`
    case 'random':
      return `${what} gives another result each time`
    case 'session':
      return `${what} depends on the session`
    case 'unknown':
      return `nothing is known of ${what}`
    default:
      return source satisfies never
  }
}

/** ORDER BY of a window tells rows of one partition apart only if it is about something else than the partition. */
function isOverOrdered({ over }: Call): boolean {
  return isFiner(over!.orderBy, over!.partitionBy)
}

function distinctReason({ body, orderBy }: Query): string | undefined {
  if (body.kind !== 'select' || body.distinct.kind !== 'on') return undefined
  return isFiner(orderBy, body.distinct.on)
    ? undefined
    : 'DISTINCT ON takes any row, as ORDER BY does not say which'
}

function isFiner(orderBy: readonly Ordering[], within: readonly Expression[]): boolean {
  const known = new Set(within.map(columnOf))
  return orderBy.some(({ expression }) => {
    if (expression.kind === 'literal') return false
    const column = columnOf(expression)
    return column === undefined || !known.has(column)
  })
}

function columnOf(expression: Expression): string | undefined {
  return expression.kind === 'column' ? expression.parts.at(-1)!.key : undefined
}
