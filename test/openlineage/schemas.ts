import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { OpenLineageEvent } from '../../core/openlineage/event.ts'

/**
 * What OpenLineage demands of the events that Sluice writes, in our own words and stricter: every facet must be one that is known here, at the version
 * that is written. The published schemas themselves are no part of this repository.
 */
const text = { type: 'string', minLength: 1 }
const object = (
  properties: Record<string, unknown>,
  required: readonly string[] = Object.keys(properties),
) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
const many = (items: unknown) => ({ type: 'array', items })
const version = (file: string) => {
  const name = file.slice(file.indexOf('/') + 1)
  return { const: `https://openlineage.io/spec/facets/${file}.json#/$defs/${name}` }
}
const facet = (file: string, properties: Record<string, unknown>, required = Object.keys(properties)) =>
  object({ _producer: { type: 'string', format: 'uri' }, _schemaURL: version(file), ...properties }, [
    '_producer',
    '_schemaURL',
    ...required,
  ])
const facets = (properties: Record<string, unknown>) => object(properties, [])

const jobName = object({ namespace: text, name: text })
const uuid = { type: 'string', format: 'uuid' }
const instant = { type: 'string', format: 'date-time' }
const reference = object({ run: object({ runId: uuid }), job: jobName })
const owners = many(object({ name: text, type: text }, ['name']))
const inputField = object({
  namespace: text,
  name: text,
  field: text,
  transformations: {
    ...many(
      object({
        type: { enum: ['DIRECT', 'INDIRECT'] },
        subtype: {
          enum: ['IDENTITY', 'TRANSFORMATION', 'AGGREGATION', 'JOIN', 'GROUP_BY', 'FILTER', 'SORT'],
        },
        description: { type: 'string' },
        masking: { type: 'boolean' },
      }),
    ),
    minItems: 1,
  },
})

const datasetFacets = facets({
  schema: facet('1-1-1/SchemaDatasetFacet', {
    fields: many(object({ name: text, type: text, description: text }, ['name', 'type'])),
  }),
  documentation: facet('1-0-1/DocumentationDatasetFacet', { description: text }),
  ownership: facet('1-0-1/OwnershipDatasetFacet', { owners }),
  columnLineage: facet('1-2-0/ColumnLineageDatasetFacet', {
    fields: { type: 'object', additionalProperties: object({ inputFields: many(inputField) }) },
    dataset: many(inputField),
  }),
})

const schema = object({
  eventType: { enum: ['START', 'COMPLETE', 'FAIL', 'ABORT'] },
  eventTime: instant,
  producer: { type: 'string', format: 'uri' },
  schemaURL: { const: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent' },
  run: object({
    runId: uuid,
    facets: facets({
      parent: facet('1-1-0/ParentRunFacet', { run: object({ runId: uuid }), job: jobName, root: reference }, [
        'run',
        'job',
      ]),
      nominalTime: facet('1-0-1/NominalTimeRunFacet', { nominalStartTime: instant, nominalEndTime: instant }),
      errorMessage: facet('1-0-1/ErrorMessageRunFacet', { message: text, programmingLanguage: text }),
      processing_engine: facet('1-1-1/ProcessingEngineRunFacet', {
        version: text,
        name: text,
        openlineageAdapterVersion: text,
      }),
    }),
  }),
  job: object({
    namespace: text,
    name: text,
    facets: facets({
      jobType: facet('2-0-3/JobTypeJobFacet', { processingType: text, integration: text, jobType: text }),
      sql: facet('1-0-1/SQLJobFacet', { query: text }),
      documentation: facet('1-0-1/DocumentationJobFacet', { description: text }),
      ownership: facet('1-0-1/OwnershipJobFacet', { owners }),
      sourceCodeLocation: facet('1-0-1/SourceCodeLocationJobFacet', {
        type: text,
        url: { type: 'string', format: 'uri' },
        repoUrl: text,
        path: text,
        version: text,
      }),
    }),
  }),
  inputs: many(
    object(
      {
        namespace: text,
        name: text,
        facets: datasetFacets,
        inputFacets: facets({
          dataQualityAssertions: facet('1-0-1/DataQualityAssertionsDatasetFacet', {
            assertions: {
              ...many(
                object({ assertion: text, success: { type: 'boolean' }, column: text }, [
                  'assertion',
                  'success',
                ]),
              ),
              minItems: 1,
            },
          }),
        }),
      },
      ['namespace', 'name'],
    ),
  ),
  outputs: many(
    object(
      {
        namespace: text,
        name: text,
        facets: datasetFacets,
        outputFacets: facets({
          outputStatistics: facet('1-0-2/OutputStatisticsOutputDatasetFacet', {
            rowCount: { type: 'integer' },
          }),
        }),
      },
      ['namespace', 'name'],
    ),
  ),
})

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false })
addFormats.default(ajv)
const validate = ajv.compile(schema)

/** What is wrong with an event; empty for a good one. */
export function mistakesOf(event: OpenLineageEvent): readonly string[] {
  return validate(event) ? [] : validate.errors!.map((error) => `${error.instancePath} ${error.message}`)
}

/** Each run of a whole log must begin once and end once, after it began. */
export function unfinished(events: readonly OpenLineageEvent[]): readonly string[] {
  const seen = new Map<string, string[]>()
  for (const { run, eventType } of events) seen.set(run.runId, [...(seen.get(run.runId) ?? []), eventType])
  return [...seen].flatMap(([id, types]) =>
    types.length === 2 && types[0] === 'START' && types[1] !== 'START' ? [] : [`${id}: ${types.join(' ')}`],
  )
}
