import { z } from 'zod'

/** What other programs may rely on, in words that a schema can say. `docs/schemas/*.json` is generated from these; tests hold
 * real output against them. Never loaded by the command line itself. */

const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/, 'an instant in UTC, ISO 8601')
const name = z.string().min(1).describe('qualified logical name')
const count = z.number().int().nonnegative()

const place = z.strictObject({
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

const partition = z.strictObject({ key: z.string().min(1), start: instant, end: instant })
const kind = z.enum(['model', 'seed', 'check'])

const staleCause = z.discriminatedUnion('kind', [
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

const need = z.strictObject({
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

const taskShape = {
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
const task = z.strictObject(taskShape)

const held = z.strictObject({
  id: z.string().min(1),
  model: name,
  kind,
  partitions: z.array(partition),
  state: z.enum(['waiting', 'blocked']),
  needs: z.array(need),
  dueAt: instant.optional(),
  next: z.string().optional(),
})
const skippedShape = {
  id: z.string().min(1),
  model: name,
  kind,
  count: count.describe('Adjacent partitions; 1 for a relation without any'),
  first: partition.optional(),
  last: partition.optional(),
  because: z.literal('fresh'),
}

export const planSchema = z
  .union([
    z.strictObject({ state: z.literal('planned'), ...taskShape }),
    held,
    z.strictObject({ state: z.literal('skipped'), ...skippedShape }),
  ])
  .describe(
    'One line of `sluice plan --output json`: what would run in an order in which it could, then what is held, then what is fresh',
  )

const totals = z
  .strictObject({
    succeeded: count,
    failed: count,
    blocked: count,
    waiting: count,
    skipped: count,
    canceled: count,
  })
  .describe('partitions; a relation without partitions counts as one')
const runStatus = z.enum(['succeeded', 'failed', 'canceled'])

const measure = z
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

const at = { at: instant }
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

const storedStatus = z.enum(['running', 'succeeded', 'failed', 'timed_out', 'canceled', 'crashed'])
const elapsedMs = z.number().nonnegative()

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

export const lsSchema = z
  .strictObject({
    name,
    kind: z.enum(['model', 'seed', 'source', 'check']),
    materialization: z.string(),
    path: z.string(),
    tags: z.array(z.string()),
    upstream: z.array(name),
    description: z.string().optional(),
    owner: z.string().optional(),
    schedule: z.string().optional(),
    freshness: z.strictObject({ warnMs: count.optional(), failMs: count.optional() }).optional(),
    observe: z.enum(['files', 'column', 'query']).optional().describe('how changes of a source are seen'),
    ready: z.enum(['column', 'query']).optional().describe('what tells that a source is there'),
    partitionColumn: z.string().optional().describe('the column that cuts the history of a source'),
  })
  .describe('One line of `sluice ls --output json`, upstream first')

const manifestNode = z.strictObject({
  name,
  kind: z.enum(['model', 'seed', 'source', 'check']),
  materialization: z.string(),
  path: z.string(),
  tags: z.array(z.string()),
  upstream: z.array(name),
  description: z.string().optional(),
  owner: z.string().optional(),
  schedule: z.string().optional(),
  freshness: z.strictObject({ warnMs: count.optional(), failMs: count.optional() }).optional(),
  relation: z.string().optional().describe('quoted physical name on the target'),
  fingerprint: z.string().describe('hash of what decides its rows'),
  definition: z
    .strictObject({
      body: z.string(),
      layout: z.string(),
      contract: z.string(),
      checks: z.string(),
      configs: z.string(),
    })
    .describe('hashes that `state:modified` compares'),
  compiled: z.string().optional().describe('path of the compiled SQL, relative to the project'),
  checks: z.array(z.string()).optional(),
  gateOf: name.optional(),
  partition: z
    .strictObject({ column: z.string(), grain: z.string(), start: instant, end: instant.optional() })
    .optional(),
})

export const manifestSchema = z
  .strictObject({
    manifest: z.literal(1).describe('format of this file'),
    sluice: z.string().describe('version of the program'),
    project: z.string(),
    target: z.string(),
    adapter: z.string(),
    nodes: z.array(manifestNode).describe('upstream first'),
    code: z
      .looseObject({ format: z.number() })
      .optional()
      .describe('the project as it was compiled, for `sluice diff --base`; its shape is nobody else’s'),
  })
  .describe('`target/manifest.json`: the compiled project')

export const parseSchema = z
  .strictObject({
    file: z.string(),
    tables: z.array(
      z.strictObject({
        name: z.string(),
        parts: z.array(z.string()).min(1),
        line: z.number().int().min(1),
        column: z.number().int().min(1),
      }),
    ),
    columns: z.array(z.string()),
    error: z
      .strictObject({
        message: z.string(),
        line: z.number().int().min(1).optional(),
        column: z.number().int().min(1).optional(),
      })
      .optional(),
  })
  .describe('One line of `sluice parse --output json`: what was understood of a file')

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

export const cancelSchema = z
  .strictObject({
    run: z.string(),
    status: z
      .enum(['succeeded', 'failed', 'canceled', 'crashed'])
      .describe('how it ended; other than canceled if it ended before it noticed'),
  })
  .describe('The line of `sluice cancel --output json`')

export const validateSchema = diagnosticSchema.describe(
  'One line of `sluice validate --output json`, by file, line and column',
)

const columnText = z.string().describe('as in sources.columns.yml: `day DATE not null`')

export const sourcesSchema = z
  .strictObject({
    source: name,
    change: z.enum(['added', 'changed', 'removed']),
    columns: z.array(
      z.strictObject({
        column: z.string(),
        change: z.enum(['added', 'changed', 'removed', 'moved']),
        before: columnText.optional(),
        after: columnText.optional(),
      }),
    ),
  })
  .describe('One line of `sluice sources pull --output json`: a source whose captured columns changed')

const lineageSource = z.strictObject({
  relation: name,
  column: z.string(),
  role: z.enum(['copied', 'transformed', 'aggregated', 'filter', 'join', 'group', 'order']),
  fields: z.array(z.string()).optional().describe('fields of a struct, where only they are read'),
})
const unresolvedLineage = z.strictObject({
  reason: z.string(),
  model: name.optional().describe('in whose SQL it is'),
  place: place.optional(),
})

export const lineageSchema = z
  .union([
    z.strictObject({
      column: z.string(),
      sources: z.array(lineageSource).describe('sorted; those that decide the rows are among them'),
      unresolved: z.array(unresolvedLineage).optional().describe('why sources may be missing'),
    }),
    z.strictObject({
      relation: name,
      column: z.string(),
      roles: z.array(lineageSource.shape.role).describe('of the column that was asked for'),
    }),
    z.strictObject({ relation: name, unresolved: unresolvedLineage }),
  ])
  .describe(
    'One line of `sluice lineage --output json`: a column with its sources; with --downstream a column that is reached, or what is not known of one',
  )

/** File name below docs/schemas → schema. */
const diffRole = z.enum(['copied', 'transformed', 'aggregated', 'filter', 'join', 'group', 'order'])
const diffSource = z.strictObject({
  relation: name,
  column: z.string().optional().describe('left out: the rows of the relation'),
  roles: z.array(diffRole),
})
const nodeKind = z.enum(['model', 'seed', 'source', 'check'])
const diffChange = { column: z.string(), breaking: z.boolean() }

export const diffSchema = z
  .discriminatedUnion('is', [
    z.strictObject({
      is: z.literal('base'),
      kind: z.enum(['git', 'manifest']),
      ref: z.string().optional(),
      commit: z.string().optional().describe('where this branch left the ref'),
      path: z.string().optional(),
      writtenBy: z.string().optional().describe('the Sluice that wrote the manifest'),
    }),
    z.strictObject({
      is: z.literal('change'),
      name,
      kind: nodeKind,
      status: z
        .enum(['added', 'removed', 'renamed', 'changed', 'follows'])
        .describe('`follows`: its own definition is the same, what it reads gives it other columns'),
      from: name.optional().describe('of `renamed`: what it was called'),
      path: z.string(),
      materialization: z.string(),
      breaking: z.boolean(),
      parts: z.array(
        z.strictObject({
          part: z.enum([
            'sql',
            'data',
            'location',
            'materialization',
            'partition',
            'contract',
            'checks',
            'config',
          ]),
          details: z.array(z.string()),
        }),
      ),
      edited: z.boolean().describe('the SQL in its own file differs'),
      causes: z.array(z.strictObject({ kind: z.enum(['macro', 'var']), name: z.string() })),
      columns: z.array(
        z.discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('added'), ...diffChange, type: z.string() }),
          z.strictObject({ kind: z.literal('removed'), ...diffChange, type: z.string() }),
          z.strictObject({ kind: z.literal('renamed'), ...diffChange, to: z.string() }),
          z.strictObject({
            kind: z.literal('type'),
            ...diffChange,
            before: z.string(),
            after: z.string(),
            isWider: z.boolean().describe('every value of the old type is one of the new'),
          }),
          z.strictObject({
            kind: z.literal('nullability'),
            ...diffChange,
            after: z.enum(['may be null', 'never null']),
          }),
          z.strictObject({ kind: z.literal('values'), ...diffChange }),
        ]),
      ),
      rows: z
        .array(z.enum(['input', 'filter', 'join', 'group', 'order', 'unclear', 'data']))
        .describe('by what other rows may come out; empty: by nothing'),
      sql: z.array(z.string()).describe('lines of a unified diff'),
    }),
    z.strictObject({ is: z.literal('problem'), problem: diagnosticSchema }),
    z.strictObject({
      is: z.literal('impact'),
      name,
      kind: nodeKind,
      hit: z.enum(['values', 'rows', 'unclear', 'none']),
      columns: z.array(z.strictObject({ column: z.string(), because: z.array(diffSource) })),
      because: z.array(diffSource).describe('of `rows`'),
      reasons: z.array(z.string()).describe('of `unclear`: what is not known'),
    }),
    z.strictObject({
      is: z.literal('rebuild'),
      target: z.string(),
      name,
      materialization: z.string(),
      partitions: count,
      first: z.string().optional(),
      last: z.string().optional(),
      rows: count.describe('as they were published'),
      because: z.enum(['code', 'layout', 'early', 'invalidated', 'input', 'upstream']),
      ms: count.optional().describe('about how long they took the last time'),
    }),
    z.strictObject({
      is: z.literal('data'),
      model: name,
      rows: z.strictObject({ before: count, after: count }),
      key: z.array(z.string()),
      withoutKey: z.string().optional().describe('why rows were compared as a whole'),
      only: z.strictObject({ before: count, after: count }),
      different: count.describe('rows on both sides with another value'),
      columns: z.array(z.strictObject({ column: z.string(), different: count })),
      sample: z.array(
        z.strictObject({
          key: z.array(z.string().nullable()),
          side: z.enum(['both', 'base', 'project']),
          values: z.array(
            z.strictObject({
              column: z.string(),
              before: z.string().nullable(),
              after: z.string().nullable(),
            }),
          ),
        }),
      ),
    }),
    z.strictObject({ is: z.literal('gap'), reason: z.string().describe('why less is known') }),
  ])
  .describe('One line of `sluice diff --output json`')

const testedRow = z
  .record(z.string(), z.string().nullable())
  .describe('By column, each value as the engine writes it')

export const testSchema = z
  .strictObject({
    test: z.string(),
    model: name,
    partition: z.string().optional(),
    file: z.string(),
    line: z.number().int().positive(),
    outcome: z
      .enum(['passed', 'failed', 'broken'])
      .describe('broken: the model could not be run over the rows'),
    duration_ms: count,
    rows: count.optional().describe('that the model gave'),
    expected_rows: count.optional(),
    columns: z.array(z.string()).optional().describe('that were compared'),
    differences: z
      .array(
        z.discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('missing'), expected: testedRow }),
          z.strictObject({ kind: z.literal('unexpected'), actual: testedRow }),
          z.strictObject({
            kind: z.literal('changed'),
            expected: testedRow,
            actual: testedRow,
            columns: z.array(z.string()).describe('that differ'),
          }),
          z.strictObject({ kind: z.literal('moved'), expected: testedRow, from: count, to: count }),
        ]),
      )
      .optional(),
    problem: diagnosticSchema.optional(),
  })
  .describe('One line of `sluice test --output json`: a unit test and what became of it')

export const schemas = {
  cancel: cancelSchema,
  batches: batchesSchema,
  check: checkSchema,
  diagnostic: diagnosticSchema,
  diff: diffSchema,
  event: eventSchema,
  history: historySchema,
  lineage: lineageSchema,
  test: testSchema,
  ls: lsSchema,
  manifest: manifestSchema,
  marks: marksSchema,
  parse: parseSchema,
  partitions: partitionsSchema,
  plan: planSchema,
  run: runSchema,
  'run-details': runDetailsSchema,
  runs: runsSchema,
  sources: sourcesSchema,
  status: statusSchema,
  validate: validateSchema,
  verify: verifySchema,
} as const
