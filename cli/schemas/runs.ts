import { z } from 'zod'
import {
  count,
  diagnosticSchema,
  elapsedMs,
  held,
  instant,
  kind,
  measure,
  name,
  need,
  partition,
  runStatus,
  skippedShape,
  storedStatus,
  task,
  totals,
} from './shared.ts'

const at = { at: instant }

export const checkSchema = z
  .strictObject({
    name: z.string().min(1),
    kind: z.enum([
      'not_null',
      'unique',
      'accepted_values',
      'relationships',
      'row_count',
      'expression',
      'null_share',
      'distinct_count',
      'mean',
      'sum',
      'minimum',
      'maximum',
      'quantile',
      'volume',
      'z_score',
      'reconcile',
      'macro',
      'custom',
      'freshness',
      'columns',
      'readable',
    ]),
    severity: z.enum(['error', 'warn']),
    model: name,
    partition: z.string().optional(),
    passed: z.boolean(),
    failing: count.describe(
      'Failing rows; of `unique` duplicated keys; of `row_count` the rows found; of a measured value 1 if it is out of bounds',
    ),
    expected: z
      .strictObject({ min: count.optional(), max: count.optional() })
      .optional()
      .describe('Of `row_count`: how many rows were demanded, limits included'),
    measure: measure.optional(),
    sample: z.array(z.record(z.string(), z.unknown())).max(20),
  })
  .describe('The result of one check on one partition or relation')

/** What an event of a task is about. */
const ofTask = {
  ...at,
  task,
  partitions: z
    .array(partition)
    .describe('those of the task that this is about; none if the relation has no partitions'),
}

export const eventSchema = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('run_started'),
      ...at,
      run: z.string(),
      target: z.string(),
      plan: z.strictObject({
        tasks: z.array(task),
        held: z.array(held),
        skipped: z.array(z.strictObject(skippedShape)),
        ledgerSeq: count,
      }),
    }),
    z.strictObject({ type: z.literal('task_started'), ...ofTask, attempt: z.number().int().min(1) }),
    z.strictObject({ type: z.literal('task_waiting_for_lease'), ...ofTask, holder: z.string() }),
    z.strictObject({
      type: z.literal('task_retrying'),
      ...ofTask,
      attempt: z.number().int().min(1),
      delayMs: z.number().nonnegative(),
      error: diagnosticSchema,
    }),
    z.strictObject({
      type: z.literal('task_split'),
      ...ofTask,
      into: z.array(z.array(partition)).describe('the pieces that are tried again'),
      error: diagnosticSchema,
    }),
    z.strictObject({ type: z.literal('check_finished'), ...ofTask, check: checkSchema }),
    z.strictObject({
      type: z.literal('task_succeeded'),
      ...ofTask,
      published: z.strictObject({ rows: count, changed: z.boolean() }),
      elapsedMs: z.number().nonnegative(),
    }),
    z.strictObject({ type: z.literal('task_skipped'), ...ofTask, because: z.string() }),
    z.strictObject({
      type: z.literal('task_failed'),
      ...ofTask,
      error: diagnosticSchema,
      elapsedMs: z.number().nonnegative(),
    }),
    z.strictObject({ type: z.literal('task_blocked'), ...ofTask, by: z.string(), because: z.string() }),
    z.strictObject({ type: z.literal('task_canceled'), ...ofTask }),
    z.strictObject({
      type: z.literal('run_finished'),
      ...at,
      run: z.string(),
      status: runStatus,
      reason: diagnosticSchema.optional().describe('why it stopped before its end, if not by Ctrl-C'),
      totals,
      elapsedMs: z.number().nonnegative(),
      next: z.array(z.string()),
    }),
  ])
  .describe('One line of `sluice run --output json`')

export const runSchema = z
  .strictObject({
    run: z.string(),
    target: z.string(),
    status: runStatus,
    reason: diagnosticSchema.optional(),
    startedAt: instant,
    finishedAt: instant,
    elapsedMs: z.number().nonnegative(),
    totals,
    tasks: z.array(
      z.strictObject({
        id: z.string().min(1),
        model: name,
        kind,
        partitions: z.array(partition),
        status: z.enum(['succeeded', 'failed', 'skipped', 'blocked', 'canceled']),
        rows: count.optional(),
        changed: z.boolean().optional(),
        elapsedMs: z.number().nonnegative().optional(),
        error: diagnosticSchema.optional(),
        because: z.string().optional(),
        failedChecks: z.array(checkSchema),
      }),
    ),
    held: z.array(held),
    skipped: z.array(z.strictObject(skippedShape)),
    next: z.array(z.string()),
  })
  .describe('`target/run.json`: the last run')

