import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { duckdb } from '../../adapters/duckdb/index.ts'
import { ParallelParser } from '../../cli/parallel-parser.ts'
import { examineTexts, type Question } from '../../core/compile/examine.ts'
import type { PartitionConfig } from '../../core/config/project.ts'

const file = join(import.meta.dirname, '../../dist/parse-worker.cjs')
const fold = (name: string) => duckdb.dialect.fold(name, false)
const texts = Array.from({ length: 1_200 }, (_, n) =>
  n % 7 === 0 ? `select * form t${n}` : `with c as (select ${n} as n) select c.n, 'ä' from c, s.t${n} as x`,
)

async function parsed(parser: ParallelParser) {
  const batches = Array.from({ length: 6 }, (_, n) => texts.slice(n * 200, n * 200 + 200))
  const results = await Promise.all(batches.map((batch) => parser.parse(batch)))
  await parser.settle()
  return results.flat()
}

async function alone() {
  const parser = duckdb.parser()
  const results = await parser.parse(texts)
  await parser.close()
  return results
}

test('two threads give what one gives, in order', async () => {
  let isStarted = false
  const parser = new ParallelParser(duckdb.parser(), fold, () => {
    isStarted = true
    return new Worker(file, { workerData: 'duckdb' })
  })
  parser.expect(texts.length)
  expect(isStarted).toBe(true)
  expect(await parsed(parser)).toEqual(await alone())
  await parser.close()
})

test('what is asked about trees is answered alike by two threads and by one', async () => {
  const questions = texts.map(
    (text): Question => ({
      rendered: { text, spans: [], symbolsDecide: false },
      rules: true,
      partitions: {
        config: {
          materialized: 'incremental',
          strategy: 'delete_insert',
          uniqueKey: [],
          partition,
          reads: {},
        },
        upstreams: {},
      },
    }),
  )
  const parser = new ParallelParser(duckdb.parser(), fold, () => new Worker(file, { workerData: 'duckdb' }))
  parser.expect(texts.length)
  const batches = Array.from({ length: 6 }, (_, n) => parser.examine(questions.slice(n * 200, n * 200 + 200)))
  const found = (await Promise.all(batches)).flat()
  await parser.close()
  const one = duckdb.parser()
  expect(found).toEqual(await examineTexts(one, fold, questions))
  await one.close()
})

const partition: PartitionConfig = {
  column: { name: 'day', type: 'date' },
  grain: 'day',
  start: '2024-01-01',
  timezone: 'UTC',
  firstDayOfWeek: 1,
} as unknown as PartitionConfig

test('a worker that dies costs nothing but time', async () => {
  const parser = new ParallelParser(
    duckdb.parser(),
    fold,
    () => new Worker('throw new Error("dead on arrival")', { eval: true }),
  )
  parser.expect(texts.length)
  expect(await parsed(parser)).toEqual(await alone())
  await parser.close()
})

test('few texts start no worker', async () => {
  const parser = new ParallelParser(duckdb.parser(), fold, () => {
    throw new Error('a worker was started')
  })
  parser.expect(20)
  expect(await parser.parse(['select 1 as x'])).toMatchObject([{ ok: true }])
  await parser.close()
})
