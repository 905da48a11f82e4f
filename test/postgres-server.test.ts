import { Client } from 'pg'
import { afterAll, expect, test } from 'vitest'
import { createDatabase, startPostgres, type TestDatabase } from './postgres-server.ts'

const opened: TestDatabase[] = []
afterAll(() => Promise.all(opened.map((database) => database.drop())))

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

test('each test file gets a database of its own', async () => {
  opened.push(...(await Promise.all([createDatabase(), createDatabase()])))
  const [first, second] = opened
  await ask(first!.url, 'create table only_here (a int)')
  expect(await ask(second!.url, `select to_regclass('only_here') as found`)).toEqual([{ found: null }])
})

test('a durable server keeps what was committed when it is killed', async () => {
  const server = await startPostgres({ durable: true })
  try {
    const { url } = await server.createDatabase()
    await ask(url, 'create table kept as select 1 as a')
    await server.kill()
    await expect(ask(url, 'select 1')).rejects.toThrow()
    await server.restart()
    expect(await ask(url, 'select a from kept')).toEqual([{ a: 1 }])
  } finally {
    await server.stop()
  }
})
