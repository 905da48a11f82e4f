/** The proof does not go through here. Thrown within the proof only, which turns it into its answer. */
export class Refused extends Error {
  /** UTF-16 offset in the parsed text of what is in the way. */
  readonly start: number | undefined
  /** The model cannot run in batches whatever its author promises. */
  readonly isFinal: boolean

  constructor(reason: string, start?: number, isFinal = false) {
    super(reason)
    this.start = start
    this.isFinal = isFinal
  }
}
