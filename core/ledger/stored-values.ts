/** A column of the ledger that came with a version: NULL in a ledger that is older and was not upgraded yet. */
export function since(added: number, version: number, column: string, alias: string): string {
  return version >= added ? `${alias}.${column}` : `null as ${column}`
}

/** An instant of the ledger as UTC milliseconds. */
export function instantOf(value: unknown): number | undefined {
  return value instanceof Date ? value.getTime() : undefined
}

/** The value of a column of JSON. */
export function jsonOf(value: unknown): unknown {
  return typeof value === 'string' ? (JSON.parse(value) as unknown) : undefined
}

/** The property, if there is a value. */
export function optionalText<K extends string>(key: K, value: unknown): { readonly [P in K]?: string } {
  return value === null || value === undefined ? {} : ({ [key]: String(value) } as { [P in K]: string })
}

export function optionalNumber<K extends string>(key: K, value: unknown): { readonly [P in K]?: number } {
  return value === null || value === undefined ? {} : ({ [key]: Number(value) } as { [P in K]: number })
}
