import type { Place } from '../diagnostics/diagnostic.ts'

/** Where an offset of final SQL was written. */
export interface WrittenAt {
  readonly place: Place
  /** Macro call sites, innermost first. */
  readonly via: readonly Place[]
  readonly frame?: string
}

/** SQL as it is sent to the engine: physical names, literals for symbols. */
export interface FinalSql {
  readonly text: string
  /** Maps a UTF-16 offset of `text` to the file and line that a person wrote. */
  locate(offset: number): Promise<WrittenAt | undefined>
}
