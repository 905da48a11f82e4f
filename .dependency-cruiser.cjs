/** Imports point one way: adapters and web → core; cli → all. See docs/architecture.md. */
module.exports = {
  forbidden: [
    {
      name: 'core-imports-only-core',
      comment: 'core knows no engine, no terminal and no server',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: '^(adapters|cli|web|test|bench|scripts)/' },
    },
    {
      name: 'core-has-no-drivers',
      comment: 'drivers and commander stay at the edges',
      severity: 'error',
      from: { path: '^core/' },
      to: {
        path: '(^|/)node_modules/(@duckdb|pg|pg-copy-streams|pg-native|knex|libpg-query|node-sql-parser|commander|picocolors|cli-table3)(/|$)',
      },
    },
    {
      name: 'core-does-not-import-process-or-console',
      comment: 'core takes what it needs as arguments',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: '^(node:)?(process|console)$', dependencyTypes: ['core'] },
    },
    {
      name: 'adapters-import-only-core',
      severity: 'error',
      from: { path: '^adapters/' },
      to: { path: '^(cli|web|test|bench|scripts)/' },
    },
    {
      name: 'adapters-never-import-each-other',
      severity: 'error',
      from: { path: '^adapters/([^/]+)/' },
      to: { path: '^adapters/([^/]+)/', pathNot: '^adapters/$1/' },
    },
    {
      name: 'web-imports-only-core',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(adapters|cli|test|bench|scripts)/' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { path: '^(core|adapters|cli|web)/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'development-packages-stay-in-development',
      comment: 'whoever installs Sluice does not have them',
      severity: 'error',
      from: { path: '^(core|adapters|cli|web)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'imports-resolve',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-cycles',
      comment: 'types may refer to each other, code may not',
      severity: 'error',
      from: { path: '^(core|adapters|cli|web)/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|target)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
