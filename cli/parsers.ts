import { SluiceError } from '../core/diagnostics/diagnostic.ts'
import { didYouMean } from '../core/diagnostics/suggest.ts'
import type { SqlParser } from '../core/sql/parser.ts'

/** The parser of a dialect: the engine's own where there is one. */
export async function parserOf(dialect: string): Promise<SqlParser> {
  switch (dialect) {
    case 'duckdb':
      return (await import('../adapters/duckdb/parser.ts')).createDuckdbParser()
    case 'postgres':
    case 'postgresql':
      return (await import('../adapters/postgres/parser.ts')).createPostgresParser()
    default: {
      const { createPortableParser, portableDialects } = await import('../adapters/portable/parser.ts')
      const portable = portableDialects.find((each) => each === dialect)
      if (portable !== undefined) return createPortableParser(portable)
      const known = ['duckdb', 'postgres', ...portableDialects]
      throw SluiceError.of('SL908', {
        message: `there is no parser for the dialect \`${dialect}\``,
        hint: didYouMean(dialect, known) ?? `there are ${known.join(', ')}`,
      })
    }
  }
}
