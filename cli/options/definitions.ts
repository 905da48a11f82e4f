import { asDestination } from '../openlineage/destination.ts'
import { asInstant } from './instant.ts'
import {
  asCount,
  asCountOrAll,
  asDuration,
  asFlag,
  asList,
  asListOf,
  asOneOf,
  asPort,
  asRate,
  asText,
  asWords,
  type OptionDefinition,
} from './option.ts'
import { asReports } from './report.ts'
import { asVars } from './vars.ts'

function option<T>(definition: OptionDefinition<T>): OptionDefinition<T> {
  return definition
}

export const upstreamChoices = ['block', 'build', 'accept'] as const
export type UpstreamChoice = (typeof upstreamChoices)[number]

export const runStatuses = ['running', 'succeeded', 'failed', 'canceled', 'crashed'] as const

export const roleChoices = [
  'copied',
  'transformed',
  'aggregated',
  'values',
  'filter',
  'join',
  'group',
  'order',
  'rows',
] as const

export const onlyChoices = ['missing', 'failed', 'stale', 'all'] as const
export const severityChoices = ['error', 'warning'] as const
export const changeChoices = ['breaking', 'any', 'never'] as const
export const orderChoices = ['oldest', 'newest'] as const

/** Every option of every command, by the name that commands use for it. */
export const optionDefinitions = {
  select: option({
    flags: '-s, --select <selectors...>',
    summary:
      'relations to work on: name, +name, name+2, @name, marts.*, tag:x, status:failed, … (docs/selectors.md)',
    group: 'Selection',
    parse: asList,
  }),
  exclude: option({
    flags: '-x, --exclude <selectors...>',
    summary: 'relations to leave out, in the same words',
    group: 'Selection',
    parse: asList,
  }),
  selector: option({
    flags: '--selector <names...>',
    summary: 'named selectors of sluice.yml to work on; the same as --select selector:NAME',
    group: 'Selection',
    parse: asList,
  }),
  state: option({
    flags: '--state <path>',
    summary:
      'manifest.json of another version of the project, or its folder, for state:modified and the like',
    group: 'Selection',
    env: 'SLUICE_STATE',
    parse: asText,
  }),
  partition: option({
    flags: '-p, --partition <key>',
    summary: 'one partition, or all that begin with this: 2001-01-05, 2001-01, 2001',
    group: 'Partitions',
    parse: asText,
  }),
  from: option({
    flags: '--from <key>',
    summary: 'first partition of a range',
    group: 'Partitions',
    parse: asText,
  }),
  to: option({
    flags: '--to <key>',
    summary: 'last partition of a range, inclusive',
    group: 'Partitions',
    parse: asText,
  }),
  force: option({
    flags: '-f, --force',
    summary: 'run what is fresh too',
    group: 'Execution',
    parse: asFlag,
  }),
  fullRefresh: option({
    flags: '--full-refresh',
    summary: 'rebuild the selected models from nothing, all partitions',
    group: 'Execution',
    parse: asFlag,
  }),
  loseHistory: option({
    flags: '--lose-history',
    summary: 'let a full refresh lose what snapshots have recorded',
    group: 'Execution',
    parse: asFlag,
  }),
  dryRun: option({
    flags: '--dry-run',
    summary: 'show the plan and run nothing',
    group: 'Execution',
    parse: asFlag,
  }),
  threads: option({
    flags: '--threads <n>',
    summary: 'tasks that run at once',
    group: 'Execution',
    env: 'SLUICE_THREADS',
    defaultText: '2 on DuckDB, 4 on Postgres',
    parse: asCount,
  }),
  upstream: option({
    flags: '--upstream <what>',
    summary:
      'for an unselected upstream that is missing, stale or failed: block, build it, or accept it as it is',
    group: 'Execution',
    choices: upstreamChoices,
    defaultText: 'block',
    parse: asOneOf(upstreamChoices),
  }),
  only: option({
    flags: '--only <states>',
    summary: 'which partitions: missing, failed, stale, or all; several divided by commas, or repeated',
    group: 'Execution',
    choices: onlyChoices,
    defaultText: 'missing,failed,stale',
    parse: asWords(onlyChoices),
  }),
  order: option({
    flags: '--order <order>',
    summary: 'which partitions go first: oldest or newest',
    group: 'Execution',
    choices: orderChoices,
    defaultText: 'oldest',
    parse: asOneOf(orderChoices),
  }),
  maxConcurrent: option({
    flags: '--max-concurrent <n>',
    summary: 'tasks of this run that run at once, at most --threads',
    group: 'Execution',
    parse: asCount,
  }),
  pool: option({
    flags: '--pool <name>',
    summary: 'let every task take a place of this pool too',
    group: 'Execution',
    parse: asText,
  }),
  rate: option({
    flags: '--rate <n>',
    summary: 'tasks that start in a minute, evenly spread',
    group: 'Execution',
    defaultText: 'no limit',
    parse: asRate,
  }),
  batch: option({
    flags: '--batch <n>',
    summary: 'partitions in one statement at most: a number, 1, or all that the models allow',
    group: 'Execution',
    defaultText: 'all',
    parse: asCountOrAll,
  }),
  verifyBatch: option({
    flags: '--verify-batch',
    summary: 'run each batch one by one as well, and publish it only if that gives the same rows',
    group: 'Execution',
    parse: asFlag,
  }),
  timeout: option({
    flags: '--timeout <time>',
    summary: 'stop the run after so long: 90s, 30m, 2h',
    group: 'Execution',
    env: 'SLUICE_TIMEOUT',
    defaultText: 'run.timeout of sluice.yml',
    parse: asDuration,
  }),
  explainBatch: option({
    flags: '--explain-batch',
    summary: 'say of each selected model why its partitions can share a statement, or why not',
    group: 'Command',
    parse: asFlag,
  }),
  changedSince: option({
    flags: '--changed-since <ref>',
    summary: 'only what changed since the history of this Git ref parted from HEAD, and all that reads it',
    group: 'Selection',
    parse: asText,
  }),
  check: option({
    flags: '--check',
    summary: 'write nothing; the exit code is 1 if the file is out of date',
    group: 'Command',
    parse: asFlag,
  }),
  bind: option({
    flags: '--no-bind',
    summary: 'leave out types and columns: needs no engine',
    group: 'Command',
    parse: asFlag,
  }),
  online: option({
    flags: '--online',
    summary:
      'look at the catalogue of the target, without writing; the default for a --target that is not the default one',
    group: 'Command',
    parse: asFlag,
  }),
  offline: option({
    flags: '--offline',
    summary: 'do not look at the catalogue of the target',
    group: 'Command',
    parse: asFlag,
  }),
  failOn: option({
    flags: '--fail-on <severity>',
    summary: 'exit with 1 from this severity on',
    group: 'Command',
    choices: severityChoices,
    defaultText: 'error',
    parse: asOneOf(severityChoices),
  }),
  failOnChange: option({
    flags: '--fail-on <change>',
    summary: 'exit with 1 for this kind of change',
    group: 'Command',
    choices: changeChoices,
    defaultText: 'breaking',
    parse: asOneOf(changeChoices),
  }),
  base: option({
    flags: '--base <ref>',
    summary: 'what to compare with: a Git ref, or a manifest.json of another version of the project',
    group: 'Command',
    env: 'SLUICE_BASE',
    parse: asText,
  }),
  sql: option({
    flags: '--sql',
    summary: 'show how the SQL of changed models differs, macros and values put in',
    group: 'Command',
    parse: asFlag,
  }),
  data: option({
    flags: '--data',
    summary: 'build both versions of changed models for the partitions asked for, and compare the rows',
    group: 'Command',
    parse: asFlag,
  }),
  key: option({
    flags: '--key <columns>',
    summary: 'columns that tell rows apart, divided by commas, where no check and no unique_key says so',
    group: 'Command',
    parse: asText,
  }),
  limit: option({
    flags: '-n, --limit <rows>',
    summary: 'rows, runs or versions to show',
    group: 'Command',
    defaultText: '10',
    parse: asCount,
  }),
  status: option({
    flags: '--status <status>',
    summary: `only runs that ended so: ${runStatuses.join(', ')}; repeatable`,
    group: 'Command',
    choices: runStatuses,
    parse: asListOf(runStatuses),
  }),
  log: option({
    flags: '--log',
    summary: 'print the log of the run, event by event',
    group: 'Command',
    parse: asFlag,
  }),
  calendar: option({
    flags: '--calendar',
    summary: 'draw the partitions of each model in a calendar; without it only if one model is selected',
    group: 'Command',
    parse: asFlag,
  }),
  verify: option({
    flags: '--verify',
    summary: 'ask the database whether what the ledger says is there',
    group: 'Command',
    parse: asFlag,
  }),
  reason: option({
    flags: '--reason <text>',
    summary: 'why; kept in the history',
    group: 'Command',
    parse: asText,
  }),
  compiled: option({
    flags: '--compiled',
    summary: 'run the compiled SQL instead of reading what is published',
    group: 'Command',
    parse: asFlag,
  }),
  dialect: option({
    flags: '-d, --dialect <name>',
    summary: 'SQL dialect of the files',
    group: 'Command',
    defaultText: 'duckdb',
    env: 'SLUICE_DIALECT',
    parse: asText,
  }),
  downstream: option({
    flags: '--downstream',
    summary: 'who reads it, instead of where it comes from',
    group: 'Command',
    parse: asFlag,
  }),
  depth: option({
    flags: '--depth <n>',
    summary: 'through so many models: 1 is what is named directly',
    group: 'Command',
    defaultText: 'to the ends',
    parse: asCount,
  }),
  role: option({
    flags: '--role <roles>',
    summary:
      'only sources in these roles: copied, transformed, aggregated (together: values), filter, join, group, order (together: rows); several divided by commas, or repeated',
    group: 'Command',
    defaultText: 'all',
    parse: asWords(roleChoices),
  }),
  record: option({
    flags: '--record <model>',
    summary: 'write a unit test of this model from published rows, instead of running any',
    group: 'Command',
    parse: asText,
  }),
  testName: option({
    flags: '--name <name>',
    summary: 'name of the unit test that is recorded',
    group: 'Command',
    parse: asText,
  }),
  maxRows: option({
    flags: '--max-rows <n>',
    summary: 'rows of each input that a recorded unit test holds',
    group: 'Command',
    defaultText: '20',
    parse: asCount,
  }),
  folder: option({
    flags: '--folder <dir>',
    summary: 'with build: folder to write the site to; `target/docs` of the project if not given',
    group: 'Command',
    parse: asText,
  }),
  samples: option({
    flags: '--samples',
    summary: 'show failing rows of checks; without it no row of any table is in the site',
    group: 'Command',
    parse: asFlag,
  }),
  ledgerState: option({
    flags: '--no-state',
    summary: 'leave out states, runs and all else that the ledger knows; connects to no target',
    group: 'Command',
    parse: asFlag,
  }),
  port: option({
    flags: '--port <number>',
    summary: 'with serve: the port to listen on',
    group: 'Command',
    defaultText: '8080, or a free one',
    parse: asPort,
  }),
  host: option({
    flags: '--host <address>',
    summary: 'with serve: the address to listen on; any but this machine’s own lets others read the site',
    group: 'Command',
    defaultText: '127.0.0.1',
    parse: asText,
  }),
  open: option({
    flags: '--open',
    summary: 'with serve: open the site in the browser',
    group: 'Command',
    parse: asFlag,
  }),
  report: option({
    flags: '--report <format[=file]>',
    summary:
      'also report as github (annotations), sarif, junit or markdown, to a file or to standard output; repeatable',
    group: 'Command',
    parse: asReports,
  }),
  openlineage: option({
    flags: '--openlineage <file|url>',
    summary: 'append OpenLineage events of the run to a file, or send them to a server (docs/openlineage.md)',
    group: 'Command',
    parse: asDestination,
  }),
  project: option({
    flags: '--project <dir>',
    summary: 'folder of sluice.yml',
    group: 'Global',
    env: 'SLUICE_PROJECT',
    defaultText: 'the nearest one upwards',
    parse: asText,
  }),
  target: option({
    flags: '-t, --target <name>',
    summary: 'target of the project to work on',
    group: 'Global',
    env: 'SLUICE_TARGET',
    defaultText: 'default_target of the project',
    parse: asText,
  }),
  vars: option({
    flags: '--vars <name=value>',
    summary: 'project variables, as name=value or a JSON object; repeatable',
    group: 'Global',
    env: 'SLUICE_VARS',
    parse: asVars,
  }),
  output: option({
    flags: '-o, --output <format>',
    summary: 'how to print results',
    group: 'Global',
    env: 'SLUICE_OUTPUT',
    parse: asText,
  }),
  now: option({
    flags: '--now <time>',
    summary: 'take this instant for the current time',
    group: 'Global',
    env: 'SLUICE_NOW',
    defaultText: 'the clock',
    parse: asInstant,
  }),
  quiet: option({
    flags: '-q, --quiet',
    summary: 'print only what was asked for and errors',
    group: 'Global',
    parse: asFlag,
  }),
  color: option({
    flags: '--no-color',
    summary: 'no colours; NO_COLOR and FORCE_COLOR are honoured too',
    group: 'Global',
    parse: asFlag,
  }),
  debug: option({
    flags: '--debug',
    summary: 'show where an internal error happened',
    group: 'Global',
    parse: asFlag,
  }),
}

export type OptionName = keyof typeof optionDefinitions

/** The values of the options that were given. */
export type Options = {
  readonly [K in OptionName]?: (typeof optionDefinitions)[K] extends OptionDefinition<infer T> ? T : never
}

export const globalOptionNames = (Object.keys(optionDefinitions) as OptionName[]).filter(
  (name) => optionDefinitions[name].group === 'Global',
)
