import { type ExitCode, exitCodes } from './exit.ts'

export interface Interrupts {
  readonly signal: AbortSignal
  /** The exit code that the first signal asks for, or undefined if none came. */
  exitCode(): ExitCode | undefined
}

const codes = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const
type Interrupt = keyof typeof codes

/** Turns the first SIGINT or SIGTERM into an abort, so that statements are canceled and transactions rolled back. A second
 * one ends the process at once. */
export function watchInterrupts(beforeHardExit: () => void): Interrupts {
  const controller = new AbortController()
  let code: ExitCode | undefined
  const onInterrupt = (interrupt: Interrupt) => {
    if (code !== undefined) {
      beforeHardExit()
      process.exit(codes[interrupt])
    }
    code = codes[interrupt]
    controller.abort(new Error(`interrupted by ${interrupt}`))
  }
  for (const interrupt of Object.keys(codes) as Interrupt[]) process.on(interrupt, onInterrupt)
  return { signal: controller.signal, exitCode: () => code }
}
