// Starts the PostgreSQL that the tests use, prints its URL, and ends and removes it on Ctrl-C:
//
//   node scripts/run-ts.mjs scripts/start-postgres.ts
import { startPostgres } from '../test/postgres-server.ts'

const server = await startPostgres()
console.log(server.url('postgres'))
// An open timer keeps the process until it is told to end.
const wait = setInterval(() => {}, 60_000)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    clearInterval(wait)
    void server.stop()
  })
}
