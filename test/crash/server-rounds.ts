import type { PostgresServer } from '../postgres-server.ts'
import { Child, type ChildEnd } from './child.ts'
import { Violation } from './figures.ts'
import { judge, judgeComplete, judgePublished } from './invariants.ts'
import type { Oracle } from './oracle.ts'
import { range, writeSales } from './project.ts'
import { Random } from './random.ts'
import type { Site } from './site.ts'

export interface ServerFigures {
  readonly engine: 'postgres'
  readonly seed: number
  readonly what: 'server killed'
  kills: number
  /** Exit codes of the runs, and how often each. */
  readonly exits: Record<string, number>
  /** Codes of the errors that the runs told. */
  readonly codes: Record<string, number>
  wrong: number
}

/**
 * Kills the server in the middle of runs and brings it back, in every other round before the run gives up. A run that lost the server ends with
 * a coded error; the next one repairs what it left.
 * @throws Violation
 */
export async function serverRounds(
  site: Site,
  server: Pick<PostgresServer, 'kill' | 'restart'>,
  oracle: Oracle,
  { seed, kills }: { readonly seed: number; readonly kills: number },
): Promise<ServerFigures> {
  const random = new Random(seed)
  const figures: ServerFigures = {
    engine: 'postgres',
    seed,
    what: 'server killed',
    kills: 0,
    exits: {},
    codes: {},
    wrong: 0,
  }
  for (let round = 1; figures.kills < kills; round++) {
    const refuse = (what: string, wrong: readonly string[]): void => {
      if (wrong.length > 0) throw new Violation(site, seed, round, what, wrong)
    }
    await writeSales(site.root, round, random)
    const child = new Child(site.root, ['run', ...range, '--threads', '4'], site.environment)
    const nth = random.below(19)
    let started = 0
    await child.until((event) => event.type === 'task_started' && started++ === nth).catch(() => undefined)
    await pause(random.next() * 20)
    await server.kill()
    figures.kills += 1
    const returnsEarly = random.chance(0.5)
    if (returnsEarly) {
      await pause(random.next() * 800)
      await server.restart()
    }
    const end = await child.end()
    if (!returnsEarly) await server.restart()
    const codes = codesOf(end)
    figures.exits[String(end.code)] = (figures.exits[String(end.code)] ?? 0) + 1
    for (const code of codes) figures.codes[code] = (figures.codes[code] ?? 0) + 1
    const state = (await site.state())!
    refuse('server killed', await judge(state, oracle))
    // The end of a run that had published everything cannot be recorded where there is no server: the next run calls it crashed.
    const judged = returnsEarly ? judgeComplete : judgePublished
    if (end.code === 0) refuse('run that outlived the server', await judged(state, oracle, round))
    else refuse('run that lost the server', toldWell(end, codes))
    const again = await new Child(site.root, ['run', ...range], site.environment).end()
    refuse('rerun', again.code === 0 ? [] : [`it ended with ${again.code}: ${again.stderr}`, told(again)])
    refuse('rerun', await judgeComplete((await site.state())!, oracle, round))
  }
  return figures
}

function toldWell(end: ChildEnd, codes: readonly string[]): readonly string[] {
  const wrong: string[] = []
  if (end.code !== 1) wrong.push(`it ended with ${end.code ?? end.signal}`)
  if (codes.length === 0) wrong.push('it told no code')
  if (codes.includes('SL900')) wrong.push('it took the loss for a bug of its own')
  return wrong.length === 0 ? [] : [...wrong, end.stderr, told(end)]
}

function codesOf(end: ChildEnd): readonly string[] {
  const texts = [end.stderr, ...end.events.map((event) => JSON.stringify(event.error ?? {}))]
  return [...new Set(texts.flatMap((text) => text.match(/\bSL\d{3}\b/g) ?? []))]
}

function told(end: ChildEnd): string {
  return end.events
    .filter((event) => event.type === 'task_failed')
    .map((event) => JSON.stringify(event.error))
    .join('\n')
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
