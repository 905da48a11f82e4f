import type { ColumnSource, Role, RowRole, Unresolved, ValueRole } from './lineage.ts'

/** One column of a relation that something depends on. */
interface Entry {
  readonly relation: string
  readonly column: string
  readonly fields: readonly string[]
  /** Roles as bits: the two lowest are the value role, each other bit is a row role. */
  readonly roles: number
}

/** Columns that something depends on, by identity, fields included. */
export type Flow = ReadonlyMap<string, Entry>

/** What something depends on, and what about that is not known. */
export interface Origin {
  readonly flow: Flow
  readonly issues: ReadonlySet<Unresolved>
}

const valueRoles = ['copied', 'transformed', 'aggregated'] as const
const rowRoles = ['filter', 'join', 'group', 'order'] as const
const VALUE = 3

/** Roles as bits, for what holds very many of them. */
export function bitsOf(role: Role): number {
  const value = valueRoles.indexOf(role as ValueRole)
  return value >= 0 ? value + 1 : 4 << rowRoles.indexOf(role as RowRole)
}

/** The roles that are listed for bits: a value role alone, or each row role. */
export function rolesOf(bits: number): readonly Role[] {
  const value = bits & VALUE
  return value > 0 ? [valueRoles[value - 1]!] : rowRoles.filter((_, index) => (bits & (4 << index)) !== 0)
}

/** Both bits: the greater value role, all row roles. */
export function mergedBits(a: number, b: number): number {
  return Math.max(a & VALUE, b & VALUE) | ((a | b) & ~VALUE)
}

/** What a source with `inner` roles is to something that depends in `outer` roles on what has them. */
export function composedBits(outer: number, inner: number): number {
  const rows = outer & ~VALUE
  if ((outer & VALUE) === 0) return rows
  const value = (inner & VALUE) === 0 ? 0 : Math.max(outer & VALUE, inner & VALUE)
  return rows | value | (inner & ~VALUE)
}

export const nothing: Origin = { flow: new Map(), issues: new Set() }

/** A column of a relation as it is. */
export function copyOf(relation: string, column: string): Origin {
  const entry: Entry = { relation, column, fields: [], roles: bitsOf('copied') }
  return { flow: new Map([[keyOf(entry), entry]]), issues: nothing.issues }
}

/** Nothing that is known, and why. */
export function unresolved(reason: string, start?: number): Origin {
  return { flow: nothing.flow, issues: new Set([{ reason, ...(start === undefined ? {} : { start }) }]) }
}

/** All of several. */
export function union(origins: Iterable<Origin>): Origin {
  const found: Origin[] = []
  for (const each of origins) if (each.flow.size > 0 || each.issues.size > 0) found.push(each)
  if (found.length < 2) return found[0] ?? nothing
  const flow = new Map<string, Entry>()
  const issues = new Set<Unresolved>()
  for (const each of found) {
    for (const [key, entry] of each.flow) {
      const before = flow.get(key)
      const roles = before === undefined ? entry.roles : mergedBits(before.roles, entry.roles)
      flow.set(key, before?.roles === roles ? before : { ...entry, roles })
    }
    for (const issue of each.issues) issues.add(issue)
  }
  return { flow, issues }
}

/** What a value depends on that is made of one with this origin. */
export function valued(origin: Origin, role: ValueRole): Origin {
  if (role === 'copied') return origin
  return mapped(origin, (entry) => ({ ...entry, roles: composedBits(bitsOf(role), entry.roles) }))
}

/** What rows depend on that something with this origin decides. */
export function deciding(origin: Origin, role: RowRole): Origin {
  return mapped(origin, (entry) => ({ ...entry, fields: [], roles: bitsOf(role) }))
}

/** Fields of a value with this origin. */
export function withFields(origin: Origin, fields: readonly string[]): Origin {
  if (fields.length === 0) return origin
  return mapped(origin, (entry) =>
    (entry.roles & VALUE) === bitsOf('copied') ? { ...entry, fields: [...entry.fields, ...fields] } : entry,
  )
}

export function withIssue(origin: Origin, issue: Unresolved): Origin {
  return { flow: origin.flow, issues: new Set([...origin.issues, issue]) }
}

/** Whether two origins name the same columns in the same roles. */
export function sameFlow(a: Flow, b: Flow): boolean {
  if (a.size !== b.size) return false
  for (const [key, { roles }] of a) if (b.get(key)?.roles !== roles) return false
  return true
}

/** As it is shown: one value role for a column, or each of its row roles; sorted. */
export function sourcesOf({ flow }: Pick<Origin, 'flow'>): readonly ColumnSource[] {
  const byColumn = new Map<string, Entry & { readonly isPart: boolean }>()
  for (const entry of flow.values()) {
    const key = `${entry.relation}\0${entry.column}`
    const before = byColumn.get(key)
    const isPart = entry.fields.length > 0
    if (before === undefined) {
      byColumn.set(key, { ...entry, isPart })
      continue
    }
    const isSame = before.isPart && isPart && before.fields.join('\0') === entry.fields.join('\0')
    byColumn.set(key, {
      ...entry,
      roles: mergedBits(before.roles, entry.roles),
      fields: isSame ? before.fields : [],
      isPart: isSame,
    })
  }
  return [...byColumn.values()]
    .sort((a, b) => byText(a.relation, b.relation) || byText(a.column, b.column))
    .flatMap(({ relation, column, roles, fields }) =>
      rolesOf(roles).map((role) => ({ relation, column, role, ...(fields.length > 0 ? { fields } : {}) })),
    )
}

/** By code units, so that the order is the same on every machine. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function keyOf({ relation, column, fields }: Omit<Entry, 'roles'>): string {
  return [relation, column, ...fields].join('\0')
}

function mapped({ flow, issues }: Origin, change: (entry: Entry) => Entry): Origin {
  if (flow.size === 0) return { flow, issues }
  const result = new Map<string, Entry>()
  for (const entry of flow.values()) {
    const changed = change(entry)
    if (changed.roles === 0) continue
    const key = keyOf(changed)
    const before = result.get(key)
    const roles = before === undefined ? changed.roles : mergedBits(before.roles, changed.roles)
    result.set(key, { ...changed, roles })
  }
  return { flow: result, issues }
}
