import { z } from 'zod'
import { count, diagnosticSchema, name } from './shared.ts'

/** File name below docs/schemas → schema. */
const diffRole = z.enum(['copied', 'transformed', 'aggregated', 'filter', 'join', 'group', 'order'])

const diffSource = z.strictObject({
  relation: name,
  column: z.string().optional().describe('left out: the rows of the relation'),
  roles: z.array(diffRole),
})

const nodeKind = z.enum(['model', 'seed', 'source', 'check', 'exposure'])

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
      label: z.string().optional().describe('of an exposure: what people call it'),
      owner: z.string().optional().describe('of an exposure: who should be told'),
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
