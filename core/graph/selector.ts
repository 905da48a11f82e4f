import { SluiceError } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'

export type Method = 'name' | 'tag' | 'path'

/** One selector: what it names, and how far upstream and downstream of that it reaches. */
export interface Selector {
  readonly method: Method
  readonly pattern: string
  /** Steps upstream; 0 for none, Infinity for all. */
  readonly upstream: number
  readonly downstream: number
  /** As the user wrote it. */
  readonly text: string
}

const methods: readonly Method[] = ['name', 'tag', 'path']

/** Reads one value of `--select` or `--exclude`: a union (spaces) of intersections (commas).
 * @throws SluiceError SL421 */
export function parseSelectors(text: string): readonly (readonly Selector[])[] {
  const unions = text.split(/\s+/).filter((each) => each !== '')
  if (unions.length === 0) throw unreadable(text, 'a selector is empty', 'Leave it out to select everything.')
  return unions.map((union) => union.split(',').map((each) => parseSelector(each, union)))
}

function parseSelector(text: string, within: string): Selector {
  const [, before, core = '', after] = /^(?:(\d*)\+)?(.*?)(?:\+(\d*))?$/.exec(text) ?? []
  const colon = core.indexOf(':')
  const method = colon === -1 ? 'name' : core.slice(0, colon)
  const pattern = colon === -1 ? core : core.slice(colon + 1)
  if (!isMethod(method)) {
    const hint = didYouMean(method, methods) ?? 'Methods are `tag:`, `path:` and `name:`.'
    throw unreadable(within, `there is no selector method \`${method}:\``, hint)
  }
  if (pattern === '' || pattern.includes('+')) {
    const hint = 'A selector is a name, tag:NAME or path:FOLDER, with + before or after it.'
    throw unreadable(within, `the selector "${text}" names nothing`, hint)
  }
  return { method, pattern, upstream: steps(before), downstream: steps(after), text }
}

function isMethod(text: string): text is Method {
  return methods.some((method) => method === text)
}

function steps(digits: string | undefined): number {
  if (digits === undefined) return 0
  return digits === '' ? Number.POSITIVE_INFINITY : Number(digits)
}

function unreadable(text: string, why: string, hint: string): SluiceError {
  const where = text.trim() === '' || why.includes(`"${text}"`) ? '' : ` (in "${text}")`
  return SluiceError.of('SL421', { message: `${why}${where}`, hint })
}
