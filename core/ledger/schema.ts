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

/** Every version of the ledger's schema, oldest first. Never edit one that was released: append. */
export const ledgerMigrations: readonly LedgerMigration[] = [
  { version: 1, createTables: [runs, workers, leases, attempts, partitions, checkResults], addColumns: [] },
]

export const ledgerVersion = ledgerMigrations.at(-1)!.version
