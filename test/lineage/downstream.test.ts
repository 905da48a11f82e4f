import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { Role } from '../../core/lineage/lineage.ts'
import { type ProjectLineage, projectLineage } from '../../core/lineage/project.ts'
import { bind, factories } from '../bind/bind.ts'
import { type Files, projects } from '../run/project.ts'

const sources = `sources:
  - name: raw.a
    columns: [{ name: k, type: int }, { name: x, type: int }, { name: y, type: int }]
  - name: raw.b
    columns: [{ name: k, type: int }, { name: x, type: int }, { name: y, type: int }]
  - name: raw.open
`

/** Queries over two relations with the columns k, x and y, of which each has these columns too. */
const shapes: readonly ((left: string, right: string) => string)[] = [
  (left) => `select k, x as y, y as x from ${left}`,
  (left) => `select k + 1 as k, x, y from ${left} where y > 1`,
  (left, right) => `select l.k, l.x, r.y from ${left} l join ${right} r on r.k = l.x`,
  (left) => `select k, sum(x) as x, count(*) as y from ${left} group by k`,
  (left) => `select k, x, row_number() over (partition by x order by k) as y from ${left}`,
  (left, right) => `select k, x, y from ${left} union all select y, x, k from ${right}`,
  (left, right) => `select * from ${left} where x in (select y from ${right} where k > 0)`,
  (left, right) => `select k, x, (select max(r.x) from ${right} r where r.k = l.k) as y from ${left} l`,
  (left, right) => `select 1 as k, count(*) as x, (select count(*) from ${right}) as y from ${left}`,
  (left) => `select distinct k, x, y from ${left} order by y limit 3`,
  (left) => `select * replace (x * 2 as x) from ${left}`,
  (left) => `select k, mystery(x) as x, y from ${left}`,
  () => 'select * from raw.open',
]

const models = fc.array(
  fc.record({ shape: fc.nat(shapes.length - 1), left: fc.nat(1000), right: fc.nat(1000) }),
  { minLength: 4, maxLength: 9 },
)

function filesOf(made: readonly { shape: number; left: number; right: number }[]): Files {
  const names = ['raw.a', 'raw.b']
  const files: Record<string, string> = { 'models/raw.yml': sources }
  for (const [index, { shape, left, right }] of made.entries()) {
    const pick = (seed: number) => names[seed % names.length]!
    files[`models/m${index}.sql`] = `${shapes[shape]!(pick(left), pick(right))}\n`
    names.push(`m${index}`)
  }
  return files
}

describe('downstream', () => {
  const make = projects('duckdb')
  const parser = factories.duckdb.parser()
  afterAll(() => parser.close())

  async function lineageOf(files: Files): Promise<{ lineage: ProjectLineage; names: readonly string[] }> {
    const project = await make(files)
    const { project: compiled } = await project.compile()
    const lineage = projectLineage({
      project: compiled,
      dialect: factories.duckdb.dialect,
      bound: await bind(project),
      parser: async () => parser,
    })
    const names = compiled.graph.order.filter((name) => compiled.nodes.get(name)?.kind === 'model')
    return { lineage, names }
  }

  test('of a column is what has it upstream, and nothing unknown is left out', async () => {
    await fc.assert(
      fc.asyncProperty(models, async (made) => {
        const { lineage, names } = await lineageOf(filesOf(made))
        for (const column of ['k', 'x', 'y']) {
          const found = await lineage.downstream('raw.a', column)
          const listed = new Set(found.unresolved.map(({ model }) => model))
          const hits = new Map(found.hits.map((hit) => [`${hit.relation}.${hit.column}`, hit.roles]))
          const wanted = new Map<string, readonly Role[]>()
          for (const name of names) {
            for (const each of await lineage.upstream(name)) {
              const roles = each.sources
                .filter((source) => source.relation === 'raw.a' && source.column === column)
                .map(({ role }) => role)
              if (roles.length > 0) wanted.set(`${name}.${each.column}`, roles)
              // What one that is listed does not know, no reader of it knows.
              if (each.unresolved?.some(({ model }) => model !== name && listed.has(model)))
                expect(listed, `${name} over what is not known`).toContain(name)
            }
          }
          expect(hits).toEqual(wanted)
        }
      }),
      { seed: 4, numRuns: 15 },
    )
  })

  test('of a column names who reads one that nobody knows by name', async () => {
    const { lineage } = await lineageOf({
      'models/raw.yml': sources,
      'models/all.sql': 'select o.*, a.k from raw.open o join raw.a a on a.k = o.ak\n',
      'models/one.sql': 'select page from "all"\n',
      'models/other.sql': 'select k from "all"\n',
    })
    const { unresolved } = await lineage.downstream('raw.open', 'page')
    expect(unresolved.map(({ model }) => model)).toContain('one')
  })
})
