import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkHeader, modelEntry, modelHeader, seedEntry } from '../../core/config/schema/model.ts'
import { projectSettings } from '../../core/config/schema/project.ts'
import { sourceEntry } from '../../core/config/schema/source.ts'
import { extremes } from './extremes.ts'
import { mutated, mutations, sqlPieces, templatePieces, yamlPieces } from './mutate.ts'
import { valuesOf } from './settings.ts'
import { type Answer, Site, type Tree, treeOf } from './site.ts'
import { statements } from './statements.ts'

/**
 * Whatever a project's files hold, it compiles or is refused with diagnostics that a person can use. `SLUICE_FUZZ=100` runs
 * a hundred times as many cases, `SLUICE_FUZZ_SEED` other ones.
 */
const factor = Number(process.env.SLUICE_FUZZ ?? 1)
const seed = Number(process.env.SLUICE_FUZZ_SEED ?? 20_240_105)
const timeout = 60_000 + factor * 60_000
const runs = (few: number) => ({ seed, numRuns: Math.ceil(few * factor), endOnFailure: factor === 1 })

let site: Site
beforeAll(async () => {
  site = await Site.open()
})
afterAll(async () => {
  await site.close()
})

const trees: readonly Tree[] = [
  treeOf('test/pulls/bases/flights/project'),
  treeOf('test/pulls/bases/shop/project'),
  treeOf('test/pulls/bases/billing/project'),
  treeOf('models.example'),
]

/** A project, and one of its files that matches. */
function fileOf(pattern: RegExp): fc.Arbitrary<{ readonly tree: Tree; readonly path: string }> {
  const files = trees.flatMap((tree) =>
    Object.keys(tree)
      .filter((path) => pattern.test(path))
      .map((path) => ({ tree, path })),
  )
  return fc.constantFrom(...files)
}

const counts = { good: 0, refused: 0 }
function faultless({ outcome, faults }: Answer): void {
  counts[outcome] += 1
  expect(faults).toEqual([])
}

async function property<T>(cases: fc.Arbitrary<T>, ask: (value: T) => Promise<Answer>, few: number) {
  counts.good = 0
  counts.refused = 0
  await fc.assert(
    fc.asyncProperty(cases, async (value) => faultless(await ask(value))),
    runs(few),
  )
  if (factor !== 1) process.stdout.write(`${counts.good} good, ${counts.refused} refused\n`)
}

describe('malformed projects', () => {
  it('the trees that are mutated compile', { timeout }, async () => {
    for (const tree of trees) expect(await site.compile(tree)).toEqual({ outcome: 'good', faults: [] })
  })

  it.each(extremes)('$name', { timeout }, async ({ files, outcome }) => {
    const answer = await site.compile({ ...trees[0]!, ...files })
    expect(answer.faults).toEqual([])
    if (outcome !== undefined) expect(answer.outcome).toBe(outcome)
  })

  it('mutated YAML files, headers and seeds', { timeout }, async () => {
    const cases = fc.record({ file: fileOf(/\.(ya?ml|csv)$/), changes: mutations(yamlPieces) })
    await property(
      cases,
      ({ file: { tree, path }, changes }) => {
        return site.compile({ ...tree, [path]: mutated(tree[path]!, changes) })
      },
      100,
    )
  })

  it('mutated headers', { timeout }, async () => {
    const cases = fc.record({ file: fileOf(/^(models|checks)\/.*\.sql$/), changes: mutations(yamlPieces) })
    await property(
      cases,
      ({ file: { tree, path }, changes }) => {
        const text = tree[path]!
        const end = Math.max(text.indexOf('---*/'), 0)
        const header = mutated(text.subarray(0, end), changes)
        return site.compile({ ...tree, [path]: Buffer.concat([header, text.subarray(end)]) })
      },
      100,
    )
  })

  it('mutated templates and macros', { timeout }, async () => {
    const cases = fc.record({
      file: fileOf(/^(models|checks|macros)\/.*\.sql$/),
      changes: mutations(templatePieces),
    })
    await property(
      cases,
      ({ file: { tree, path }, changes }) => {
        return site.compile({ ...tree, [path]: mutatedBody(tree[path]!, changes) })
      },
      100,
    )
  })

  it('mutated SQL of models and checks', { timeout }, async () => {
    const cases = fc.record({
      file: fileOf(/^(models|checks|macros)\/.*\.sql$/),
      changes: mutations(sqlPieces),
    })
    await property(
      cases,
      ({ file: { tree, path }, changes }) => {
        return site.compile({ ...tree, [path]: mutatedBody(tree[path]!, changes) })
      },
      100,
    )
  })

  const [flights] = trees as [Tree]
  const strangeFiles: readonly (readonly [string, fc.Arbitrary<Tree>])[] = [
    ['sluice.yml', valuesOf(projectSettings).map((value) => ({ 'sluice.yml': settingsFile(value) }))],
    ['a header', valuesOf(modelHeader).map((value) => header('models/marts/daily_by_origin.sql', value))],
    [
      "a check's header",
      valuesOf(checkHeader).map((value) => header('checks/origins_and_carriers_agree.sql', value)),
    ],
    [
      'an entry of a model',
      valuesOf(modelEntry).map((value) => entries('models/marts/marts.yml', 'models', value)),
    ],
    [
      'an entry of a source',
      valuesOf(sourceEntry).map((value) => entries('models/extra.yml', 'sources', value)),
    ],
    ['an entry of a seed', valuesOf(seedEntry).map((value) => entries('seeds/seeds.yml', 'seeds', value))],
  ]
  it.each(strangeFiles)('strange values in %s', { timeout }, async (_, cases) => {
    await property(cases, (files) => site.compile({ ...flights, ...files }), 40)
  })

  function header(path: string, value: unknown): Tree {
    const text = flights[path]!.toString()
    const body = text.slice(text.indexOf('---*/'))
    return { [path]: Buffer.from(`/*---\n${JSON.stringify(value)}\n${body}`) }
  }
  function entries(path: string, list: string, value: unknown): Tree {
    return { [path]: Buffer.from(JSON.stringify({ [list]: [value] })) }
  }
  function settingsFile(value: unknown): Buffer {
    const more =
      typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { vars: value }
    const targets = { dev: { adapter: 'duckdb', path: 'x.duckdb' } }
    return Buffer.from(
      JSON.stringify({ name: 'flights', vars: { late_after: 15, hubs: ['ATL'] }, targets, ...more }),
    )
  }
})

