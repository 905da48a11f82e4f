import { type CompiledNode, type CompiledProject, ownerOf } from '../compile/compiled.ts'
import type { PlannedTask } from '../plan/plan.ts'
import type { Partition } from '../time/interval.ts'
import { columnLineageOf } from './column-lineage.ts'
import { datasetOf, datasetOfPath } from './datasets.ts'
import { type DatasetName, type Facet, type FacetKind, type Facets, facet } from './event.ts'
import type { RunFacts } from './facts.ts'

/** What can be said of jobs and datasets, whatever becomes of them. */
export class Descriptions {
  private readonly facts: RunFacts
  private readonly nodes: CompiledProject['nodes']
  private readonly datasets = new Map<string, Facets>()
  private readonly lineages = new Map<string, Facet | undefined>()

  constructor(facts: RunFacts) {
    this.facts = facts
    this.nodes = facts.project.nodes
  }

  facet(kind: FacetKind, content: Readonly<Record<string, unknown>>): Facet {
    return facet(this.facts.producer, kind, content)
  }

  /** Of a task: how it is made, by whom and where that is written. */
  async job(task: PlannedTask, partitions: readonly Partition[]): Promise<Facets> {
    const node = this.nodes.get(task.model)
    const sql = await this.facts.sqlOf(task, partitions)
    const location = node === undefined ? undefined : this.facts.locationOf(node.path)
    return {
      jobType: this.jobType(jobTypes[task.kind]),
      ...(sql === undefined ? {} : { sql: this.facet('sql', { query: sql }) }),
      ...(location === undefined ? {} : { sourceCodeLocation: this.facet('sourceCodeLocation', location) }),
      ...this.said(node, 'jobDocumentation', 'jobOwnership'),
    }
  }

  jobType(jobType: string): Facet {
    return this.facet('jobType', { processingType: 'BATCH', integration: 'SLUICE', jobType })
  }

  /** What a node reads directly. Of a seed its file; a model that reads itself is not listed among its own inputs. */
  inputs(name: string): readonly { readonly dataset: DatasetName; readonly relation?: string }[] {
    const node = this.nodes.get(name)
    if (node?.kind === 'seed') return [{ dataset: datasetOfPath(this.facts.space.root, node.file) }]
    return (node?.upstream ?? []).flatMap((relation) => {
      const dataset = this.name(relation)
      return dataset === undefined ? [] : [{ dataset, relation }]
    })
  }

  name(relation: string): DatasetName | undefined {
    return datasetOf(this.facts.space, this.nodes.get(relation))
  }

  /** Columns, description and owner of a relation. */
  dataset(relation: string): Facets {
    const known = this.datasets.get(relation)
    if (known !== undefined) return known
    const node = this.nodes.get(relation)
    const columns = this.facts.columnsOf(relation)
    const described = new Map(
      node !== undefined && 'columns' in node
        ? node.columns.map(({ name, description }) => [name.toLowerCase(), description])
        : [],
    )
    const fields = columns?.map(({ name, type }) => {
      const description = described.get(name.toLowerCase())
      return { name, type, ...(description === undefined ? {} : { description }) }
    })
    const made: Facets = {
      ...(fields === undefined ? {} : { schema: this.facet('schema', { fields }) }),
      ...this.said(node, 'datasetDocumentation', 'datasetOwnership'),
    }
    this.datasets.set(relation, made)
    return made
  }

  /** From which columns each column of a model is made. */
  async columnLineage(model: string): Promise<Facet | undefined> {
    if (this.lineages.has(model)) return this.lineages.get(model)
    const lineage = await this.facts.lineageOf(model)
    const found = lineage === undefined ? undefined : columnLineageOf(lineage, (name) => this.name(name))
    const made = found === undefined ? undefined : this.facet('columnLineage', found)
    this.lineages.set(model, made)
    return made
  }

  private said(node: CompiledNode | undefined, documentation: FacetKind, ownership: FacetKind): Facets {
    const owner = node === undefined ? undefined : ownerOf(node)
    return {
      ...(node?.description === undefined
        ? {}
        : { documentation: this.facet(documentation, { description: node.description }) }),
      ...(owner === undefined
        ? {}
        : { ownership: this.facet(ownership, { owners: [{ name: owner, type: 'OWNER' }] }) }),
    }
  }
}

const jobTypes = { model: 'MODEL', seed: 'SEED', check: 'TEST' } as const
