import { z } from 'zod'
import {
  count,
  diagnosticSchema,
  held,
  instant,
  name,
  place,
  skippedShape,
  staleCause,
  taskShape,
} from './shared.ts'

export const planSchema = z
  .union([
    z.strictObject({ state: z.literal('planned'), ...taskShape }),
    held,
    z.strictObject({ state: z.literal('skipped'), ...skippedShape }),
  ])
  .describe(
    'One line of `sluice plan --output json`: what would run in an order in which it could, then what is held, then what is fresh',
  )

export const partitionsSchema = z
  .strictObject({
    key: z.string().min(1).describe('`all` for a relation without partitions, which has no start and end'),
    start: instant.optional(),
    end: instant.optional().describe('exclusive'),
    state: z.enum(['missing', 'fresh', 'stale']),
    reason: z
      .string()
      .optional()
      .describe('Why it is stale, in words, down to the root; or what became of the last try'),
    drifted: z
      .literal(true)
      .optional()
      .describe('Fresh, though an upstream without partitions changed since'),
    activity: z.enum(['idle', 'running', 'failed', 'blocked']),
    causes: z
      .array(
        z.strictObject({
          relation: name,
          partition: z.string().optional(),
          cause: staleCause,
          run: z.string().optional().describe('which published the input'),
          at: instant.optional(),
        }),
      )
      .optional()
      .describe('Each but the last is stale because of the next'),
    version: count.optional(),
    rows: count.optional(),
    publishedAt: instant.optional(),
    lastRun: z.string().optional(),
    error: diagnosticSchema.optional().describe('of the last try, if it failed'),
  })
  .describe('One line of `sluice partitions --output json`, oldest first')

export const marksSchema = z
  .strictObject({
    model: name,
    kind: z.enum(['stamp', 'invalidate']),
    partitions: z.array(z.string()).describe('what was marked; `all` for a relation without partitions'),
    held: z.array(z.string()).describe('left as they are, as somebody is publishing them'),
    dryRun: z.boolean(),
    downstream: z
      .array(z.strictObject({ model: name, partitions: z.array(z.string()) }))
      .optional()
      .describe('Of `invalidate`: what is published downstream and stale with it'),
  })
  .describe('One line of `sluice stamp` and `sluice invalidate --output json`')

const sourceStatus = z.strictObject({
  name,
  kind: z.literal('source'),
  materialization: z.literal('source'),
  observe: z
    .enum(['files', 'column', 'query'])
    .nullable()
    .describe('How its changes are seen; null: they cannot be'),
  partitions: z.strictObject({ due: count, observed: count, notReady: count }),
  first: z.string().optional().describe('key of the first observed partition'),
  last: z.string().optional(),
  changedAt: instant.optional().describe('When the newest change was seen'),
  reason: z.string().optional().describe('why it could not be looked at, or what is awaited of it'),
})

const relationStatus = z.strictObject({
  name,
  kind: z.enum(['model', 'seed']),
  materialization: z.string(),
  partitions: z.strictObject({
    due: count,
    fresh: count,
    drifted: count.describe('of the fresh ones'),
    stale: count,
    missing: count,
    failed: count.describe('whose last attempt failed, whatever their data'),
    running: count,
  }),
  rows: count,
  first: z.string().optional().describe('key of the first published partition'),
  last: z.string().optional(),
  publishedAt: instant.optional(),
  reason: z.string().optional().describe('why the newest stale partition is stale'),
  failure: z
    .strictObject({
      partition: z.string().optional(),
      run: z.string(),
      status: z.enum(['failed', 'timed_out', 'crashed']),
      at: instant.optional(),
      code: diagnosticSchema.shape.code.optional(),
      message: z.string().optional(),
    })
    .optional()
    .describe('The newest try that did not publish and was not mended since'),
})

export const statusSchema = z
  .discriminatedUnion('kind', [relationStatus, sourceStatus])
  .describe('One line of `sluice status --output json`')

export const verifySchema = z
  .strictObject({
    model: name,
    code: z.enum(['SL645', 'SL646', 'SL647', 'SL648']),
    message: z.string().min(1),
    partitions: z
      .array(z.strictObject({ partition: z.string().optional(), published: count, found: count }))
      .describe('Whose number of rows differs, oldest first'),
    columns: z.array(z.string()).describe('Published columns that are gone'),
    next: z.string().optional().describe('the command that repairs it'),
  })
  .describe('One line of `sluice status --verify --output json`: what is otherwise than the ledger says')

export const batchesSchema = z
  .strictObject({
    model: name,
    proven: z.boolean().describe('Its SQL shows that batches give the same rows as one partition at a time'),
    max_batch: z
      .number()
      .int()
      .min(1)
      .nullable()
      .describe('The most adjacent partitions in one statement; null: all of them'),
    declared: z.union([z.number().int().min(1), z.literal('all')]).optional(),
    reason: z.string().optional().describe('Why it is not proven'),
    place: place.optional().describe('What is in the way'),
  })
  .describe('One line of `sluice compile --explain-batch --output json`')
