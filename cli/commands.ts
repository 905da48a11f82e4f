import type { CommandDefinition } from './command.ts'
import type { OptionName } from './options/definitions.ts'

const selection: readonly OptionName[] = ['select', 'exclude', 'selector', 'state']
/** How a run goes about its work. */
const pace: readonly OptionName[] = [
  'upstream',
  'order',
  'batch',
  'threads',
  'maxConcurrent',
  'pool',
  'rate',
  'timeout',
  'dryRun',
  'report',
  'openlineage',
]
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
      'Reads the whole project, renders the templates, resolves every table reference and writes `target/compiled/` and `target/manifest.json`. Reports every mistake at once. Connects to no server. With `--explain-batch` it says of each selected incremental model whether adjacent partitions run as one statement, and what is in the way if not (see batches.md).',
    arguments: [],
    options: [...selection, 'explainBatch'],
    formats: ['text', 'json'],
    examples: [
      'sluice compile',
      'sluice compile --target prod',
      'sluice compile --explain-batch --select marts.*',
    ],
    load: async () => (await import('./commands/compile.ts')).compile,
  },
  {
    name: 'validate',
    summary: 'find what would break before anything runs',
    description:
      'Looks at the whole project without data: templates, SQL, names, the graph, types and columns as the engine itself binds them over empty relations, contracts, columns of checks, and lint rules. Every model is looked at, however many are broken. Nothing is written. The exit code is 1 if something is wrong with models, sources or checks, and 2 if `sluice.yml` or the command line is. See validate.md.',
    arguments: [],
    options: [...selection, 'changedSince', 'bind', 'online', 'offline', 'failOn', 'report'],
    formats: ['text', 'json'],
    examples: [
      'sluice validate',
      'sluice validate --changed-since origin/main',
      'sluice validate --select staging.flights+ --fail-on warning',
      'sluice validate --report github --report sarif=target/validate.sarif',
      'sluice validate --target prod',
    ],
    load: async () => (await import('./commands/validate.ts')).validate,
  },
  {
    name: 'diff',
    summary: 'say how the project differs from another version of it, and who is hit',
    description:
      'Compares the project with what it was where this branch left a Git ref, or with a manifest: relations added, removed, renamed and changed, by meaning and not by text; columns; the columns and relations downstream that are hit, by column lineage; and what a deploy would build again, if the ledger of the target can be read. Nothing is written. The exit code is 1 if something breaks readers. See diff.md.',
    arguments: [],
    options: [...selection, 'base', 'sql', 'failOnChange', 'data', 'key', ...partitions, 'report'],
    formats: ['text', 'json'],
    examples: [
      'sluice diff --base main',
      'sluice diff --base main --sql',
      'sluice diff --base manifest.json --output json',
      'sluice diff --base main --data --partition 2001-01-05',
      'sluice diff --base origin/main --report markdown=comment.md',
    ],
    cleansUp: true,
    load: async () => (await import('./commands/diff.ts')).diff,
  },
  {
    name: 'ls',
    summary: 'list models, seeds and sources, upstream first',
    description: 'Lists what is selected in the order in which it would run.',
    arguments: [],
    options: selection,
    formats: ['name', 'table', 'json'],
    examples: [
      'sluice ls --select staging.flights+',
      'sluice ls --select tag:marts --output json',
      'sluice ls --select status:failed+ --exclude path:models/reports',
      'sluice ls --select state:modified+ --state ../main/target',
    ],
    load: async () => (await import('./commands/ls.ts')).ls,
  },
  {
    name: 'lineage',
    summary: 'show which columns a column comes from, who reads it, or which relation reads which',
    description:
      'Prints for each column of a model, or for one, the columns of sources and seeds that it comes from, each with the role that it plays: `copied`, `transformed` or `aggregated` into the value, or only deciding the rows as `filter`, `join`, `group` or `order`. With `--downstream` it prints the columns that a column of any relation reaches. What cannot be resolved is said, never guessed (see lineage.md). Without a relation it prints which relations of a selection read which, of the whole project if nothing is selected. All of it can be drawn: as an SVG file, for Mermaid or for Graphviz. Connects to no target.',
    arguments: [
      {
        syntax: '[relation]',
        summary: 'a model, seed or source, or a column of one; left out: the relations of a selection',
      },
    ],
    options: ['downstream', 'depth', 'role', ...selection],
    formats: ['text', 'json', 'svg', 'mermaid', 'dot'],
    examples: [
      'sluice lineage marts.daily_by_origin',
      'sluice lineage marts.daily_by_origin.mean_delay --output mermaid',
      'sluice lineage staging.flights.delay --downstream --role values',
      'sluice lineage marts.daily_by_origin --depth 1 --output json',
      'sluice lineage --select staging.flights+ --output svg > flights.svg',
    ],
    load: async () => (await import('./commands/lineage.ts')).lineage,
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
    options: [...selection, ...partitions, 'force', 'fullRefresh', 'loseHistory', 'upstream', 'batch'],
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
    options: [
      ...selection,
      ...partitions,
      'force',
      'fullRefresh',
      'loseHistory',
      'upstream',
      'batch',
      'verifyBatch',
      'threads',
      'timeout',
      'dryRun',
      'report',
      'openlineage',
    ],
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
    name: 'backfill',
    summary: 'build past partitions: what is missing, failed or stale',
    description:
      'Builds every due partition of the selection from `--from` to `--to`, or of its whole history, that is missing, failed or stale, oldest first. What reads a partition follows as soon as all that it reads is there. The same command again does what is left, after a kill too. `--dry-run` prints the plan that the command without it runs.',
    arguments: [],
    options: [...selection, 'partition', 'from', 'to', 'only', ...pace],
    formats: ['text', 'json'],
    examples: [
      'sluice backfill --select staging.flights+ --from 2001-01-01 --to 2001-03-31',
      'sluice backfill --only missing,failed --order newest --rate 30',
      'sluice backfill --select marts.* --from 2001-01 --to 2001-01 --only all --dry-run',
    ],
    cleansUp: true,
    load: async () => (await import('./commands/backfill.ts')).backfill,
  },
  {
    name: 'resume',
    summary: 'do what a run left undone',
    description:
      'Publishes what a run was to publish and neither it nor a run that went on with it has published, with the options of that run. RUN is an id, the beginning of one, or `last`.',
    arguments: [{ syntax: '[run]', summary: 'which one; the last if not given' }],
    options: pace,
    formats: ['text', 'json'],
    examples: ['sluice resume', 'sluice resume 0mwtgjdh8', 'sluice resume last --dry-run'],
    cleansUp: true,
    load: async () => (await import('./commands/resume.ts')).resume,
  },
  {
    name: 'retry',
    summary: 'try again what failed in a run',
    description:
      'Runs what failed in a run the last time that it was tried, and what of the run could not run because of that. RUN is an id, the beginning of one, or `last`.',
    arguments: [{ syntax: '[run]', summary: 'which one; the last if not given' }],
    options: pace,
    formats: ['text', 'json'],
    examples: ['sluice retry', 'sluice retry 0mwtgjdh8 --threads 1'],
    cleansUp: true,
    load: async () => (await import('./commands/retry.ts')).retry,
  },
  {
    name: 'cancel',
    summary: 'end a run of another terminal',
    description:
      'Ends a run as Ctrl-C in its own terminal would: statements are canceled in the engine and rolled back, and what was published stays. Waits until it has ended. RUN is an id, the beginning of one, or `last`.',
    arguments: [{ syntax: '[run]', summary: 'which one; the last if not given' }],
    options: [],
    formats: ['text', 'json'],
    examples: ['sluice cancel', 'sluice cancel 0mwtgjdh8'],
    load: async () => (await import('./commands/cancel.ts')).cancel,
  },
  {
    name: 'check',
    summary: 'run the checks on what is published',
    description:
      'Runs the checks of the selection on the published rows, changes nothing, and reports every failure. Of sources it also tells how old they are (`freshness`) and whether their columns are those that were declared or captured; `sluice check sources` looks at nothing else.',
    arguments: [{ syntax: '[sources]', summary: '`sources`: only sources, their age and columns among it' }],
    options: [...selection, ...partitions, 'threads', 'report'],
    formats: ['text', 'json'],
    examples: [
      'sluice check --select marts.*',
      'sluice check --partition 2001-01-05',
      'sluice check sources',
    ],
    cleansUp: true,
    load: async () => (await import('./commands/check.ts')).check,
  },
  {
    name: 'sources',
    summary: 'capture the columns of sources',
    description:
      'Asks the target’s catalogue (or the files of a source) for the columns of the selected sources and writes them to `sources.columns.yml`, which is committed: models are then bound without the database. Prints what changed. With `--check` nothing is written, and the exit code is 1 if the file is out of date.',
    arguments: [{ syntax: '[pull]', summary: 'the word `pull`' }],
    options: [...selection, 'check'],
    formats: ['text', 'json'],
    examples: [
      'sluice sources pull',
      'sluice sources pull --select raw.flights',
      'sluice sources pull --check --target prod',
    ],
    load: async () => (await import('./commands/sources.ts')).sources,
  },
  {
    name: 'docs',
    summary: 'write or serve a site about the project',
    description:
      'With `build` writes a static site: the lineage graph, a page for every model, source, seed, check and exposure, and what the ledger says of their partitions and runs. It needs no server and no network, and opens from a file. With `serve` shows the same on this machine and follows changes. See site.md.',
    arguments: [{ syntax: '[word]', summary: '`build` or `serve`' }],
    options: ['folder', 'samples', 'ledgerState', 'port', 'host', 'open'],
    formats: ['text', 'json'],
    examples: [
      'sluice docs build',
      'sluice docs build --folder public --no-state',
      'sluice docs serve --open',
    ],
    cleansUp: true,
    load: async () => (await import('./commands/docs.ts')).docs,
  },
  {
    name: 'test',
    summary: 'run unit tests of models over rows that they give',
    description:
      'Runs the cases of `tests/*.yml`: the query of a model over given rows, compared with the expected ones (see unit-tests.md). On DuckDB in memory, on Postgres in a transaction that is rolled back; no data of the target is read. WORDS are parts of names of tests, models or files. With `--record MODEL` it writes a case from published rows: some of what the model reads, and what it makes of them.',
    arguments: [
      { syntax: '[words...]', summary: 'parts of names of tests, models or files; all tests if none' },
    ],
    options: [...selection, 'record', 'testName', 'maxRows', 'partition', 'report'],
    formats: ['text', 'json'],
    examples: [
      'sluice test',
      'sluice test --select marts.*',
      'sluice test late flights',
      'sluice test --record marts.daily_by_origin --partition 2001-01-05',
    ],
    cleansUp: true,
    load: async () => (await import('./commands/test.ts')).test,
  },
  {
    name: 'status',
    summary: 'show what is published, missing, stale or failed',
    description:
      'One line a relation: how many partitions are fresh, stale, missing or failed, and since when; then the latest failure of each. For one model its partitions in a calendar. `--verify` asks the database whether what the ledger says is there: tables, columns and the rows of each partition; what differs is printed with the command that repairs it, and the exit code is 1.',
    arguments: [],
    options: [...selection, ...partitions, 'calendar', 'verify'],
    formats: ['table', 'json'],
    examples: [
      'sluice status',
      'sluice status --select marts.* --output json',
      'sluice status --select marts.daily_by_origin --from 2001-01',
      'sluice status --verify',
    ],
    load: async () => (await import('./commands/status.ts')).status,
  },
  {
    name: 'runs',
    summary: 'list runs, or show what one did',
    description:
      'Lists runs, newest first. `sluice runs show RUN` shows one with each task: how it ended, errors, checks that did not hold with a sample of their rows, and what was accepted. RUN is an id, the beginning of one, or `last`. With `--log`: everything that happened in it, event by event.',
    arguments: [
      { syntax: '[show]', summary: 'the word `show`, to see one run' },
      { syntax: '[run]', summary: 'which one; the last if not given' },
    ],
    options: ['select', 'exclude', 'status', 'limit', 'log'],
    formats: ['table', 'json'],
    examples: ['sluice runs --status failed', 'sluice runs show last', 'sluice runs show 0mwtgjdh8 --log'],
    load: async () => (await import('./commands/runs.ts')).runs,
  },
  {
    name: 'partitions',
    summary: 'list the partitions of a model with their states',
    description:
      'Lists every partition that is due, oldest first: missing, fresh or stale, and why, down to what changed first. Without a range: the whole history.',
    arguments: [{ syntax: '<model>', summary: 'model or seed' }],
    options: partitions,
    formats: ['table', 'json'],
    examples: ['sluice partitions marts.daily_by_origin --from 2001-01-01 --to 2001-01-31'],
    load: async () => (await import('./commands/partitions.ts')).partitions,
  },
  {
    name: 'history',
    summary: 'show every version of a model or a partition',
    description:
      'Lists what happened, newest first: each version of the rows, who made it in which run, from which inputs and with which checks; tries that failed; what was stamped and invalidated.',
    arguments: [
      { syntax: '<model>', summary: 'model or seed' },
      { syntax: '[partition]', summary: 'key of one partition; all of the model if not given' },
    ],
    options: ['limit'],
    formats: ['text', 'json'],
    examples: ['sluice history marts.daily_by_origin 2001-01-05', 'sluice history marts.routes -n 50'],
    load: async () => (await import('./commands/history.ts')).history,
  },
  {
    name: 'stamp',
    summary: 'accept published rows for code that has changed',
    description:
      'Says that rows which older code made stand for the code of today, so that they are not built again. Concerns published partitions that are stale because the code changed; one whose inputs changed stays stale. Who said it, when and why is kept.',
    arguments: [],
    options: [...selection, ...partitions, 'reason', 'dryRun'],
    formats: ['text', 'json'],
    examples: ["sluice stamp --select marts.daily_by_origin --reason 'only a column was renamed in a CTE'"],
    load: async () => (await import('./commands/stamp.ts')).stamp,
  },
  {
    name: 'invalidate',
    summary: 'call published rows stale, so that they are built again',
    description:
      'Marks published partitions as stale, whatever the ledger knows of their inputs: the next run builds them again, and what reads them follows. Who said it, when and why is kept; publishing again takes the mark away.',
    arguments: [],
    options: [...selection, ...partitions, 'reason', 'dryRun'],
    formats: ['text', 'json'],
    examples: [
      "sluice invalidate --select staging.flights --partition 2001-01-05 --reason 'the file was cut off'",
    ],
    load: async () => (await import('./commands/invalidate.ts')).invalidate,
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
