import type { Adapter, Column, Dialect, Session, Transaction } from '../adapter.ts'
import type { CheckOutcome } from '../checks/check.ts'
import type { CompiledCheck, CompiledModel, CompiledProject, CompiledRelation } from '../compile/compiled.ts'
import type { FinalSql } from '../compile/final-sql.ts'
import type { Window } from '../compile/symbols.ts'
import type { ColumnType } from '../config/project.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import type { Published } from '../events.ts'
import { endPublished } from '../ledger/leases.ts'
import { WHOLE } from '../ledger/records.ts'
import {
  forgetModel,
  type PublishedOutcome,
  type PublishedPartition,
  recordChecks,
  recordPublished,
} from '../ledger/statements.ts'
import type { PlannedTask } from '../plan/plan.ts'
import type { RelationText } from '../template/edit.ts'
import type { Partition } from '../time/interval.ts'
import type { Begun } from './begin.ts'

/** Gives the SQL of models and checks as it is sent to the engine. */
export interface SqlTexts {
  /** A model's query, for a window if it has partitions. Relations are written as in the target, unless `relationText` says otherwise. */
  model(model: CompiledModel, window: Window | undefined, relationText?: RelationText): Promise<FinalSql>
  check(name: string, window: Window | undefined, relationText?: RelationText): Promise<FinalSql>
}

/** What one attempt of one task works with. */
export interface AttemptContext {
  readonly project: CompiledProject
  readonly adapter: Adapter
  readonly texts: SqlTexts
  /** A model's name in the ledger. */
  readonly ledgerName: (model: string) => string
  /** Physical names of all relations of the project. */
  readonly owned: ReadonlySet<string>
  readonly bindings: Bindings
  readonly task: PlannedTask
  readonly attempt: string
  readonly run: string
  readonly token: string
  readonly now: () => Date
  readonly signal: AbortSignal
  /** The `change_seq` up to which the ledger was looked at last. */
  readonly plannedAt: number
  /** The `change_seq` up to which the plan knew the ledger. */
  readonly ledgerSeq: number
  /** Batches are run one by one as well, and published only if that gives the same. */
  readonly verifiesBatches: boolean
  /** Names of what the task reads. */
  readonly inputs: readonly string[]
}

export interface AttemptResult extends Published {
  readonly checks: readonly CheckOutcome[]
  /** Keys of the partitions that keep their version. */
  readonly kept?: ReadonlySet<string>
}

/** What the engine said of a model's query during this run: asked once, not for each partition. */
export class Bindings {
  private readonly columns = new Map<string, readonly Column[]>()
  private readonly types = new Map<string, ColumnType>()
  private readonly settled = new Set<string>()

  columnsOf(model: string): readonly Column[] | undefined {
    return this.columns.get(model)
  }

  bind(model: string, columns: readonly Column[], type?: ColumnType): void {
    this.columns.set(model, columns)
    if (type !== undefined) this.types.set(model, type)
  }

  typeOf(model: string): ColumnType | undefined {
    return this.types.get(model)
  }

  /** True once a committed transaction of this run has left the table in the wanted shape. */
  isSettled(model: string): boolean {
    return this.settled.has(model)
  }

  settle(model: string): void {
    this.settled.add(model)
  }
}

/** Thrown inside the publishing transaction when the lease is no longer held: roll back and write nothing. */
export class Fenced extends Error {}

/** Thrown inside the publishing transaction when another run has changed the partition or an input since the ledger was looked at. */
export class ChangedMeanwhile extends Error {}

/** Thrown when a blocking check failed: everything rolls back, the outcomes are recorded by the second transaction. */
export class ChecksFailed extends Error {
  readonly outcomes: readonly CheckOutcome[]
  /** Of a batch: keys of the partitions that broke a check which looks at nothing but them. */
  readonly guilty: ReadonlySet<string>
  /** Of a batch: keys of the partitions that broke a check which looks beyond them, each perhaps because of another one. */
  readonly suspects: ReadonlySet<string>

  constructor(
    outcomes: readonly CheckOutcome[],
    { guilty, suspects }: Blame = { guilty: new Set(), suspects: new Set() },
  ) {
    super('a blocking check failed')
    this.outcomes = outcomes
    this.guilty = guilty
    this.suspects = suspects
  }
}

