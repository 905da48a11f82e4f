import type { ExitCode } from './exit.ts'
import type { OptionName, Options } from './options/definitions.ts'
import type { Terminal } from './terminal/terminal.ts'

/** One use of a command: what was typed, and the world around it. */
export interface Invocation<Format extends string = string> {
  /** The command's name. */
  readonly command: string
  readonly arguments: readonly string[]
  readonly options: Options
  /** The format to print in, one of the command's own. */
  readonly format: Format
  readonly terminal: Terminal
  /** Aborts on Ctrl-C and SIGTERM; only for commands that say that they clean up. */
  readonly signal: AbortSignal
  readonly workingDirectory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly standardInput: () => Promise<string>
  /** UTC milliseconds: the clock, or what `--now` says. */
  readonly now: () => number
}

export type Handler = (invocation: Invocation) => Promise<ExitCode>

/** A command as data: the parser, the help and docs/cli.md are made from it. */
export interface CommandDefinition {
  readonly name: string
  readonly summary: string
  /** A paragraph for the help of the command, Markdown without headings. */
  readonly description: string
  /** As commander reads it: `<model>`, `[dir]`, `<files...>`. */
  readonly arguments: readonly { readonly syntax: string; readonly summary: string }[]
  /** Its options beside the global ones. */
  readonly options: readonly OptionName[]
  /** Values of `--output`; the first is the default. */
  readonly formats: readonly string[]
  readonly examples: readonly string[]
  /** True if it ends well by itself when `signal` aborts. Others are simply ended. */
  readonly cleansUp?: boolean
  readonly load: () => Promise<Handler>
}
