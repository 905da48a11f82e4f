import { z } from 'zod'

export const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/, 'an instant in UTC, ISO 8601')

export const name = z.string().min(1).describe('qualified logical name')

export const count = z.number().int().nonnegative()

export const place = z.strictObject({
  file: z
    .string()
    .describe('relative to the project, or absolute outside it; of a selector the option that holds it'),
  line: z.number().int().min(1),
  column: z.number().int().min(1).describe('in UTF-16 code units'),
  endLine: z.number().int().min(1).optional(),
  endColumn: z.number().int().min(1).optional(),
})

export const diagnosticSchema = z
  .strictObject({
    code: z.string().regex(/^SL\d{3}$/),
    severity: z.enum(['error', 'warning']),
    message: z.string().min(1),
    place: place.optional(),
    via: z.array(place).optional().describe('macro call sites that led to the place, innermost first'),
    frame: z.string().optional().describe('the source around the place'),
    model: z.string().optional(),
    partition: z.string().optional(),
    hint: z.string().optional(),
    next: z.string().optional().describe('the next command to type'),
  })
  .describe('One line on standard error with --output json')

export const partition = z.strictObject({ key: z.string().min(1), start: instant, end: instant })

export const kind = z.enum(['model', 'seed', 'check'])

export const staleCause = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('code') }),
  z.strictObject({ kind: z.literal('layout') }),
  z.strictObject({ kind: z.literal('early') }),
  z.strictObject({ kind: z.literal('invalidated'), reason: z.string(), by: z.string() }),
  z.strictObject({ kind: z.literal('input'), upstream: name, partition: z.string().optional() }),
  z.strictObject({ kind: z.literal('upstream'), upstream: name, partition: z.string().optional() }),
])

const reason = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('missing') }),
  z.strictObject({ kind: z.literal('failed'), run: z.string() }),
  z.strictObject({ kind: z.literal('stale'), cause: staleCause }),
  z.strictObject({ kind: z.literal('forced') }),
  z.strictObject({ kind: z.literal('full_refresh') }),
  z.strictObject({ kind: z.literal('upstream_planned'), upstream: name }),
])

export const need = z.strictObject({
  upstream: name,
  partitions: z.array(z.string()),
  because: z.enum([
    'missing',
    'stale',
    'failed',
    'not_due',
    'waiting',
    'blocked',
    'layout',
    'past',
    'not_ready',
    'unseen',
  ]),
  detail: z.string().optional().describe('What is awaited of a source, or why it cannot be observed'),
})

export const taskShape = {
  id: z.string().min(1),
  model: name,
  kind,
  materialization: z.string(),
  partitions: z.array(partition),
  reason,
  after: z.array(z.string()).describe('ids of tasks that must succeed first'),
  fullRefresh: z.boolean(),
  accepted: z.array(need),
  outside: z.array(name),
}

export const task = z.strictObject(taskShape)

export const held = z.strictObject({
  id: z.string().min(1),
  model: name,
  kind,
  partitions: z.array(partition),
  state: z.enum(['waiting', 'blocked']),
  needs: z.array(need),
  dueAt: instant.optional(),
  next: z.string().optional(),
})

export const skippedShape = {
  id: z.string().min(1),
  model: name,
  kind,
  count: count.describe('Adjacent partitions; 1 for a relation without any'),
  first: partition.optional(),
  last: partition.optional(),
  because: z.literal('fresh'),
}

export const totals = z
  .strictObject({
    succeeded: count,
    failed: count,
    blocked: count,
    waiting: count,
    skipped: count,
    canceled: count,
  })
  .describe('partitions; a relation without partitions counts as one')

export const runStatus = z.enum(['succeeded', 'failed', 'canceled'])

export const measure = z
  .strictObject({
    value: z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]).nullable(),
    unit: z.enum(['rows', 'share', 'number', 'seconds']).describe('A share of 0.5 is 50 %'),
    broken: z.string().optional().describe('The limit that was broken'),
    isHidden: z
      .boolean()
      .optional()
      .describe('The value is left out, as it may be one of a column with `sample: false`'),
    notJudged: z.string().optional().describe('Why the check passed without a verdict'),
    rows: count
      .optional()
      .describe('Rows of which failing ones are a share, or that are compared with history'),
    history: z
      .strictObject({ count, expected: z.number(), deviation: z.number().optional() })
      .optional()
      .describe('With how many earlier numbers of rows it was compared, and what was expected'),
  })
  .describe('What was measured, where that is more than a number of failing rows of which none may be')

export const storedStatus = z.enum(['running', 'succeeded', 'failed', 'timed_out', 'canceled', 'crashed'])

export const elapsedMs = z.number().nonnegative()
