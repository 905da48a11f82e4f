import type { Dialect } from '../adapter.ts'
import { whereOf } from './conditions.ts'
import type { StatisticCheck } from './kinds.ts'

/**
 * The aggregate that a check measures, over the rows of the alias `r`. NULL where there is no value to measure; a sum of nothing is 0. The
 * sign is there for what text has no meaning for: of `'12'` and `'9'` it would be `'12'` that is the smallest.
 */
export function statisticSql(dialect: Dialect, check: StatisticCheck): string {
  const column = `r.${dialect.quote(check.column)}`
  const where = whereOf(check)
  const filtered = (aggregate: string, ...conditions: readonly string[]) => {
    const all = [...where, ...conditions]
    return all.length === 0 ? aggregate : `${aggregate} filter (where ${all.join(' and ')})`
  }
  switch (check.kind) {
    case 'null_share':
      return `${double(filtered('count(*)', `${column} is null`))} / nullif(${filtered('count(*)')}, 0)`
    case 'distinct_count':
      return filtered(`count(distinct ${column})`)
    case 'mean':
      return double(filtered(`avg(${column})`))
    case 'sum':
      return `coalesce(${double(filtered(`sum(${column})`))}, 0)`
    case 'minimum':
      return double(filtered(`min(+${column})`))
    case 'maximum':
      return double(filtered(`max(+${column})`))
    case 'quantile':
      // Of decimals DuckDB would round it to as many digits as they have.
      return filtered(`percentile_cont(${check.q}) within group (order by ${double(`+${column}`)})`)
    default:
      throw new Error(`unknown statistic ${check satisfies never}`)
  }
}

function double(expression: string): string {
  return `cast(${expression} as double precision)`
}
