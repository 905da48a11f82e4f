import { Child, type ChildEnd, type ChildEvent, type Instant } from './child.ts'
import { type Caught, type Figures, noFigures, Violation } from './figures.ts'
import { judge, judgeComplete, judgeQuiet } from './invariants.ts'
import type { Oracle } from './oracle.ts'
import { range, writeSales } from './project.ts'
import { Random } from './random.ts'
import type { Site } from './site.ts'
import { type DatabaseState, emptyLedger } from './state.ts'

/** What a round asks of a run. */
type Action = 'first' | 'continue' | 'new_data' | 'reordered' | 'force' | 'full_refresh'

export interface RoundsOptions {
  readonly seed: number
  /** How many processes to kill. */
  readonly kills: number
  /** After so many kills a new database is begun: where there is nothing yet, the first tables and the ledger itself are made. */
  readonly killsPerLife: number
  /** Share of rounds that send SIGINT or SIGTERM instead. */
  readonly interrupts: number
  /** Share of rounds after which a run may end. */
  readonly reruns: number
  /** Milliseconds that a run takes, where that is not to be measured first. */
  readonly expected?: number
  readonly onRound?: (text: string) => void
}

/**
 * Starts runs and kills them at instants that the seed chooses, looks at the database after each, and lets a share of them
 * run again to the end.
 * @throws Violation at the first thing that is not as promised
 */
export async function crashRounds(
  open: () => Promise<Site>,
  oracle: Oracle,
  options: RoundsOptions,
): Promise<Figures> {
  const random = new Random(options.seed)
  const durations: Durations =
    options.expected === undefined ? await measure(open, random) : new Map([['force', options.expected]])
  let figures: Figures | undefined
  let round = 0
  while ((figures?.kills ?? 0) < options.kills) {
    const site = await open()
    figures ??= noFigures(site.engine, options.seed)
    const life = new Life(site, oracle, options, random, durations, figures)
    // A site in which something went wrong is left for whoever looks into it.
    round = await life.run(round, Math.min(options.kills, figures.kills + options.killsPerLife))
    await site.close()
  }
  return figures ?? noFigures('none', options.seed)
}

/** How long whole runs take, by what they do; learnt as they happen. */
type Durations = Map<Action, number>

/** Two runs that nobody disturbs. */
async function measure(open: () => Promise<Site>, random: Random): Promise<Durations> {
  const site = await open()
  await writeSales(site.root, 1, random)
  const words = ['run', ...range, '--threads', '4']
  const first = await new Child(site.root, words, site.environment).end()
  const again = await new Child(site.root, [...words, '--force'], site.environment).end()
  await site.close()
  return new Map<Action, number>([
    ['first', first.elapsedMs],
    ['force', again.elapsedMs],
  ])
}

/** The rounds on one database. */
class Life {
  private readonly site: Site
  private readonly oracle: Oracle
  private readonly options: RoundsOptions
  private readonly random: Random
  private readonly durations: Durations
  private readonly figures: Figures
  private version = 0
  private round = 0
  private isComplete = false
  /** Runs that the ledger has been seen to know. */
  private readonly known = new Set<string>()
  /** Runs that stood as running after a kill: they must be called crashed, or on a server have ended by themselves. */
  private readonly struck = new Set<string>()

  constructor(
    site: Site,
    oracle: Oracle,
    options: RoundsOptions,
    random: Random,
    durations: Durations,
    figures: Figures,
  ) {
    this.site = site
    this.oracle = oracle
    this.options = options
    this.random = random
    this.durations = durations
    this.figures = figures
  }

  /** Goes on until so many processes were killed in all; returns the number of the last round. */
  async run(before: number, kills: number): Promise<number> {
    this.figures.lives += 1
    for (this.round = before + 1; this.figures.kills < kills; this.round++) {
      const action = await this.prepare()
      await this.strike(action)
      if (this.random.chance(this.options.reruns)) await this.rerun(action)
    }
    await this.rerun('continue')
    const state = await this.site.state()
    this.figures.crashed += (state?.ledger ?? emptyLedger).runs.filter(
      (run) => run.status === 'crashed',
    ).length
    return this.round
  }

