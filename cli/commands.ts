import type { CommandDefinition } from './command.ts'
import type { OptionName } from './options/definitions.ts'

const selection: readonly OptionName[] = ['select', 'exclude', 'selector', 'state']
const partitions: readonly OptionName[] = ['partition', 'from', 'to']

/** Every command. What one needs is loaded when it is used. */
export const commands: readonly CommandDefinition[] = [
  {
    name: 'init',
    summary: 'write a small working project',
    description:
      'Writes a project with a seed of its own, three models and checks, ready to run on DuckDB. Never overwrites a file.',
    arguments: [{ syntax: '[dir]', summary: 'folder to write to; the current one if not given' }],
    options: ['force'],
    formats: ['text', 'json'],
    examples: ['sluice init flights'],
    load: async () => (await import('./commands/init.ts')).init,
  },
  {
    name: 'compile',
    summary: 'check the project and write its compiled SQL',
    description:
      'Reads the whole project, renders the templates, resolves every table reference and writes `target/compiled/` and `target/manifest.json`. Reports every mistake at once. Connects to no server.',
    arguments: [],
    options: selection,
    formats: ['text', 'json'],
    examples: ['sluice compile', 'sluice compile --target prod'],
    load: async () => (await import('./commands/compile.ts')).compile,
  },
  {
    name: 'ls',
    summary: 'list models, seeds and sources, upstream first',
    description: 'Lists what is selected in the order in which it would run.',
    arguments: [],
    options: selection,
    formats: ['name', 'table', 'json'],
    examples: ['sluice ls --select staging.flights+', 'sluice ls --select tag:marts --output json'],
    load: async () => (await import('./commands/ls.ts')).ls,
  },
  {
    name: 'parse',
    summary: 'print the tables and columns that SQL files name',
    description:
      'Parses each file on its own, without a project, and prints what was understood: table references without CTEs and table functions, each once, and the output columns. `-` reads standard input.',
    arguments: [{ syntax: '<files...>', summary: 'SQL files, or - for standard input' }],
    options: ['dialect'],
    formats: ['json', 'table'],
    examples: ['sluice parse --dialect postgres query.sql', 'echo "select 1 from a.b" | sluice parse -'],
    load: async () => (await import('./commands/parse.ts')).parse,
  },
  {
    name: 'plan',
    summary: 'show what run would do, and why',
    description:
      'Prints the tasks in an order in which they could run, each with its reason, and runs nothing.',
    arguments: [],
    options: [...selection, ...partitions, 'force', 'fullRefresh', 'upstream'],
    formats: ['table', 'json'],
    examples: ['sluice plan --select staging.flights+ --partition 2001-01-05'],
    load: async () => (await import('./commands/plan.ts')).plan,
  },
  {
    name: 'run',
    summary: 'build what is missing or stale, check it, publish it',
    description:
      'Plans, then runs the tasks in dependency order. Each partition is written, checked and recorded in one transaction: readers see the old rows or the new ones. Without a range: the latest due partitions.',
    arguments: [],
    options: [...selection, ...partitions, 'force', 'fullRefresh', 'upstream', 'threads', 'dryRun'],
    formats: ['text', 'json'],
    examples: [
      'sluice run',
      'sluice run --select staging.flights+ --partition 2001-01-05',
      'sluice run --from 2001-01-01 --to 2001-01-31 --threads 4',
    ],
    cleansUp: true,
    load: async () => (await import('./commands/run.ts')).run,
  },
  {
    name: 'check',
    summary: 'run the checks on what is published',
    description:
      'Runs the checks of the selection on the published rows, changes nothing, and reports every failure.',
    arguments: [],
    options: [...selection, ...partitions, 'threads'],
    formats: ['text', 'json'],
    examples: ['sluice check --select marts.*', 'sluice check --partition 2001-01-05'],
    cleansUp: true,
    load: async () => (await import('./commands/check.ts')).check,
  },
  {
    name: 'status',
    summary: 'show what is published, missing, stale or failed',
    description:
      'One line a relation: how many partitions are fresh, stale, missing or failed, and since when.',
    arguments: [],
    options: [...selection, ...partitions],
    formats: ['table', 'json'],
    examples: ['sluice status', 'sluice status --select marts.* --output json'],
    load: async () => (await import('./commands/status.ts')).status,
  },
  {
    name: 'show',
    summary: 'print the first rows of a relation',
    description:
      'Prints the first rows of what is published, or with `--compiled` of what the compiled SQL gives now.',
    arguments: [{ syntax: '<name>', summary: 'model, seed or source' }],
    options: ['limit', 'compiled', ...partitions],
    formats: ['table', 'json', 'csv'],
    examples: ['sluice show marts.daily_by_origin', 'sluice show marts.routes --compiled --limit 5'],
    cleansUp: true,
    load: async () => (await import('./commands/show.ts')).show,
  },
]
