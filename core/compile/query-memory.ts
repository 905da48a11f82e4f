import type { Finding } from '../batch/lint.ts'
import type { BatchAnswer } from '../batch/prove-model.ts'
import { type ContentCache, contentKey } from '../cache/content-cache.ts'
import type { ParsedQuery, ParseResult, SqlSyntaxError } from '../sql/parser.ts'
import type { Analysed } from './analyse.ts'

/** What the text of a query alone tells, without the trees that cost most of the time. */
export type QueryShape = Omit<ParsedQuery, 'normalized' | 'relational'>

export type ShapeResult =
  | { readonly ok: true; readonly query: QueryShape }
  | { readonly ok: false; readonly error: SqlSyntaxError }

/** What the tree of a query told, once it was known what its names mean and what the project says of them. */
export interface Judgement {
  readonly meaning: string
  /** Only of what has partitions. */
  readonly partitions?: { readonly answer: BatchAnswer; readonly findings: readonly Finding[] }
}

/** All that compiling needs of a query. */
export interface KnownQuery
  extends Omit<Analysed, 'firstReference' | 'batch'>,
    Pick<Judgement, 'partitions'> {
  readonly firstReference: readonly (readonly [name: string, offset: number])[]
}

/** Remembers what was understood of queries, from one process to the next, by everything that decides it. */
export class QueryMemory {
  private readonly cache: ContentCache | undefined
  private readonly dialect: string

  constructor(cache: ContentCache | undefined, dialect: string) {
    this.cache = cache
    this.dialect = dialect
  }

  shape(text: string): ShapeResult | undefined {
    return this.cache?.get(this.shapeKey(text)) as ShapeResult | undefined
  }

  rememberShape(text: string, result: ParseResult): void {
    this.cache?.set(this.shapeKey(text), shapeOf(result))
  }

  judgementKey(decisive: unknown): string {
    return contentKey(['judgement', this.dialect, decisive])
  }

  judgement(key: string): Judgement | undefined {
    return this.cache?.get(key) as Judgement | undefined
  }

  rememberJudgement(key: string, judgement: Judgement): void {
    this.cache?.set(key, judgement)
  }

  frameKey(decisive: unknown): string {
    return contentKey(['frame', this.dialect, decisive])
  }

  wholeKey(decisive: unknown): string {
    return contentKey(['query', this.dialect, decisive])
  }

  templateKey(decisive: unknown): string {
    return contentKey(['template', this.dialect, decisive])
  }

  /** The key of the query that a template renders to. */
  whole(key: string): string | undefined {
    const found = this.cache?.get(key)
    return typeof found === 'string' ? found : undefined
  }

  rememberWhole(key: string, whole: string): void {
    this.cache?.set(key, whole)
  }

  query(key: string): KnownQuery | undefined {
    return this.cache?.get(key) as KnownQuery | undefined
  }

  rememberQuery(key: string, known: KnownQuery): void {
    this.cache?.set(key, known)
  }

  /** Writes what is new. */
  save(): void {
    this.cache?.save()
  }

  private shapeKey(text: string): string {
    return contentKey(['shape', this.dialect, text])
  }
}

function shapeOf(result: ParseResult): ShapeResult {
  if (!result.ok) return result
  const { normalized: _, relational: __, ...query } = result.query
  return { ok: true, query }
}
