import { execFile } from 'node:child_process'
import { appendFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const root = process.cwd()

export interface ExampleSite {
  /** A copy of the example, with a ledger. */
  readonly project: string
  /** Its static site, without samples of failing rows. */
  readonly folder: string
}

export interface Finished {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs the built command line to its end. */
export function sluice(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...environment }
    const line = [join(root, 'bin/sluice.cjs'), ...words]
    execFile(process.execPath, line, { env, maxBuffer: 64e6 }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err })
    })
  })
}

/** Copies the example, its data read where it is. */
export async function copyExample(folder: string): Promise<string> {
  const project = join(folder, 'flights')
  await cp(join(root, 'models.example'), project, {
    recursive: true,
    filter: (path) => !/[\\/](target|\.sluice|[^\\/]*\.duckdb(\.wal)?)$/.test(path),
  })
  const file = join(project, 'sluice.yml')
  const data = join(root, 'node_modules/vega-datasets/data')
  const text = await readFile(file, 'utf8')
  await writeFile(
    file,
    text.replace(/^(\s+data:) .*$/m, (_line, key: string) => `${key} ${JSON.stringify(data)}`),
  )
  return project
}

/** Eleven days into 2001: ten of them are built, one of them again so that what reads it is stale, a check warns, another one fails, and a
 * model fails in the engine. */
export async function buildExampleSite(folder: string): Promise<ExampleSite> {
  const project = await copyExample(folder)
  await appendFile(
    join(project, 'checks/early_flights.sql'),
    `/*---
description: Days on which a flight arrived *more than an hour* early.
severity: warn
---*/
select flight_date, min(delay) as earliest from staging.flights where delay < -60 group by flight_date
`,
  )
  const at = (time: string): string[] => ['--project', project, '--now', `2001-01-11T${time}Z`]
  expectCode(await sluice(['run', ...at('06:00:00'), '--from', '2001-01-01', '--to', '2001-01-10']), 0)
  await mkdir(join(project, 'models/broken'), { recursive: true })
  await writeFile(
    join(project, 'checks/no_flight_is_long.sql'),
    `/*---
description: No flight is longer than 4,900 miles.
severity: error
---*/
select flight_date, origin, destination, distance from marts.daily_by_route where distance > 4900
`,
  )
  await writeFile(
    join(project, 'models/broken/ratio.sql'),
    `/*---
materialized: table
description: Fails when it runs, not before.
---*/
select error('no ratio of ' || flights::varchar) as ratio from marts.daily_by_origin
`,
  )
  const failing = ['--select', 'broken.ratio', 'marts.daily_by_route', '--partition', '2001-01-09', '--force']
  expectCode(await sluice(['run', ...at('07:00:00'), ...failing]), 1)
  const again = ['--select', 'staging.flights', '--partition', '2001-01-05', '--force']
  expectCode(await sluice(['run', ...at('08:00:00'), ...again]), 0)
  const site = join(folder, 'site')
  expectCode(await sluice(['docs', 'build', ...at('09:00:00'), '--folder', site]), 0)
  return { project, folder: site }
}

function expectCode({ code, out, err }: Finished, expected: number): void {
  if (code !== expected) throw new Error(`ended with ${code} instead of ${expected}\n${out}\n${err}`)
}