/** The header stays, so that what follows it is looked at. */
function mutatedBody(text: Buffer, changes: Parameters<typeof mutated>[1]): Buffer {
  const end = text.indexOf('---*/')
  const start = end < 0 ? 0 : end + '---*/'.length
  return Buffer.concat([text.subarray(0, start), mutated(text.subarray(start), changes)])
}

describe.each(['duckdb', 'postgres'] as const)('the parser of %s', (dialect) => {
  it('answers for mutated statements', { timeout }, async () => {
    const corpus = statements(dialect)
    const one = fc
      .record({ text: fc.constantFrom(...corpus), changes: mutations(sqlPieces) })
      .map(({ text, changes }) => mutated(Buffer.from(text), changes).toString('utf8'))
    await property(fc.array(one, { minLength: 1, maxLength: 8 }), (texts) => site.parse(dialect, texts), 100)
  })

  it.each(factor === 1 ? [100, 10_000] : [100, 1_000, 10_000, 100_000])(
    'stands %i parentheses, brackets and operators',
    { timeout },
    async (depth) => {
      const nested = (open: string, close: string, core = '1') =>
        `select ${open.repeat(depth)}${core}${close.repeat(depth)} from t`
      const texts = [
        nested('(', ')'),
        nested('((', ')'),
        nested('(', ''),
        nested('[', ']'),
        nested('-', ''),
        nested('not ', '', 'true'),
        nested('1 + ', ''),
        nested('a.', '', 'a'),
        nested('case when ', ' then 1 end', 'true'),
        nested('f(', ')'),
        `select * from ${'('.repeat(depth)}t${')'.repeat(depth)}`,
        `${'select * from ('.repeat(depth)}t${') x'.repeat(depth)}`,
        `select 1${' union all select 1'.repeat(depth)}`,
        `select * from t${' join t using (a)'.repeat(depth)}`,
        `select ${'x'.repeat(depth)} from ${'y'.repeat(depth)}`,
        `select '${"''".repeat(depth)}'`,
        // DuckDB's scanner takes time that grows with the square of this depth.
        `${'/*'.repeat(Math.min(depth, 2_000))} ${'*/'.repeat(Math.min(depth, 2_000))} select 1`,
        `select ${'1, '.repeat(depth)} 1`,
        `select * from t where a in (${'1, '.repeat(depth)} 1)`,
        `select 1${'::int'.repeat(depth)}`,
      ]
      const failed: string[] = []
      for (const text of texts) {
        const { faults } = await site.parse(dialect, [text])
        failed.push(...faults.map((fault) => `${fault.slice(0, 400)} … for ${text.slice(0, 40)}`))
      }
      expect(failed).toEqual([])
    },
  )
})
