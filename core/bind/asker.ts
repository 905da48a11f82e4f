import type { Column } from '../adapter.ts'
import { type ContentCache, contentKey } from '../cache/content-cache.ts'
import { type Diagnostic, diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import type { BindAnswer, Binder, BindQuery, Stub } from './binder.ts'

/** What may not be kept: it says something of the moment, not of the query. */
const PASSING: ReadonlySet<string> = new Set([
  'canceled',
  'conflict',
  'disconnected',
  'locked',
  'out_of_resources',
  'timeout',
  'unreachable',
])

export interface AskerOptions {
  readonly identity: string | undefined
  readonly open: () => Promise<Binder>
  readonly cache: ContentCache | undefined
}

/** Asks the cache, and for what that does not know the engine, which is opened for the first such question. */
export class Asker {
  /** Why the engine cannot be asked. */
  unreachable: Diagnostic | undefined
  private readonly options: AskerOptions
  private readonly digests = new WeakMap<readonly Column[], string>()
  private binder: Binder | undefined

  constructor(options: AskerOptions) {
    this.options = options
  }

  /** Answers in the order of the queries. Without an engine, what the cache does not know is out of reach. */
  async ask(queries: readonly BindQuery[]): Promise<readonly BindAnswer[]> {
    if (queries.length === 0) return []
    const identity = await this.identity()
    if (identity === undefined) return queries.map(() => NOBODY)
    const { cache } = this.options
    const keys = cache === undefined ? [] : queries.map((query) => this.keyOf(identity, query))
    const answers = keys.map((key) => readAnswer(cache?.get(key)))
    const missing = queries.flatMap((query, index) =>
      answers[index] === undefined ? [{ query, index }] : [],
    )
    const fresh = await this.bind(missing.map(({ query }) => query))
    for (const [at, { index }] of missing.entries()) {
      const answer = fresh[at]!
      answers[index] = answer
      if (answer !== NOBODY && !isPassing(answer)) cache?.set(keys[index]!, answer)
    }
    return answers as readonly BindAnswer[]
  }

  async close(): Promise<void> {
    await this.binder?.close()
    this.options.cache?.save()
  }

  private async identity(): Promise<string | undefined> {
    return this.options.identity ?? (await this.opened())?.identity
  }

  private async bind(queries: readonly BindQuery[]): Promise<readonly BindAnswer[]> {
    if (queries.length === 0) return []
    const binder = await this.opened()
    if (binder === undefined) return queries.map(() => NOBODY)
    try {
      return await binder.bind(queries)
    } catch (error) {
      this.unreachable = unreachable(error)
      return queries.map(() => NOBODY)
    }
  }

  private async opened(): Promise<Binder | undefined> {
    if (this.unreachable !== undefined) return undefined
    try {
      this.binder ??= await this.options.open()
      return this.binder
    } catch (error) {
      this.unreachable = unreachable(error)
      return undefined
    }
  }

  private keyOf(identity: string, { text, stubs, parameters }: BindQuery): string {
    const inputs = stubs.map((stub) => [stub.schema, stub.name, stub.kind, stub.key ?? 0, this.digest(stub)])
    return contentKey([identity, text, inputs, parameters ?? -1])
  }

  private digest({ columns }: Stub): string {
    const known = this.digests.get(columns)
    if (known !== undefined) return known
    const digest = contentKey(columns.map(({ name, type }) => [name, type]))
    this.digests.set(columns, digest)
    return digest
  }
}

/** There was nobody to ask: said once for all by `unreachable`. */
export const NOBODY: BindAnswer = { kind: 'out_of_reach', reason: 'the engine could not be asked' }

function isPassing(answer: BindAnswer): boolean {
  return answer.kind === 'failed' && PASSING.has(answer.error.kind)
}

/** A mistake of ours is thrown on; what keeps the engine from answering is not. */
function unreachable(error: unknown): Diagnostic {
  if (!(error instanceof SluiceError)) throw error
  const [first] = error.diagnostics
  if (first === undefined || first.code === 'SL376' || first.code === 'SL505')
    return first ?? diagnostic('SL375', { message: error.message })
  return diagnostic('SL375', {
    message: `the columns of models are not known: ${first.message}`,
    hint: `${first.hint ?? 'Start the server, or name another target.'} Or validate without types.`,
    next: 'sluice validate --no-bind',
  })
}

/** What came from a file may be anything. */
function readAnswer(value: unknown): BindAnswer | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined
  switch (value.kind) {
    case 'bound':
      return 'columns' in value && Array.isArray(value.columns) ? (value as BindAnswer) : undefined
    case 'parameters':
      return 'types' in value && Array.isArray(value.types) ? (value as BindAnswer) : undefined
    case 'failed':
      return 'error' in value && typeof value.error === 'object' ? (value as BindAnswer) : undefined
    case 'out_of_reach':
      return value as BindAnswer
    default:
      return undefined
  }
}
