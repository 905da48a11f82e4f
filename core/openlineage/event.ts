/**
 * The events of OpenLineage, as far as Sluice writes them.
 * @see https://openlineage.io/docs/spec/object-model and https://github.com/OpenLineage/OpenLineage/tree/main/spec
 */
export interface OpenLineageEvent {
  readonly eventType: 'START' | 'COMPLETE' | 'FAIL' | 'ABORT'
  /** ISO 8601, UTC. */
  readonly eventTime: string
  readonly run: { readonly runId: string; readonly facets: Facets }
  readonly job: JobName & { readonly facets: Facets }
  readonly inputs: readonly InputDataset[]
  readonly outputs: readonly OutputDataset[]
  readonly producer: string
  readonly schemaURL: string
}

export interface JobName {
  readonly namespace: string
  readonly name: string
}

export interface DatasetName {
  readonly namespace: string
  readonly name: string
}

export interface InputDataset extends DatasetName {
  readonly facets?: Facets
  readonly inputFacets?: Facets
}

export interface OutputDataset extends DatasetName {
  readonly facets?: Facets
  readonly outputFacets?: Facets
}

export type Facets = Readonly<Record<string, Facet>>

export interface Facet {
  readonly _producer: string
  readonly _schemaURL: string
  readonly [key: string]: unknown
}

const root = 'https://openlineage.io/spec'

export const eventSchema = `${root}/2-0-2/OpenLineage.json#/$defs/RunEvent`

/** The schema of each facet, in the version that it is written by. */
const facetSchemas = {
  columnLineage: '1-2-0/ColumnLineageDatasetFacet',
  dataQualityAssertions: '1-0-1/DataQualityAssertionsDatasetFacet',
  datasetDocumentation: '1-0-1/DocumentationDatasetFacet',
  datasetOwnership: '1-0-1/OwnershipDatasetFacet',
  errorMessage: '1-0-1/ErrorMessageRunFacet',
  jobDocumentation: '1-0-1/DocumentationJobFacet',
  jobOwnership: '1-0-1/OwnershipJobFacet',
  jobType: '2-0-3/JobTypeJobFacet',
  nominalTime: '1-0-1/NominalTimeRunFacet',
  outputStatistics: '1-0-2/OutputStatisticsOutputDatasetFacet',
  parent: '1-1-0/ParentRunFacet',
  processingEngine: '1-1-1/ProcessingEngineRunFacet',
  schema: '1-1-1/SchemaDatasetFacet',
  sourceCodeLocation: '1-0-1/SourceCodeLocationJobFacet',
  sql: '1-0-1/SQLJobFacet',
} as const

export type FacetKind = keyof typeof facetSchemas

/** A facet with what every one of them has. */
export function facet(producer: string, kind: FacetKind, content: Readonly<Record<string, unknown>>): Facet {
  const file = facetSchemas[kind]
  const name = file.slice(file.indexOf('/') + 1)
  return { _producer: producer, _schemaURL: `${root}/facets/${file}.json#/$defs/${name}`, ...content }
}
