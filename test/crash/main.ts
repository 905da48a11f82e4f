import { parseArgs } from 'node:util'
import { startPostgres } from '../postgres-server.ts'
import { backfillRounds } from './backfill-rounds.ts'
import { Violation } from './figures.ts'
import { Oracle } from './oracle.ts'
import { crashRounds } from './rounds.ts'
import { serverRounds } from './server-rounds.ts'
import { duckdbSite, postgresSite, type Site } from './site.ts'

const { values } = parseArgs({
  options: {
    duckdb: { type: 'string', default: '200' },
    postgres: { type: 'string', default: '100' },
    server: { type: 'string', default: '20' },
    backfill: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    verbose: { type: 'boolean', default: false },
  },
})
const seed = Number(values.seed)
const oracle = await Oracle.open()

/** A new database every 25 kills; every sixth signal or so is an interrupt. */
async function report(open: () => Promise<Site>, kills: number): Promise<void> {
  if (kills === 0) return
  const figures = await crashRounds(open, oracle, {
    seed,
    kills,
    killsPerLife: 25,
    interrupts: 1 / 6,
    reruns: 1 / 3,
    ...(values.verbose ? { onRound: (text: string) => process.stderr.write(`${text}\n`) } : {}),
  })
  process.stdout.write(`${JSON.stringify(figures)}\n`)
}

/** A new database every 10 rounds. */
async function reportBackfills(open: () => Promise<Site>, rounds: number): Promise<void> {
  for (let done = 0; done < rounds; done += 10) {
    const site = await open()
    const figures = await backfillRounds(site, oracle, {
      seed: seed + done,
      rounds: Math.min(10, rounds - done),
      ...(values.verbose ? { onRound: (text: string) => process.stderr.write(`${text}\n`) } : {}),
    })
    process.stdout.write(`${JSON.stringify(figures)}\n`)
    await site.close()
  }
}

try {
  await report(duckdbSite, Number(values.duckdb))
  await reportBackfills(duckdbSite, Number(values.backfill))
  const [kills, serverKills] = [Number(values.postgres), Number(values.server)]
  const backfills = Number(values.backfill)
  if (kills + serverKills + backfills > 0) {
    const server = await startPostgres({ durable: true })
    try {
      await report(() => postgresSite(server), kills)
      await reportBackfills(() => postgresSite(server), backfills)
      if (serverKills > 0) {
        const site = await postgresSite(server)
        const figures = await serverRounds(site, server, oracle, { seed, kills: serverKills })
        process.stdout.write(`${JSON.stringify(figures)}\n`)
        await site.close()
      }
    } finally {
      await server.stop()
    }
  }
} catch (error) {
  if (!(error instanceof Violation)) throw error
  process.stdout.write(`${JSON.stringify({ seed, wrong: 1, violation: error.message })}\n`)
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
} finally {
  oracle.close()
}
