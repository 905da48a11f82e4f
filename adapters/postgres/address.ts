import { SluiceError } from '../../core/diagnostics/diagnostic.ts'

/** Where a target's server is, and what may be said of it. */
export interface Address {
  /** For pg: the URL with the target's database and our session options. A secret. */
  readonly connectionString: string
  readonly host: string
  readonly port: string
  readonly database: string
  readonly user: string
  /** `postgres://host:5432/db`. */
  readonly label: string
  /** Replaces every secret of the URL by `***`. */
  redact(text: string): string
}

export interface AddressInput {
  readonly target: string
  readonly url: string
  readonly database?: string
  readonly settings: Readonly<Record<string, string>>
}

/** Reads a target's URL. The settings become startup options of the connection, to which DISCARD ALL returns.
 * @throws SluiceError SL538 if it is no Postgres URL; the error does not hold it */
export function readAddress(input: AddressInput): Address {
  const url = parseUrl(input)
  if (input.database !== undefined) url.pathname = `/${encodeURIComponent(input.database)}`
  const options = Object.entries(input.settings).map(([name, value]) => `-c ${name}=${escapeOption(value)}`)
  const given = url.searchParams.get('options')
  url.searchParams.set('options', [...(given === null ? [] : [given]), ...options].join(' '))
  // `sslmode=require` means what it means to libpq: encrypt, and verify only if a root certificate is named.
  if (url.searchParams.has('sslmode') && !url.searchParams.has('uselibpqcompat')) {
    url.searchParams.set('uselibpqcompat', 'true')
  }
  const host = decode(url.hostname) || url.searchParams.get('host') || 'localhost'
  const port = url.port || url.searchParams.get('port') || '5432'
  const user = decode(url.username) || url.searchParams.get('user') || ''
  const database = decode(url.pathname.slice(1)) || user
  const secrets = secretsOf(url)
  return {
    connectionString: url.href,
    host,
    port,
    database,
    user,
    label: `postgres://${host}:${port}/${database}`,
    redact: (text) => secrets.reduce((left, secret) => left.replaceAll(secret, '***'), text),
  }
}

function parseUrl(input: AddressInput): URL {
  const malformed = (why: string): SluiceError =>
    SluiceError.of('SL538', {
      message: `The URL of target "${input.target}" cannot be read: ${why}.`,
      hint: 'Write postgres://USER:PASSWORD@HOST:PORT/DATABASE; characters such as @ : / # % in a password must be percent-encoded.',
    })
  if (input.url.trim() === '') throw malformed('it is empty')
  if (!/^postgres(ql)?:\/\//.test(input.url)) throw malformed('it does not begin with postgres://')
  // Without a host (`postgres:///db?host=/run/postgresql`), WHATWG URLs accept the form but refuse user and port.
  if (!URL.canParse(input.url)) throw malformed('it is no valid URL')
  const url = new URL(input.url)
  try {
    for (const part of [url.username, url.password, url.hostname, url.pathname]) decodeURIComponent(part)
  } catch {
    throw malformed('a % is not followed by two hexadecimal digits')
  }
  return url
}

/** In startup options a blank separates and a backslash escapes. */
function escapeOption(value: string): string {
  return value.replace(/[\\\s]/g, (character) => `\\${character}`)
}

function decode(text: string): string {
  return decodeURIComponent(text)
}

function secretsOf(url: URL): readonly string[] {
  const passwords = [url.password, url.searchParams.get('password') ?? '']
  return [...new Set(passwords.flatMap((each) => [each, safeDecode(each)]))].filter((each) => each !== '')
}

function safeDecode(text: string): string {
  try {
    return decode(text)
  } catch {
    return text
  }
}