/** Which partitions of a batch broke blocking checks. */
export interface Blame {
  readonly guilty: ReadonlySet<string>
  readonly suspects: ReadonlySet<string>
}

export function keysOf(task: PlannedTask): readonly string[] {
  return task.partitions.length === 0 ? [WHOLE] : task.partitions.map((partition) => partition.key)
}

/** Whether the ledger has published rows of the model now: another run may have made its table since the plan was made. */
export async function isPublished(context: AttemptContext, session: Session): Promise<boolean> {
  const rows = await session.query(
    'select 1 from sluice.partitions where model = $1 and data_seq is not null limit 1',
    [context.ledgerName(context.task.model)],
  )
  return rows.length > 0
}

/** What is published of a relation without partitions, now. */
export async function publishedWhole(
  context: AttemptContext,
  session: Session,
): Promise<
  { readonly dataSeq: number; readonly fingerprint: string; readonly dataHash?: string } | undefined
> {
  const [row] = await session.query(
    'select data_seq, fingerprint, data_hash from sluice.partitions where model = $1 and partition_key = $2 and data_seq is not null',
    [context.ledgerName(context.task.model), WHOLE],
  )
  if (row === undefined) return undefined
  return {
    dataSeq: Number(row.data_seq),
    fingerprint: String(row.fingerprint),
    ...(row.data_hash === null ? {} : { dataHash: String(row.data_hash) }),
  }
}

/** The rows of a partition, or of a relation without any, as they were published. */
export interface PublishedRows extends Pick<PublishedPartition, 'rows' | 'keepDataSeq' | 'dataHash'> {
  readonly partition?: Partition
}

/** Step 5: everything that the ledger learns, in the commit itself. */
export function commitOutcome(
  context: AttemptContext,
  transaction: Transaction,
  node: CompiledRelation | CompiledCheck,
  begun: Begun,
  partitions: readonly PublishedRows[],
  checks: readonly CheckOutcome[],
): void {
  const { dialect } = context.adapter
  const at = context.now()
  const outcome: PublishedOutcome = {
    model: context.ledgerName(node.name),
    attempt: context.attempt,
    run: context.run,
    readSeq: begun.readSeq,
    fingerprint: node.fingerprint,
    layout: node.kind === 'model' ? node.layoutId : '',
    publishedAt: begun.at,
    partitions: partitions.map(({ partition, rows, keepDataSeq, dataHash }) => {
      const key = partition?.key ?? WHOLE
      return {
        key,
        rows,
        isRecorded: begun.recorded.has(key) && !context.task.fullRefresh,
        ...(partition === undefined ? {} : { interval: partition }),
        ...(keepDataSeq === undefined ? {} : { keepDataSeq }),
        ...(dataHash === undefined ? {} : { dataHash }),
      }
    }),
  }
  const named = checks.map((check) => ({ ...check, model: context.ledgerName(check.model) }))
  transaction.commitWith([
    ...(context.task.fullRefresh ? [forgetModel(outcome.model)] : []),
    ...recordPublished(dialect, outcome),
    ...recordChecks(dialect, context.attempt, context.run, at, named),
    ...endPublished(context.adapter, context, at, outcome),
  ])
}

/** A column of the output, by the engine's rules for names. Throws SL618. */
export function outputColumn(
  adapter: Pick<Adapter, 'dialect'>,
  model: Pick<CompiledRelation, 'name' | 'path'>,
  columns: readonly Column[],
  name: string,
  role: string,
): Column {
  const found = columnNamed(adapter.dialect, columns, name)
  if (found !== undefined) return found
  throw SluiceError.of('SL618', {
    message: `the ${role} \`${name}\` is not in the output of ${model.name}`,
    model: model.name,
    place: { file: model.path, line: 1, column: 1 },
    hint: `The query returns ${columns.map((column) => column.name).join(', ')}.`,
  })
}

/** The column that a configured name means: as it is written, else as the engine folds a name without quotes. */
export function columnNamed(
  dialect: Pick<Dialect, 'fold'>,
  columns: readonly Column[],
  name: string,
): Column | undefined {
  const fold = (text: string) => dialect.fold(text, true)
  return (
    columns.find((column) => fold(column.name) === fold(name)) ??
    columns.find((column) => fold(column.name) === dialect.fold(name, false))
  )
}
