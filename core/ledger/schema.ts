import type { LedgerColumn, LedgerMigration, LedgerTable } from '../adapter.ts'

const text = (name: string): LedgerColumn => ({ name, type: 'text' })
const bigint = (name: string): LedgerColumn => ({ name, type: 'bigint' })
const instant = (name: string): LedgerColumn => ({ name, type: 'instant' })
const json = (name: string): LedgerColumn => ({ name, type: 'json' })
const optional = (column: LedgerColumn): LedgerColumn => ({ ...column, nullable: true })

const runs: LedgerTable = {
  name: 'runs',
  columns: [
    text('id'),
    text('command'),
    text('target'),
    text('status'),
    text('worker'),
    instant('started_at'),
    optional(instant('finished_at')),
    json('request'),
    optional(json('totals')),
  ],
  primaryKey: ['id'],
  indexes: [],
}

/** One row for each process that runs tasks; only the owner updates it, by the database's clock. */
const workers: LedgerTable = {
  name: 'workers',
  columns: [
    text('id'),
    text('run_id'),
    text('host'),
    { name: 'pid', type: 'integer' },
    instant('heartbeat_at'),
  ],
  primaryKey: ['id'],
  indexes: [],
}

/** The right to publish a partition, held from claim to commit. The token fences off a holder that lost it. */
const leases: LedgerTable = {
  name: 'leases',
  columns: [
    text('model'),
    text('partition_key'),
    text('token'),
    text('worker'),
    text('attempt'),
    instant('claimed_at'),
  ],
  primaryKey: ['model', 'partition_key'],
  indexes: [],
}

const attempts: LedgerTable = {
  name: 'attempts',
  columns: [
    text('id'),
    text('run_id'),
    text('worker'),
    text('model'),
    json('partition_keys'),
    { name: 'number', type: 'integer' },
    text('status'),
    instant('started_at'),
    optional(instant('finished_at')),
    optional(bigint('rows')),
    optional(bigint('read_seq')),
    optional(json('accepted')),
    optional(json('error')),
  ],
  primaryKey: ['id'],
  indexes: [['run_id'], ['model']],
}

/** The current state of every partition (key `all` for relations without partitions): data and last attempt. */
const partitions: LedgerTable = {
  name: 'partitions',
  columns: [
    text('model'),
    text('partition_key'),
    optional(instant('start_at')),
    optional(instant('end_at')),
    bigint('change_seq'),
    optional(bigint('data_seq')),
    optional(bigint('read_seq')),
    optional(text('fingerprint')),
    optional(text('layout')),
    optional(bigint('rows')),
    optional(instant('published_at')),
    optional(text('published_by')),
    text('last_attempt'),
    text('last_run'),
    text('last_status'),
  ],
  primaryKey: ['model', 'partition_key'],
  indexes: [['change_seq']],
}

const checkResults: LedgerTable = {
  name: 'check_results',
  columns: [
    text('attempt'),
    text('run_id'),
    text('model'),
    text('partition_key'),
    text('name'),
    text('kind'),
    text('severity'),
    { name: 'passed', type: 'boolean' },
    bigint('failing'),
    json('sample'),
    instant('checked_at'),
  ],
  primaryKey: [],
  indexes: [['attempt'], ['model']],
}

/** What people said of published partitions: that they stand for changed code (`stamp`), or are not to be trusted (`invalidate`). */
const marks: LedgerTable = {
  name: 'marks',
  columns: [
    text('id'),
    text('kind'),
    text('model'),
    json('partition_keys'),
    text('reason'),
    text('made_by'),
    instant('made_at'),
    bigint('change_seq'),
  ],
  primaryKey: ['id'],
  indexes: [['model']],
}

/** Who ran it and what it was to do, so that it can be looked at, canceled and gone on with. */
const moreOfRuns: readonly LedgerColumn[] = [
  text('host'),
  { name: 'pid', type: 'integer' },
  text('started_by'),
  text('parent'),
  json('plan'),
  instant('cancel_requested_at'),
]

/** The version that an attempt made: one number for all of its partitions. */
const moreOfAttempts: readonly LedgerColumn[] = [
  bigint('change_seq'),
  text('fingerprint'),
  text('layout'),
  json('outcome'),
]

const moreOfPartitions: readonly LedgerColumn[] = [text('data_hash'), json('invalidated')]

/** What was measured, and which limit was broken. */
const moreOfCheckResults: readonly LedgerColumn[] = [json('measure')]

function added(table: string, columns: readonly LedgerColumn[]) {
  return columns.map((column) => ({ table, column: optional(column) }))
}

/** Every version of the ledger's schema, oldest first. Never edit one that was released: append. */
export const ledgerMigrations: readonly LedgerMigration[] = [
  { version: 1, createTables: [runs, workers, leases, attempts, partitions, checkResults], addColumns: [] },
  {
    version: 2,
    createTables: [marks],
    addColumns: [
      ...added('runs', moreOfRuns),
      ...added('attempts', moreOfAttempts),
      ...added('partitions', moreOfPartitions),
    ],
    addIndexes: [{ table: 'partitions', columns: ['model', 'start_at'] }],
  },
  { version: 3, createTables: [], addColumns: added('check_results', moreOfCheckResults) },
]

export const ledgerVersion = ledgerMigrations.at(-1)!.version
