import type { RelationName } from '../../core/adapter.ts'

export function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}

export function relation(name: RelationName): string {
  const parts =
    name.database === undefined ? [name.schema, name.name] : [name.database, name.schema, name.name]
  return parts.map(quote).join('.')
}

/** Stages are temporary tables: three parts, because a schema named `temp` would make two parts ambiguous. */
export function stage(name: string): string {
  return `temp.main.${quote(name)}`
}

/** DuckDB looks names up without regard to the case of ASCII letters, quoted or not; other letters differ by case. */
export function fold(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
