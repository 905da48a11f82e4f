import { resolve } from 'node:path'
import { BadValue } from '../options/option.ts'

/** Where OpenLineage events go. */
export type Destination =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'http'; readonly url: string }

/** Reads a value of `--openlineage`: an http or https address, else a file. */
export function asDestination(text: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase()
  if (text.trim() === '') throw new BadValue('must be a file or the address of a server')
  if (scheme === undefined) return text
  if (scheme !== 'http' && scheme !== 'https')
    throw new BadValue('must be a file, or an address that begins with http:// or https://')
  const url = URL.parse(text)
  if (url === null) throw new BadValue('is no address', 'for example http://localhost:5000')
  if (url.username !== '' || url.password !== '')
    throw new BadValue('must not hold a user or a password', 'give a token by OPENLINEAGE_API_KEY')
  return text
}

/** Where the clients of OpenLineage send events to, if an address has no path. */
const endpoint = 'api/v1/lineage'

export function destinationOf(text: string, workingDirectory: string): Destination {
  if (!/^https?:\/\//i.test(text)) return { kind: 'file', path: resolve(workingDirectory, text) }
  const url = new URL(text)
  if (url.pathname === '/') url.pathname = `/${endpoint}`
  return { kind: 'http', url: url.href }
}
