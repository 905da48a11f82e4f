import type { Site } from './site.ts'

/** What the killed processes were doing, by what the ledger said right after. */
export type Caught =
  | 'before_the_run'
  | 'between_tasks'
  | 'one_publishing'
  | 'several_publishing'
  | 'after_the_run'

export interface Figures {
  readonly engine: string
  readonly seed: number
  /** Processes that SIGKILL ended. */
  kills: number
  /** Processes that SIGINT or SIGTERM reached. */
  interrupts: number
  /** Processes that ended before their signal. */
  escaped: number
  reruns: number
  /** Looks at the database in the middle of a run. */
  looks: number
  /** Databases that were begun. */
  lives: number
  readonly actions: Record<string, number>
  /** Kills by the state in which they left the ledger. */
  readonly caught: Record<string, number>
  /** Kills by how far the process was into the time of a whole run, in tenths. */
  readonly instants: number[]
  /** Runs that the ledger called crashed in the end. */
  crashed: number
  wrong: number
}

/** What went wrong, and how to see it again. */
export class Violation extends Error {
  constructor(site: Site, seed: number, round: number, action: string, wrong: readonly string[]) {
    super(
      [
        `seed ${seed}, round ${round} (${action}) on ${site.engine}; the project is in ${site.root}`,
        ...wrong,
      ].join('\n  '),
    )
    this.name = 'Violation'
  }
}

export function noFigures(engine: string, seed: number): Figures {
  return {
    engine,
    seed,
    kills: 0,
    interrupts: 0,
    escaped: 0,
    reruns: 0,
    looks: 0,
    lives: 0,
    actions: {},
    caught: {},
    instants: Array.from({ length: 10 }, () => 0),
    crashed: 0,
    wrong: 0,
  }
}
