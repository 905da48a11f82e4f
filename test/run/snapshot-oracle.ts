/** A row of the source; `at` is its time of change, in hours. */
export interface SourceRow {
  readonly id: number
  readonly name: string | null
  readonly city: string | null
  readonly at: number
}

export interface Version extends SourceRow {
  readonly from: number
  readonly to: number | null
  readonly isDeleted: boolean
}

/** What one interval showed, and the instant that it stands for, in hours. */
export interface Seen {
  readonly asOf: number
  readonly rows: readonly SourceRow[]
}

export type Deletes = 'ignore' | 'close' | 'new_row'

interface Open extends SourceRow {
  readonly from: number
  to: number | null
  isDeleted: boolean
}

/** The history by compared values of all intervals, oldest first: key by key, as one would do it by hand. */
export function byValues(
  seen: readonly Seen[],
  deletes: Deletes,
  isSame: (a: SourceRow, b: SourceRow) => boolean,
): readonly Version[] {
  return eachKey(seen, (id) => {
    const versions: Open[] = []
    for (const { asOf, rows } of seen) {
      const row = rows.find((each) => each.id === id)
      const current = currentOf(versions)
      if (row === undefined) remove(versions, current, asOf, deletes)
      else if (current === undefined || current.isDeleted || !isSame(current, row))
        begin(versions, current, row, asOf)
    }
    return versions
  })
}

/** The history by time of change where deletes are told. */
export function byTime(seen: readonly Seen[], deletes: 'close' | 'new_row'): readonly Version[] {
  return eachKey(seen, (id) => {
    const versions: Open[] = []
    for (const { asOf, rows } of seen) {
      const row = rows.find((each) => each.id === id)
      const current = currentOf(versions)
      if (row === undefined) {
        remove(versions, current, asOf, deletes)
        continue
      }
      const last = versions.at(-1)
      if (current === undefined) {
        begin(versions, undefined, row, last === undefined || row.at > last.to! ? row.at : asOf)
      } else if (current.isDeleted) begin(versions, current, row, row.at > current.from ? row.at : asOf)
      else if (row.at !== current.at) {
        if (row.at > current.from) begin(versions, current, row, row.at)
        else if (asOf > current.from) begin(versions, current, row, asOf)
      }
    }
    return versions
  })
}

/** Versions that carry their own time, by key and time; with the number of the interval that shows each first. */
export class Collected {
  readonly #known = new Map<string, { row: SourceRow; interval: number }>()

  show(rows: readonly SourceRow[], interval: number): void {
    for (const row of rows) {
      const key = `${row.id} ${row.at}`
      const known = this.#known.get(key)
      if (known === undefined || interval <= known.interval) this.#known.set(key, { row, interval })
    }
  }

  history(): readonly Version[] {
    const all = [...this.#known.values()].map(({ row }) => row).sort((a, b) => a.id - b.id || a.at - b.at)
    return all.map((row, index) => {
      const next = all[index + 1]
      return { ...row, from: row.at, to: next?.id === row.id ? next.at : null, isDeleted: false }
    })
  }
}

function eachKey(seen: readonly Seen[], historyOf: (id: number) => readonly Version[]): readonly Version[] {
  const ids = [...new Set(seen.flatMap(({ rows }) => rows.map(({ id }) => id)))].sort((a, b) => a - b)
  return ids.flatMap(historyOf)
}

function currentOf(versions: readonly Open[]): Open | undefined {
  const last = versions.at(-1)
  return last?.to === null ? last : undefined
}

function begin(versions: Open[], current: Open | undefined, row: SourceRow, from: number): void {
  if (current !== undefined) current.to = from
  versions.push({ ...row, from, to: null, isDeleted: false })
}

/** Nothing that is to begin later can have ended. */
function remove(versions: Open[], current: Open | undefined, asOf: number, deletes: Deletes): void {
  if (current === undefined || current.isDeleted || current.from >= asOf || deletes === 'ignore') return
  current.to = asOf
  if (deletes === 'new_row') versions.push({ ...current, from: asOf, to: null, isDeleted: true })
}