  private async prepare(): Promise<Action> {
    const action: Action =
      this.version === 0
        ? 'first'
        : this.random.weighted({
            continue: this.isComplete ? 0.3 : 4,
            new_data: 4,
            reordered: 1,
            force: 2,
            full_refresh: 1,
          })
    if (action === 'first' || action === 'new_data') this.version += 1
    if (action !== 'continue') this.isComplete = false
    if (action === 'first' || action === 'new_data' || action === 'reordered')
      await writeSales(this.site.root, this.version, this.random)
    this.figures.actions[action] = (this.figures.actions[action] ?? 0) + 1
    return action
  }

  private start(action: Action): Child {
    const flags = action === 'force' ? ['--force'] : action === 'full_refresh' ? ['--full-refresh'] : []
    return new Child(this.site.root, ['run', ...range, '--threads', '4', ...flags], this.site.environment)
  }

  private async strike(action: Action): Promise<void> {
    const signal = this.random.chance(this.options.interrupts)
      ? this.random.weighted({ SIGINT: 1, SIGTERM: 1 })
      : 'SIGKILL'
    const child = this.start(action)
    child.strikeAt(this.instant(action), signal)
    const watching = this.site.isShared && this.random.chance(0.5) ? this.watch(child) : undefined
    const end = await child.end()
    this.refuse(`${action}, seen by a reader`, (await watching) ?? [])
    const state = await this.site.state()
    // A signal that meets a process on its way out changes nothing any more.
    const isTooLate = end.struckAt === undefined || (signal !== 'SIGKILL' && end.code === 0)
    if (isTooLate) return this.escaped(action, end, state)
    if (signal !== 'SIGKILL') return this.interrupted(action, signal, end, state)
    this.figures.kills += 1
    const struckAt = end.struckAt ?? 0
    const share = struckAt / this.expected(action)
    this.figures.instants[Math.min(9, Math.floor(share * 10))]! += 1
    const caught = this.caughtAt(state, end.events)
    this.figures.caught[caught] = (this.figures.caught[caught] ?? 0) + 1
    this.isComplete = false
    for (const run of state?.ledger.runs ?? []) if (run.status === 'running') this.struck.add(run.id)
    this.options.onRound?.(`${this.round} ${action} ${signal} at ${Math.round(struckAt)} ms: ${caught}`)
    if (state !== undefined) this.refuse(action, await judge(state, this.oracle))
  }

  /** What a reader sees while the process works, for as long as it lives. A server carries out what it was sent even if the sender dies, so
   * that a commit in two halves shows only here. */
  private async watch(child: Child): Promise<readonly string[]> {
    let wrong: readonly string[] = []
    while (!child.hasEnded && wrong.length === 0) {
      const state = await this.site.state()
      this.figures.looks += 1
      if (state !== undefined) wrong = await judge(state, this.oracle)
    }
    return wrong
  }

  /** Anywhere in the life of a run, and more often where it publishes. */
  private instant(action: Action): Instant {
    if (this.random.chance(0.35)) return { kind: 'time', ms: this.random.next() * this.expected(action) }
    const type = this.random.weighted({ task_started: 3, task_succeeded: 2, run_started: 1 })
    const nth = type === 'run_started' ? 0 : this.random.below(action === 'continue' ? 6 : 22)
    return { kind: 'event', type, nth, plusMs: this.random.next() * 25 }
  }

  private expected(action: Action): number {
    return this.durations.get(action) ?? this.durations.get('force') ?? 1500
  }

  private async escaped(action: Action, end: ChildEnd, state: DatabaseState | undefined): Promise<void> {
    this.figures.escaped += 1
    this.learn(action, end)
    this.refuse(action, endedWell(end))
    this.isComplete = true
    await this.complete(action, state)
  }

