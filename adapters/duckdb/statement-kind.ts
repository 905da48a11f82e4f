import { dottedName, isToken, nextToken, type Token } from '../../core/sql/tokens.ts'

/** What a statement does to the session or the catalogue, as far as locks and cleaning up depend on it. */
export type StatementKind =
  | { readonly kind: 'plain' }
  /** Creates, alters or drops something that outlives the session. */
  | { readonly kind: 'ddl' }
  | { readonly kind: 'stage'; readonly name: string }

const plain: StatementKind = { kind: 'plain' }

/** Reads the first words only: statements come from the dialect and the ledger, and a model cannot begin with these. */
export function statementKind(sql: string): StatementKind {
  const first = nextToken(sql)
  if (first === undefined) return plain
  if (isToken(sql, first, 'create')) return createKind(sql, first)
  if (isToken(sql, first, 'drop')) return dropKind(sql, first)
  return isToken(sql, first, 'alter') || isToken(sql, first, 'comment') ? { kind: 'ddl' } : plain
}

function createKind(sql: string, create: Token): StatementKind {
  let token = nextToken(sql, create.end)
  if (isToken(sql, token, 'or')) token = after(sql, after(sql, token))
  if (!isToken(sql, token, 'temp') && !isToken(sql, token, 'temporary')) return { kind: 'ddl' }
  const object = after(sql, token)
  const name = object === undefined ? undefined : dottedName(sql, object.end)
  return isToken(sql, object, 'table') && name !== undefined
    ? { kind: 'stage', name: name.parts.at(-1)! }
    : plain
}

/** `drop table if exists temp.main."x"` drops a stage, which locks nothing. */
function dropKind(sql: string, drop: Token): StatementKind {
  let token = after(sql, after(sql, drop))
  if (isToken(sql, token, 'if')) token = after(sql, after(sql, token))
  const name = token === undefined ? undefined : dottedName(sql, token.start)
  return name?.parts.length === 3 && name.parts[0]?.toLowerCase() === 'temp' ? plain : { kind: 'ddl' }
}

function after(sql: string, token: Token | undefined): Token | undefined {
  return token === undefined ? undefined : nextToken(sql, token.end)
}
