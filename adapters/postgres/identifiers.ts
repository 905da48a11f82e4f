import type { RelationName } from '../../core/adapter.ts'

/** An identifier in double quotes, exactly as given. */
export function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}

export function relation(name: RelationName): string {
  const parts =
    name.database === undefined ? [name.schema, name.name] : [name.database, name.schema, name.name]
  return parts.map(quote).join('.')
}

/** A role as GRANT names it; `public` means everybody. */
export function grantee(role: string): string {
  return role.toLowerCase() === 'public' ? 'public' : quote(role)
}

/** A temporary table of the session. */
export function stage(name: string): string {
  return `pg_temp.${quote(name)}`
}