const storedRunShape = {
  id: z.string().min(1),
  command: z.string(),
  target: z.string(),
  status: z
    .enum(['running', 'succeeded', 'failed', 'canceled', 'crashed'])
    .describe('`crashed` as soon as its process is known to be gone'),
  startedAt: instant,
  finishedAt: instant.optional(),
  elapsedMs: elapsedMs.optional().describe('so far, while it runs'),
  user: z.string().optional(),
  host: z.string().optional(),
  pid: z.number().int().optional(),
  parent: z.string().optional().describe('the run that this one goes on with'),
  cancelRequestedAt: instant.optional(),
  counts: z
    .partialRecord(
      z.enum(['running', 'succeeded', 'failed', 'blocked', 'waiting', 'canceled', 'skipped']),
      count,
    )
    .describe('Tasks by how they ended; of a run that has not ended, attempts so far'),
}

export const runsSchema = z
  .strictObject(storedRunShape)
  .describe('One line of `sluice runs --output json`, newest first')

const storedAttempt = z.strictObject({
  id: z.string().min(1),
  number: z.number().int().min(1).describe('1 for the first try'),
  status: storedStatus,
  startedAt: instant,
  finishedAt: instant.optional(),
  elapsedMs: elapsedMs.optional(),
  rows: count.optional(),
  version: count.optional().describe('Number of the change that it made'),
  readSeq: count.optional().describe('The newest change that it can have read'),
  error: diagnosticSchema.optional(),
})

const storedCheck = z.strictObject({
  name: z.string().min(1),
  kind: z.string(),
  severity: z.enum(['error', 'warn']),
  partition: z.string().optional(),
  passed: z.boolean(),
  failing: count,
  measure: measure.optional(),
  sample: z.array(z.record(z.string(), z.unknown())).max(20),
})

export const runDetailsSchema = z
  .strictObject({
    ...storedRunShape,
    request: z.unknown().describe('What was asked for, without vars'),
    tasks: z.array(
      z.strictObject({
        model: name,
        partitions: z.array(z.string()),
        status: storedStatus.describe('Of the last attempt'),
        rows: count.optional(),
        attempts: z.array(storedAttempt).min(1),
        accepted: z.array(need),
        checks: z.array(storedCheck).describe('Of the last attempt'),
      }),
    ),
  })
  .describe('What `sluice runs show RUN --output json` prints; with `--log` one event a line')

const historyBase = {
  model: name,
  at: instant,
  run: z.string(),
  attempt: z.string(),
  user: z.string().optional(),
  host: z.string().optional(),
  number: z.number().int().min(1),
  accepted: z.array(need),
  checks: z.array(storedCheck),
}

const historyMark = {
  model: name,
  partitions: z.array(z.string()),
  at: instant,
  by: z.string(),
  reason: z.string(),
  changeSeq: count,
}

export const historySchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('published'),
      ...historyBase,
      partitions: z.array(
        z.strictObject({
          key: z.string(),
          version: count.optional(),
          rows: count.optional(),
          unchanged: z.boolean().describe('the rows were those of the version before, which stayed'),
          current: z.boolean().describe('what stands there now'),
        }),
      ),
      changeSeq: count.optional(),
      readSeq: count.optional().describe('The newest change that it can have read'),
      fingerprint: z.string().optional(),
      code: z.enum(['first', 'same', 'changed']).optional().describe('against what was published before'),
      todaysCode: z.boolean().optional(),
      inputs: z
        .array(
          z.strictObject({
            upstream: name,
            partitions: z.array(
              z.strictObject({
                key: z.string().optional(),
                version: count,
                run: z.string().optional().describe('which published it; nothing for a source'),
                at: instant.optional(),
              }),
            ),
          }),
        )
        .describe('What one partition, or a relation without partitions, was made from'),
    }),
    z.strictObject({
      kind: z.literal('attempt').describe('a try that did not publish, or goes on'),
      ...historyBase,
      partitions: z.array(z.string()),
      status: storedStatus,
      error: diagnosticSchema.optional(),
    }),
    z.strictObject({ kind: z.literal('stamp'), ...historyMark }),
    z.strictObject({ kind: z.literal('invalidate'), ...historyMark }),
  ])
  .describe('One line of `sluice history --output json`, newest first')

export const cancelSchema = z
  .strictObject({
    run: z.string(),
    status: z
      .enum(['succeeded', 'failed', 'canceled', 'crashed'])
      .describe('how it ended; other than canceled if it ended before it noticed'),
  })
  .describe('The line of `sluice cancel --output json`')
