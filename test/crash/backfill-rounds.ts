import { Child, type ChildEnd, type Instant } from './child.ts'
import { Violation } from './figures.ts'
import { judge, judgeComplete, judgePublished, judgeQuiet } from './invariants.ts'
import type { Oracle } from './oracle.ts'
import { range, writeSales } from './project.ts'
import { Random } from './random.ts'
import { type Site, withClient } from './site.ts'

/** What happens to a backfill: it is killed or interrupted, canceled from another terminal, loses connections, or meets others at the same work. */
type Fault = 'kill' | 'interrupt' | 'cancel' | 'terminate' | 'compete'

export interface BackfillFigures {
  readonly engine: string
  readonly seed: number
  readonly what: 'backfill'
  rounds: number
  readonly faults: Record<string, number>
  /** How often a run was gone on with, by `resume` or by the same command. */
  readonly goneOn: Record<string, number>
  /** Connections that were ended. */
  terminated: number
  wrong: number
}

export interface BackfillOptions {
  readonly seed: number
  readonly rounds: number
  readonly onRound?: (text: string) => void
}

const faults: Readonly<Record<Site['engine'], Readonly<Partial<Record<Fault, number>>>>> = {
  duckdb: { kill: 4, interrupt: 1, cancel: 2 },
  postgres: { kill: 3, interrupt: 1, cancel: 1, terminate: 3, compete: 3 },
}

/**
 * Backfills new data again and again, each time with something in its way, goes on with what was left, and compares all of it with the oracle.
 * @throws Violation at the first thing that is not as promised
 */
export async function backfillRounds(
  site: Site,
  oracle: Oracle,
  { seed, rounds, onRound }: BackfillOptions,
): Promise<BackfillFigures> {
  const random = new Random(seed)
  const figures: BackfillFigures = {
    engine: site.engine,
    seed,
    what: 'backfill',
    rounds: 0,
    faults: {},
    goneOn: {},
    terminated: 0,
    wrong: 0,
  }
  for (let round = 1; round <= rounds; round++) {
    await writeSales(site.root, round, random)
    const fault = random.weighted(faults[site.engine] as Record<Fault, number>)
    const turn = new Turn(site, oracle, random, figures, { seed, round, fault })
    onRound?.(`${round} ${fault}`)
    await turn.play()
    figures.rounds += 1
    figures.faults[fault] = (figures.faults[fault] ?? 0) + 1
  }
  return figures
}

interface About {
  readonly seed: number
  readonly round: number
  readonly fault: Fault
}

/** One round. */
class Turn {
  private readonly site: Site
  private readonly oracle: Oracle
  private readonly random: Random
  private readonly figures: BackfillFigures
  private readonly about: About
  /** Options of the first command, and of the same command again. */
  private readonly words: readonly string[]
  private readonly known: Promise<ReadonlySet<string>>

  constructor(site: Site, oracle: Oracle, random: Random, figures: BackfillFigures, about: About) {
    this.site = site
    this.oracle = oracle
    this.random = random
    this.figures = figures
    this.about = about
    this.words = [
      'backfill',
      ...range,
      '--threads',
      '4',
      ...(random.chance(0.5) ? ['--order', 'newest'] : []),
      ...(random.chance(0.3) ? ['--batch', '1'] : []),
      // Everything again is more than what is left, so only one process does it.
      ...(about.fault !== 'compete' && random.chance(0.2) ? ['--only', 'all'] : []),
    ]
    this.known = site.state().then((state) => new Set(state?.ledger.runs.map((run) => run.id)))
  }

  async play(): Promise<void> {
    await this.known
    if (this.about.fault === 'compete') await this.compete()
    else {
      const child = this.start(this.words)
      await this.disturb(child)
      while (this.random.chance(0.3)) await this.disturb(await this.goOn())
      const end = await (await this.goOn()).end()
      this.refuse('going on', endedWell(end))
    }
    const state = await this.site.state()
    if (state === undefined) return this.refuse('the end', ['the database is gone'])
    this.refuse('the end', await judgeComplete(state, this.oracle, this.about.round))
  }

  private start(words: readonly string[]): Child {
    return new Child(this.site.root, words, this.site.environment)
  }

  /** Does what was left: by name of the run, if there was one, or by the same command. */
  private async goOn(): Promise<Child> {
    const known = await this.known
    const state = await this.site.state()
    const hasRun = state?.ledger.runs.some((run) => !known.has(run.id)) === true
    const how = hasRun && this.random.chance(0.7) ? 'resume' : 'again'
    this.figures.goneOn[how] = (this.figures.goneOn[how] ?? 0) + 1
    const everything = ['--only', 'all']
    return this.start(
      how === 'resume' ? ['resume', 'last'] : this.words.filter((word) => !everything.includes(word)),
    )
  }

