import type { Code } from '../../core/diagnostics/catalogue.ts'
import { type DiagnosticFields, SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { Address } from './address.ts'
import { endsConnection, isServerError, nodeCode, socketMessage } from './explain.ts'

/** Why a connection could not be made, as an error for the user. The password stands neither in it nor in its cause. */
export function refusal(error: unknown, address: Address, role: string | undefined): unknown {
  if (error instanceof SluiceError) return error
  const said = error instanceof Error ? address.redact(socketMessage(error)) : ''
  const found = isServerError(error)
    ? serverRefusal(error.code, said, address, role)
    : localRefusal(error, said, address)
  if (found === undefined) return error
  return SluiceError.of(found.code, found.fields, { cause: redacted(error, address) })
}

interface Refusal {
  readonly code: Code
  readonly fields: DiagnosticFields
}

function serverRefusal(
  sqlstate: string,
  said: string,
  address: Address,
  role: string | undefined,
): Refusal | undefined {
  const { label, user, database, host, port } = address
  const refused = (code: Code, message: string, hint: string, next?: string): Refusal => ({
    code,
    fields: { message, hint, ...(next === undefined ? {} : { next }) },
  })
  if (sqlstate === '28P01' || (sqlstate === '28000' && !said.includes('pg_hba.conf'))) {
    return refused(
      'SL531',
      `${label} does not accept the login of user "${user}": ${said}.`,
      'Check user and password in the target’s url, or the variables that it is made of.',
      `psql -h ${host} -p ${port} -U ${user} ${database}`,
    )
  }
  if (sqlstate === '28000') {
    const isPlain = /no encryption|SSL off/.test(said)
    return isPlain
      ? refused(
          'SL536',
          `${label} accepts encrypted connections only: ${said}.`,
          'Add ?sslmode=require to the target’s url.',
        )
      : refused(
          'SL531',
          `${label} does not accept the login of user "${user}" from here: ${said}.`,
          'The server’s pg_hba.conf must allow this user, database and address.',
        )
  }
  if (sqlstate === '3D000') {
    return refused(
      'SL532',
      `There is no database "${database}" on ${host}:${port}.`,
      'Create it, or correct the name at the end of the target’s url.',
      `createdb -h ${host} -p ${port} -U ${user} ${database}`,
    )
  }
  if (sqlstate === '53300') {
    return refused(
      'SL533',
      `${label} has no free connection: ${said}.`,
      'Run with fewer --threads, end idle clients, or raise max_connections on the server.',
    )
  }
  if (sqlstate === '57P03') {
    return refused(
      'SL540',
      `${label} is not ready: ${said}.`,
      'The server is starting, stopping or recovering: try again in a moment.',
    )
  }
  const isRole = said.includes('"role"') || said.startsWith('role "') || sqlstate === '42501'
  if (role !== undefined && isRole) return roleRefusal(role, said, address)
  if (sqlstate === '08P01' || sqlstate === '22023' || sqlstate === '42704') {
    return refused(
      'SL539',
      `${label} does not accept the settings of a session: ${said}.`,
      'A connection pooler between Sluice and the server must pass startup options on, in session mode; or use the server’s own address.',
    )
  }
  return refused('SL544', `${label} refused the connection: ${said}.`, 'The server’s log may tell more.')
}

function roleRefusal(role: string, said: string, address: Address): Refusal {
  return {
    code: 'SL537',
    fields: {
      message: `User "${address.user}" cannot act as role "${role}" on ${address.label}: ${said}.`,
      hint: `Create the role, or let an administrator run: GRANT "${role}" TO "${address.user}";`,
    },
  }
}

function localRefusal(error: unknown, said: string, address: Address): Refusal | undefined {
  const { label, host, port } = address
  if (/does not support SSL/.test(said)) {
    return {
      code: 'SL536',
      fields: {
        message: `${label} does not offer encrypted connections, but the target’s url demands one.`,
        hint: 'Switch SSL on at the server, or, inside a trusted network, remove sslmode from the url.',
      },
    }
  }
  if (isCertificateError(error, said)) {
    return {
      code: 'SL536',
      fields: {
        message: `The certificate of ${label} is not accepted: ${said}.`,
        hint: 'Name the authority that signed it with ?sslrootcert=FILE in the target’s url.',
      },
    }
  }
  if (/password must be a string|password authentication/i.test(said)) {
    return {
      code: 'SL531',
      fields: {
        message: `${label} asks for a password, and the url of the target has none.`,
        hint: 'Put it into the url from a variable, as in postgres://me:${PGPASSWORD}@host/db, or set PGPASSWORD.',
      },
    }
  }
  if (!endsConnection(error)) return undefined
  const why = nodeCode(error) === undefined && said.startsWith('timeout') ? 'it did not answer in time' : said
  return {
    code: 'SL530',
    fields: {
      message: `${label} cannot be reached: ${why}.`,
      hint: 'Check host and port in the target’s url, and that the server runs and is reachable from here.',
      next: `pg_isready -h ${host} -p ${port}`,
    },
  }
}

/** Node's names of TLS errors: `SELF_SIGNED_CERT_IN_CHAIN`, `UNABLE_TO_VERIFY_LEAF_SIGNATURE`, `ERR_TLS_…`. */
function isCertificateError(error: unknown, said: string): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /CERT|VERIFY|^ERR_TLS|^ERR_SSL|^EPROTO/.test(code) || /certificate/.test(said)
}

/** The cause without the password, which a server or proxy may have repeated. */
function redacted(error: unknown, address: Address): unknown {
  if (!(error instanceof Error)) return error
  const message = socketMessage(error)
  if (address.redact(message) === message) return error
  const clean = new Error(address.redact(message))
  return 'code' in error ? Object.assign(clean, { code: error.code }) : clean
}
