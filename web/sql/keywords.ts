/** Words that are printed as keywords: those of queries in DuckDB and Postgres, without types and functions. */
const keywords = new Set(
  `all analyze and anti any array as asc asof at between both by case cast collate cross cube current_date
  current_time current_timestamp cube date default delete desc distinct else end escape except exclude exists
  extract false fetch filter first following for from full group grouping having ilike in inner insert intersect
  interval into is isnull join last lateral leading left like limit materialized merge minus natural not notnull
  null nulls offset on only or order outer over overlaps partition pivot positional preceding qualify range
  recursive replace returning right rollup row rows sample select semi set sets similar some summarize symmetric table
  tablesample then ties time timestamp timestamptz to trailing true try_cast unbounded union unpivot update using
  values when where window with within without`.split(/\s+/),
)

const longest = Math.max(...[...keywords].map((word) => word.length))

export function isKeyword(word: string): boolean {
  return word.length <= longest && keywords.has(word.toLowerCase())
}