  private async disturb(child: Child): Promise<void> {
    switch (this.about.fault) {
      case 'kill':
      case 'compete':
        child.strikeAt(this.instant(), 'SIGKILL')
        await child.end()
        return this.look('after the kill', false)
      case 'interrupt': {
        child.strikeAt(this.instant(), 'SIGINT')
        const end = await child.end()
        const hasStarted = end.events.some((event) => event.type === 'run_started')
        if (hasStarted && end.code !== 130 && end.code !== 0)
          this.refuse('Ctrl-C', [`it ended with ${end.code ?? end.signal}`, end.stderr])
        return this.look('after Ctrl-C', hasStarted)
      }
      case 'cancel':
        return this.cancel(child)
      case 'terminate':
        return this.terminate(child)
    }
  }

  private async cancel(child: Child): Promise<void> {
    const nth = this.random.below(12)
    let started = 0
    const isThere = await child
      .until((event) => event.type === 'task_started' && started++ === nth)
      .then(
        () => true,
        () => false,
      )
    const canceling = isThere ? await this.start(['cancel', 'last']).end() : undefined
    const end = await child.end()
    // A run that has just ended cannot be canceled.
    const isTooLate = end.code === 0
    const isGood = canceling === undefined || isTooLate || (canceling.code === 0 && end.code === 130)
    if (!isGood)
      this.refuse('cancel', [
        `it ended with ${canceling.code}, the run with ${end.code}`,
        canceling.stderr,
        end.stderr,
      ])
    await this.look('after cancel', true)
  }

  /** Ends connections of the process, one here, one there. */
  private async terminate(child: Child): Promise<void> {
    await withClient(this.site.environment.DATABASE_URL!, async (client) => {
      const ends = child.end()
      while (!child.hasEnded) {
        await pause(20 + this.random.next() * 150)
        const { rowCount } = await client.query(
          `select pg_terminate_backend(pid) from (select pid from pg_stat_activity
where datname = current_database() and application_name = 'sluice' order by random() limit 1) as one`,
        )
        this.figures.terminated += rowCount ?? 0
      }
      const end = await ends
      if (end.code !== 0 && end.code !== 1)
        this.refuse('lost connections', [`it ended with ${end.code ?? end.signal}`, end.stderr])
      if (end.stderr.includes('SL900') || JSON.stringify(end.events).includes('SL900'))
        this.refuse('lost connections', ['it took the loss for a bug of its own', end.stderr])
    })
    await this.look('after lost connections', false)
  }

  /** Two to four processes do the same; one of them may be killed. Whoever is left does all of it. */
  private async compete(): Promise<void> {
    const children = Array.from({ length: 2 + this.random.below(3) }, () => this.start(this.words))
    const isKilled = this.random.chance(0.4)
    if (isKilled) children[0]!.strikeAt(this.instant(), 'SIGKILL')
    const [first, ...others] = await Promise.all(children.map((child) => child.end()))
    for (const end of isKilled ? others : [first!, ...others]) this.refuse('competing', endedWell(end))
    if (!isKilled) return this.refuse('competing', publishedTwice([first!, ...others]))
    // Whoever died last is found by the next run.
    const state = await this.site.state()
    this.refuse('competing', await judgePublished(state!, this.oracle, this.about.round))
    this.refuse('after competing', endedWell(await this.start(this.words).end()))
  }

  private async look(what: string, isQuiet: boolean): Promise<void> {
    const state = await this.site.state()
    if (state === undefined) return
    this.refuse(what, await (isQuiet ? judgeQuiet : judge)(state, this.oracle))
  }

  private instant(): Instant {
    if (this.random.chance(0.2)) return { kind: 'time', ms: 400 + this.random.next() * 1500 }
    const type = this.random.weighted({ task_started: 3, task_succeeded: 3, run_started: 1 })
    const nth = type === 'run_started' ? 0 : this.random.below(14)
    return { kind: 'event', type, nth, plusMs: this.random.next() * 25 }
  }

  private refuse(what: string, wrong: readonly string[]): void {
    const { seed, round, fault } = this.about
    if (wrong.length > 0) throw new Violation(this.site, seed, round, `${fault}, ${what}`, wrong)
  }
}

/** Partitions that more than one of the processes published. */
function publishedTwice(ends: readonly ChildEnd[]): readonly string[] {
  const ids = ends.flatMap((end) =>
    end.events
      .filter((event) => event.type === 'task_succeeded')
      .map((event) => (event.task as { readonly id: string }).id)
      .filter((id) => /^marts\..*@/.test(id)),
  )
  return ids.filter((id, at) => ids.indexOf(id) < at).map((id) => `${id} was published twice`)
}

function endedWell(end: ChildEnd): readonly string[] {
  if (end.code === 0) return []
  const failures = end.events
    .filter((event) => event.type === 'task_failed' || event.type === 'task_blocked')
    .map((event) => JSON.stringify(event))
  return [`the run ended with ${end.code ?? end.signal}`, end.stderr, ...failures.slice(0, 3)]
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