  /** Ctrl-C cancels, rolls back and leaves nothing behind, unless it comes before the program listens, which is as good as a kill. */
  private async interrupted(
    action: Action,
    signal: 'SIGINT' | 'SIGTERM',
    end: ChildEnd,
    state: DatabaseState | undefined,
  ): Promise<void> {
    this.figures.interrupts += 1
    this.isComplete = false
    this.options.onRound?.(
      `${this.round} ${action} ${signal} at ${Math.round(end.struckAt!)} ms: ${end.code}`,
    )
    const wasEarly = end.signal === signal && end.events.length === 0
    const expected = signal === 'SIGINT' ? 130 : 143
    if (!wasEarly && end.code !== expected)
      this.refuse(action, [`${signal} ended it with ${end.code ?? end.signal}: ${end.stderr}`])
    this.caughtAt(state)
    if (state === undefined) return
    // Whoever was killed before and not yet found stays on record until a run gets as far as looking for it.
    const isQuiet = end.events.some((event) => event.type === 'run_started')
    this.refuse(action, await (isQuiet ? judgeQuiet : judge)(state, this.oracle))
  }

  private async rerun(action: Action): Promise<void> {
    this.figures.reruns += 1
    const end = await this.start('continue').end()
    this.learn('continue', end)
    this.refuse(`rerun after ${action}`, endedWell(end))
    this.isComplete = true
    await this.complete(`rerun after ${action}`, await this.site.state())
  }

  private async complete(action: string, state: DatabaseState | undefined): Promise<void> {
    this.caughtAt(state)
    if (state === undefined) return this.refuse(action, ['the database is gone'])
    this.refuse(action, await judgeComplete(state, this.oracle, this.version))
    const fates = new Map(state.ledger.runs.map((run) => [run.id, run.status]))
    for (const run of this.struck) {
      const fate = fates.get(run)
      // A server may still have carried out what the process had sent before it died.
      const isTold = fate === 'crashed' || (this.site.engine === 'postgres' && fate !== 'running')
      if (!isTold) this.refuse(action, [`run ${run} was killed, and the ledger says ${fate}`])
    }
    this.struck.clear()
  }

  /** What the ledger says of a run that it has not been seen to know before. */
  private caughtAt(state: DatabaseState | undefined, events: readonly ChildEvent[] = []): Caught {
    const { runs, attempts } = state?.ledger ?? emptyLedger
    const run = runs.find((each) => !this.known.has(each.id))
    for (const each of runs) this.known.add(each.id)
    if (run === undefined) return 'before_the_run'
    if (run.status !== 'running') return 'after_the_run'
    // Where one process has the database, attempts are recorded when they end: what was going on, its events tell.
    const publishing = this.site.isShared
      ? attempts.filter((each) => each.run === run.id && each.status === 'running').length
      : events.reduce((count, { type }) => count + (changes[type] ?? 0), 0)
    if (publishing === 0) return 'between_tasks'
    return publishing === 1 ? 'one_publishing' : 'several_publishing'
  }

  private learn(action: Action, { elapsedMs }: ChildEnd): void {
    const known = this.durations.get(action)
    this.durations.set(action, known === undefined ? elapsedMs : 0.7 * known + 0.3 * elapsedMs)
  }

  private refuse(action: string, wrong: readonly string[]): void {
    if (wrong.length > 0) throw new Violation(this.site, this.options.seed, this.round, action, wrong)
  }
}

/** How many more tasks are under way after an event. */
const changes: Readonly<Record<string, number>> = {
  task_started: 1,
  task_retrying: -1,
  task_succeeded: -1,
  task_failed: -1,
  task_canceled: -1,
}

function endedWell(end: ChildEnd): readonly string[] {
  if (end.code === 0) return []
  const failures = end.events
    .filter((event) => event.type === 'task_failed')
    .map((event) => JSON.stringify(event))
  return [`the run ended with ${end.code ?? end.signal}`, end.stderr, ...failures.slice(0, 3)]
}
