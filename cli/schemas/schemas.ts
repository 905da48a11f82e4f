import { diffSchema } from './diff.ts'
import {
  lineageSchema,
  lsSchema,
  manifestSchema,
  parseSchema,
  sourcesSchema,
  testSchema,
  validateSchema,
} from './project.ts'
import {
  cancelSchema,
  checkSchema,
  eventSchema,
  historySchema,
  runDetailsSchema,
  runSchema,
  runsSchema,
} from './runs.ts'
import { diagnosticSchema } from './shared.ts'
import {
  batchesSchema,
  marksSchema,
  partitionsSchema,
  planSchema,
  statusSchema,
  verifySchema,
} from './state.ts'

/** What other programs may rely on, in words that a schema can say. `docs/schemas/*.json` is generated from these; tests hold
 * real output against them. Never loaded by the command line itself. */
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
