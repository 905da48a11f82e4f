import type { WriteStream } from 'node:tty'
import pico from 'picocolors'
import type { Colors } from 'picocolors/types'

export type { Colors }

/** One stream to the user. */
export interface Output {
  readonly isTty: boolean
  readonly style: Colors
  /** Cells of a line now; undefined where lines have no end. */
  columns(): number | undefined
  rows(): number | undefined
  /** Never fails: what a closed pipe does not take is dropped. */
  write(text: string): void
  /** Calls the listener when the size changes; returns how to stop that. */
  onResize(listener: () => void): () => void
}

export interface Terminal {
  readonly out: Output
  readonly err: Output
}

export interface ColourWishes {
  /** False for `--no-color`. */
  readonly colour: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** The process's own streams. A reader that goes away (`sluice ls | head`) is not an error. */
export function processTerminal(wishes: ColourWishes): Terminal {
  return { out: output(process.stdout, wishes), err: output(process.stderr, wishes) }
}

/** https://no-color.org and https://force-color.org; a flag is stronger than either. */
export function usesColour(isTty: boolean, { colour, environment }: ColourWishes): boolean {
  if (!colour) return false
  const forced = environment.FORCE_COLOR
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  if (environment.NO_COLOR) return false
  return isTty && environment.TERM !== 'dumb'
}

let lost: NodeJS.ErrnoException | undefined

/** Why output of this process was lost (a full disk); a reader that went away wanted no more. */
export function lostOutput(): NodeJS.ErrnoException | undefined {
  return lost
}

function output(stream: NodeJS.WriteStream, wishes: ColourWishes): Output {
  let isClosed = false
  const fail = (error: NodeJS.ErrnoException) => {
    isClosed = true
    if (error.code !== 'EPIPE') lost ??= error
  }
  stream.on('error', fail)
  const isTty = stream.isTTY === true && wishes.environment.TERM !== 'dumb'
  return {
    isTty,
    style: pico.createColors(usesColour(isTty, wishes)),
    columns: () => (isTty ? (stream as WriteStream).columns : undefined),
    rows: () => (isTty ? (stream as WriteStream).rows : undefined),
    write(text) {
      if (isClosed) return
      try {
        stream.write(text)
      } catch (error) {
        fail(error as NodeJS.ErrnoException) // Files are written at once, and throw.
      }
    },
    onResize(listener) {
      stream.on('resize', listener)
      return () => stream.off('resize', listener)
    },
  }
}
