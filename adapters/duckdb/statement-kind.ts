import { dottedName, isToken, nextToken, type Token } from '../../core/sql/tokens.ts'
import { stringLiteral } from './literal.ts'

/** What a statement does to the session or the catalogue, as far as locks and cleaning up depend on it. */
export type StatementKind =
  /** Changes nothing that others can see: queries, and what concerns stages alone. */
  | { readonly kind: 'local' }
  | { readonly kind: 'write' }
  /** Creates, alters or drops something that outlives the session. */
  | { readonly kind: 'ddl' }
  /** Lets one transaction at a time go on under the name. */
  | { readonly kind: 'exclusive'; readonly name: string }
  /** Creates a stage. */
  | { readonly kind: 'stage'; readonly name: string }

/** Begins a statement that does nothing in the engine: the adapter takes a lock of this process for it. */
const EXCLUSIVE = '/* sluice: one transaction at a time */ select '

/** The statement whose kind is `exclusive`. */
export function exclusiveStatement(name: string): string {
  return `${EXCLUSIVE}${stringLiteral(name)}`
}

const local: StatementKind = { kind: 'local' }

/** Reads the first words only: statements come from the dialect and the ledger, and a model cannot begin with these. Whatever
 * is not known to be local counts as a write. */
export function statementKind(sql: string): StatementKind {
  if (sql.startsWith(EXCLUSIVE)) return { kind: 'exclusive', name: sql.slice(EXCLUSIVE.length) }
  const first = nextToken(sql)
  if (first === undefined || isToken(sql, first, 'select')) return local
  if (isToken(sql, first, 'create')) return createKind(sql, first)
  if (isToken(sql, first, 'drop')) return dropKind(sql, first)
  const alters = isToken(sql, first, 'alter') || isToken(sql, first, 'comment')
  return alters ? { kind: 'ddl' } : { kind: 'write' }
}

function createKind(sql: string, create: Token): StatementKind {
  let token = nextToken(sql, create.end)
  if (isToken(sql, token, 'or')) token = after(sql, after(sql, token))
  if (!isToken(sql, token, 'temp') && !isToken(sql, token, 'temporary')) return { kind: 'ddl' }
  const object = after(sql, token)
  const name = object === undefined ? undefined : dottedName(sql, object.end)
  return isToken(sql, object, 'table') && name !== undefined
    ? { kind: 'stage', name: name.parts.at(-1)! }
    : { kind: 'write' }
}

/** `drop table if exists temp.main."x"` drops a stage, which locks nothing. */
function dropKind(sql: string, drop: Token): StatementKind {
  let token = after(sql, after(sql, drop))
  if (isToken(sql, token, 'if')) token = after(sql, after(sql, token))
  const name = token === undefined ? undefined : dottedName(sql, token.start)
  return name?.parts.length === 3 && name.parts[0]?.toLowerCase() === 'temp' ? local : { kind: 'ddl' }
}

function after(sql: string, token: Token | undefined): Token | undefined {
  return token === undefined ? undefined : nextToken(sql, token.end)
}
