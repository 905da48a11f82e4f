/** What a process tells its parent (see "Interfaces" in the design). */
export const exitCodes = {
  good: 0,
  /** Something failed or is blocked. */
  failed: 1,
  /** The project or the command line is wrong. */
  usage: 2,
  /** SIGINT and SIGTERM, after a clean cancel. */
  interrupted: 130,
  terminated: 143,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
