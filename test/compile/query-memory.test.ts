import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Folder } from './opening.ts'

const header = (grain: string) =>
  `/*---\nmaterialized: incremental\npartition: { column: { name: day, type: date }, grain: ${grain}, start: 2024-01-01 }\n---*/\n`
const bounds = 'day >= {{partition.start}} and day < {{partition.end}}'

/** Texts that each file can have. Some change what another file's text means, or what is proven of it. */
const choices: Readonly<Record<string, readonly (string | undefined)[]>> = {
  'models/a/events.sql': [
    `${header('day')}select day, id from raw.events where ${bounds}`,
    `${header('week')}select day, id from raw.events where ${bounds}`,
    `${header('day')}select day, id, row_number() over (order by id) as n from raw.events where ${bounds}`,
    'select day, id from raw.events',
    `${header('month').replace('materialized', 'retry: { attempts: 2, delay: 1s }\nchecks:\n  - not_null: day\n  - expression: "id > -0.0"\ncolumns:\n  - name: day\nreads: { raw.events: { before: 1 } }\nmaterialized')}select day, id from raw.events where ${bounds}`,
  ],
  'models/b/users.sql': [
    `${header('day')}select day, count(*) as n from events where ${bounds} group by day`,
    `${header('day')}select day, count(*) as n from events group by day`,
    `${header('day')}select day, {{> counted}} as n from a.events where ${bounds} group by day`,
    `${header('day')}{{#if (eq partition.key "2024-01-01")}}select day, 1 as n from a.events{{else}}select day, 2 as n from a.events{{/if}}`,
  ],
  'models/c/events.sql': [undefined, 'select 1 as id'],
  'macros/counted.sql': ['count(*)', 'count(id)', '(select count(*) from raw.events)'],
  'models/sources.yml': [
    'sources:\n  - name: raw.events\n',
    'sources:\n  - name: raw.events\n    relation: landing.events\n',
  ],
}
const paths = Object.keys(choices)

async function answer(folder: Folder) {
  try {
    const { compiled } = await folder.open()
    return { nodes: [...compiled.nodes.values()], warnings: compiled.warnings }
  } catch (error) {
    return { error: String(error) }
  }
}

test('what is remembered of queries never changes what compiling gives', async () => {
  const folder = await Folder.create({})
  const memory = join(folder.root, '.sluice', 'cache', 'compile.cache')
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(paths.length - 1), fc.nat(4), fc.nat(9)), { minLength: 1, maxLength: 5 }),
      async (edits) => {
        const written = new Set<string>()
        for (const [at, choice, damage] of edits) {
          const path = paths[at]!
          const texts = choices[path]!
          const text = texts[choice % texts.length]
          if (text === undefined) rmSync(join(folder.root, path), { force: true })
          else folder.write(path, text)
          written.add(path)
          if (damage === 0) spoil(memory)
        }
        for (const path of paths)
          if (!written.has(path) && choices[path]![0] !== undefined) folder.write(path, choices[path]![0])
        const remembered = await answer(folder)
        const fresh = await Folder.create({})
        cpSync(folder.root, fresh.root, { recursive: true, filter: (path) => !path.includes('.sluice') })
        expect(JSON.stringify(remembered).replaceAll(folder.root, '')).toBe(
          JSON.stringify(await answer(fresh)).replaceAll(fresh.root, ''),
        )
      },
    ),
    { numRuns: 60, seed: 7 },
  )
})

/** Cuts the file off in the middle and puts something else there. */
function spoil(path: string): void {
  try {
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.slice(0, text.length / 2))
    appendFileSync(path, 'nonsense')
  } catch {
    // There is none yet.
  }
}
