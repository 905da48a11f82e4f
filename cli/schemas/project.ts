import { z } from 'zod'
import { count, diagnosticSchema, instant, name, place } from './shared.ts'

/** Only exposures have them. */
const exposureKeys = {
  label: z.string().optional().describe('what people call an exposure'),
  type: z.string().optional().describe('dashboard, notebook, report, analysis, ml or application'),
  url: z.string().optional().describe('of an exposure'),
  ownerEmail: z.string().optional().describe('of an exposure'),
}

export const lsSchema = z
  .strictObject({
    name,
    kind: z.enum(['model', 'seed', 'source', 'check', 'exposure']),
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
    ...exposureKeys,
  })
  .describe('One line of `sluice ls --output json`, upstream first')

const manifestNode = z.strictObject({
  name,
  kind: z.enum(['model', 'seed', 'source', 'check', 'exposure']),
  materialization: z.string(),
  path: z.string(),
  tags: z.array(z.string()),
  upstream: z.array(name),
  description: z.string().optional(),
  owner: z.string().optional(),
  schedule: z.string().optional(),
  freshness: z.strictObject({ warnMs: count.optional(), failMs: count.optional() }).optional(),
  relation: z.string().optional().describe('quoted physical name on the target'),
  ...exposureKeys,
  fingerprint: z.string().optional().describe('hash of what decides its rows; an exposure has none'),
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
    z.strictObject({
      exposure: name,
      reads: z.array(name).describe('relations that are reached; which of their columns is not known'),
    }),
    z.strictObject({
      relation: name,
      kind: z.enum(['model', 'seed', 'source', 'exposure']),
      reads: z.array(name).describe('selected or not'),
    }),
  ])
  .describe(
    'One line of `sluice lineage --output json`: a column with its sources; with --downstream a column that is reached, an exposure that reads such a relation, or what is not known of one; without a relation who reads whom',
  )

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
