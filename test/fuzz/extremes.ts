/** Projects that are too much of something, on top of the project `flights`. */
interface Extreme {
  readonly name: string
  readonly files: Readonly<Record<string, Buffer>>
  /** What must become of it; absent where both would do. */
  readonly outcome?: 'good' | 'refused'
}

const bomb = (levels: number) =>
  `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${Array.from({ length: levels }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n}, `.repeat(9)}]`).join('\n')}\n`

const model = (sql: string) => ({ 'models/marts/x.sql': Buffer.from(sql) })
const yaml = (text: string) => ({ 'models/x.yml': Buffer.from(text) })
const settings = (more: string) => ({
  'sluice.yml': Buffer.from(
    `name: x\ntargets: { dev: { adapter: duckdb, path: x.duckdb } }\nvars: { late_after: 1, hubs: [a] }\n${more}`,
  ),
})
const list = '[1,2,3,4,5,6,7,8,9,10]'
const deep = 20_000

export const extremes: readonly Extreme[] = [
  { name: 'aliases of aliases in a YAML file', files: yaml(bomb(12)), outcome: 'refused' },
  {
    name: 'aliases of aliases below models',
    files: yaml(`models: ${'\n'}  - name: &n x\n    columns: &c [a]\n${bomb(12)}`),
    outcome: 'refused',
  },
  {
    name: 'aliases of aliases in a header',
    files: model(`/*---\n${bomb(12)}---*/ select 1 as a`),
    outcome: 'refused',
  },
  { name: 'aliases of aliases in sluice.yml', files: settings(bomb(12)), outcome: 'refused' },
  {
    name: 'aliases of aliases in vars',
    files: {
      'sluice.yml': Buffer.from(
        `name: x\ntargets: { dev: { adapter: duckdb, path: x.duckdb } }\nvars:\n  late_after: 1\n  hubs: [a]\n${bomb(12).replace(/^/gm, '  ')}\n`,
      ),
    },
  },
  { name: 'an alias within itself', files: yaml('models: &a [*a]'), outcome: 'refused' },
  { name: 'YAML lists in lists', files: yaml('['.repeat(deep)), outcome: 'refused' },
  {
    name: 'YAML lists in lists that end',
    files: yaml(`models: ${'['.repeat(deep)}${']'.repeat(deep)}`),
    outcome: 'refused',
  },
  {
    name: 'YAML maps in maps',
    files: yaml(`${'{a: '.repeat(deep)}1${'}'.repeat(deep)}`),
    outcome: 'refused',
  },
  {
    name: 'YAML blocks in blocks',
    files: yaml(`models:\n${Array.from({ length: 2000 }, (_, n) => `${' '.repeat(n)}a:`).join('\n')}`),
    outcome: 'refused',
  },
  {
    name: 'lists in lists in vars',
    files: settings(`folders: ${'['.repeat(3000)}${']'.repeat(3000)}`),
    outcome: 'refused',
  },
  {
    name: 'vars in vars',
    files: {
      'sluice.yml': Buffer.from(
        `name: x\ntargets: { dev: { adapter: duckdb, path: x.duckdb } }\nvars: { late_after: 1, hubs: [a], deep: ${'['.repeat(900)}1${']'.repeat(900)} }`,
      ),
    },
  },
  {
    name: 'keys of prototypes',
    files: yaml('models:\n  - __proto__: { name: x }\n    constructor: 1\n    name: staging.airports\n'),
    outcome: 'refused',
  },
  {
    name: 'vars named as members of objects',
    files: {
      'sluice.yml': Buffer.from(
        `name: x\ntargets: { dev: { adapter: duckdb, path: x.duckdb } }\nvars: { late_after: 1, hubs: [a], __proto__: { a: 1 }, constructor: 2, toString: 3 }`,
      ),
    },
  },
  {
    name: 'a target named __proto__',
    files: { 'sluice.yml': Buffer.from('name: x\ntargets: { __proto__: { adapter: duckdb, path: x } }') },
    outcome: 'refused',
  },
  {
    name: 'a folder named __proto__',
    files: {
      ...settings('folders: { __proto__: { materialized: table } }'),
      'models/__proto__/constructor.sql': Buffer.from('select 1 as a'),
    },
  },
  {
    name: 'a model named constructor that reads toString',
    files: {
      'models/constructor.sql': Buffer.from('select 1 as a'),
      'models/toString.sql': Buffer.from('select * from constructor'),
      'models/valueOf.sql': Buffer.from('select * from hasOwnProperty'),
    },
    outcome: 'refused',
  },
  { name: 'an empty sluice.yml', files: { 'sluice.yml': Buffer.from('') }, outcome: 'refused' },
  {
    name: 'a sluice.yml that is a list',
    files: { 'sluice.yml': Buffer.from('- a\n- b') },
    outcome: 'refused',
  },
  { name: 'several YAML documents', files: yaml('models: []\n---\nmodels: []\n'), outcome: 'refused' },
  { name: 'a header without end', files: model('/*---\nname: x\n select 1'), outcome: 'refused' },
  {
    name: 'UTF-16',
    files: { 'models/marts/x.sql': Buffer.from('select 1 as a', 'utf16le') },
    outcome: 'refused',
  },
  { name: 'an empty model', files: model(''), outcome: 'refused' },
  { name: 'a model of blanks and comments', files: model('  -- nothing\n/* here */ ;;'), outcome: 'refused' },
  { name: 'a model of one NUL', files: model('\0'), outcome: 'refused' },
  {
    name: 'a macro that calls itself',
    files: { ...model('select {{> loop}}'), 'macros/loop.sql': Buffer.from('1 + {{> loop}}') },
    outcome: 'refused',
  },
  {
    name: 'macros that call each other',
    files: {
      ...model('select {{> a}}'),
      'macros/a.sql': Buffer.from('{{> b}}'),
      'macros/b.sql': Buffer.from('{{> a}}{{> a}}'),
    },
    outcome: 'refused',
  },
  {
    name: 'a partial block that is its own',
    files: {
      ...model('select {{#> a}}{{> @partial-block}}{{/a}}'),
      'macros/a.sql': Buffer.from('{{> @partial-block}}'),
    },
    outcome: 'refused',
  },
  {
    name: 'an inline partial that calls itself',
    files: model('{{#*inline "x"}}{{> x}}{{/inline}}select {{> x}}'),
    outcome: 'refused',
  },
  {
    name: 'macros that double',
    files: {
      ...model('select {{> m0}}'),
      ...Object.fromEntries(
        Array.from({ length: 40 }, (_, n) => [
          `macros/m${n}.sql`,
          Buffer.from(n === 39 ? '1 + ' : `{{> m${n + 1}}}{{> m${n + 1}}}`),
        ]),
      ),
    },
    outcome: 'refused',
  },
  {
    name: 'loops in loops',
    files: {
      'sluice.yml': Buffer.from(
        `name: x\ntargets: { dev: { adapter: duckdb, path: x.duckdb } }\nvars: { late_after: 1, hubs: [a], ten: ${list} }`,
      ),
      ...model(`select ${'{{#each @root.vars.ten}}'.repeat(5)} 1, ${'{{/each}}'.repeat(5)} 1`),
    },
  },
  {
    name: 'blocks in blocks',
    files: model(`select ${'{{#if vars.late_after}}'.repeat(deep)}1${'{{/if}}'.repeat(deep)}`),
    outcome: 'refused',
  },
  {
    name: 'helpers in helpers',
    files: model(`select {{eq ${'(not '.repeat(deep)}1${')'.repeat(deep)} 2}}`),
    outcome: 'refused',
  },
  { name: 'a template of braces', files: model('{'.repeat(100_000)), outcome: 'refused' },
  {
    name: 'a chain of else',
    files: model(`select {{#if vars.late_after}}1${'{{else if vars.late_after}}1'.repeat(5_000)}{{/if}}`),
  },
  { name: 'a path of many parents', files: model(`select {{${'../'.repeat(50_000)}x}}`), outcome: 'refused' },
  {
    name: 'a path of many members',
    files: model(`select {{vars${'.a'.repeat(50_000)}}}`),
    outcome: 'refused',
  },
  {
    name: 'parentheses in a model',
    files: model(`select ${'('.repeat(10_000)}1${')'.repeat(10_000)} as a`),
    outcome: 'refused',
  },
  { name: 'a long sum', files: model(`select ${'1 + '.repeat(20_000)}1 as a`) },
  {
    name: 'parentheses in a check',
    files: {
      'models/marts/marts.yml': Buffer.from(
        `models: [{ name: marts.daily_by_origin, checks: [{ expression: "${'('.repeat(10_000)}1${')'.repeat(10_000)} = 1" }] }]`,
      ),
    },
    outcome: 'refused',
  },
  { name: 'a long identifier', files: model(`select 1 as ${'x'.repeat(100_000)}`) },
  {
    name: 'a thousand CTEs',
    files: model(
      `with ${Array.from({ length: 1000 }, (_, n) => `c${n} as (select * from ${n === 0 ? 'staging.airports' : `c${n - 1}`})`).join(', ')} select * from c999`,
    ),
  },
  {
    name: 'a seed of quotes',
    files: { 'seeds/x.csv': Buffer.from('"'.repeat(100_001)) },
    outcome: 'refused',
  },
  { name: 'a seed of nothing', files: { 'seeds/x.csv': Buffer.from('') }, outcome: 'refused' },
  {
    name: 'a seed with columns of one name',
    files: { 'seeds/x.csv': Buffer.from('a,A,a\n1,2,3\n') },
    outcome: 'refused',
  },
  {
    name: 'a seed of many columns',
    files: { 'seeds/x.csv': Buffer.from(`${Array.from({ length: 5000 }, (_, n) => `c${n}`).join(',')}\n`) },
  },
  {
    name: 'a chain of a thousand views',
    files: Object.fromEntries(
      Array.from({ length: 1000 }, (_, n) => [
        `models/chain/v${n}.sql`,
        Buffer.from(n === 0 ? 'select 1 as a' : `select a from chain.v${n - 1}`),
      ]),
    ),
  },
  {
    name: 'a circle of a thousand views',
    files: Object.fromEntries(
      Array.from({ length: 1000 }, (_, n) => [
        `models/chain/v${n}.sql`,
        Buffer.from(`select a from chain.v${(n + 1) % 1000}`),
      ]),
    ),
    outcome: 'refused',
  },
  {
    name: 'a name that a hint would repeat',
    files: model(`/*---\npool: ${'x'.repeat(5000)}\n---*/ select 1 as a`),
    outcome: 'refused',
  },
]
