import type { CheckOutcome } from '../checks/check.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { RunEvent } from '../events.ts'
import type { PlannedTask } from '../plan/plan.ts'
import type { Partition } from '../time/interval.ts'
import { assertionsOf } from './assertions.ts'
import { Descriptions } from './descriptions.ts'
import {
  eventSchema,
  type Facets,
  type InputDataset,
  type OpenLineageEvent,
  type OutputDataset,
} from './event.ts'
import type { ParentRun, RunFacts } from './facts.ts'
import { openLineageRunId } from './run-id.ts'

/** An attempt at some partitions of a task that has begun and not ended. */
interface OpenAttempt {
  readonly runId: string
  readonly task: PlannedTask
  readonly partitions: readonly Partition[]
  readonly jobFacets: Facets
  readonly startedAt: string
  readonly outcomes: CheckOutcome[]
}

type EventType = OpenLineageEvent['eventType']

/**
 * Turns the events of a run into OpenLineage's. The run as a whole is one OpenLineage run; each attempt at some partitions of a task is one of its
 * own below it; and so are the checks of an attempt, because an assertion is about what is *read*: a job `MODEL.checks` reads what the attempt made.
 */
export class OpenLineageRun {
  private readonly facts: RunFacts
  private readonly descriptions: Descriptions
  private readonly open = new Map<string, OpenAttempt[]>()
  private run = ''
  private attempts = 0

  constructor(facts: RunFacts) {
    this.facts = facts
    this.descriptions = new Descriptions(facts)
  }

  /** The events that one of the run's stands for, in order; mostly one or none. */
  async of(event: RunEvent): Promise<readonly OpenLineageEvent[]> {
    switch (event.type) {
      case 'run_started':
        this.run = event.run
        return [this.ofRun('START', event.at, {})]
      case 'run_finished': {
        const left = [...this.open.values()].flat()
        this.open.clear()
        const aborted = await Promise.all(left.map((attempt) => this.end(attempt, 'ABORT', event.at)))
        return [...aborted.flat(), this.ofRun(ends[event.status], event.at, this.errorFacets(event.reason))]
      }
      case 'task_started': {
        const before = this.take(event)
        const attempt = await this.begin(event)
        return [
          ...(before === undefined ? [] : await this.end(before, 'ABORT', event.at)),
          await this.event(attempt, 'START', event.at),
        ]
      }
      case 'check_finished':
        this.find(event)?.outcomes.push(event.check)
        return []
      case 'task_retrying':
      case 'task_split':
      case 'task_failed':
        return this.ended(event, 'FAIL', event.error)
      case 'task_succeeded':
        return this.ended(event, 'COMPLETE', undefined, event.published.rows)
      case 'task_skipped':
      case 'task_blocked':
      case 'task_canceled':
        return this.ended(event, 'ABORT')
      case 'task_waiting_for_lease':
        return []
      default:
        throw new Error(`unknown event ${event satisfies never}`)
    }
  }

  /** Of what never began nothing is told. */
  private async ended(
    event: { readonly task: PlannedTask; readonly partitions: readonly Partition[]; readonly at: string },
    type: EventType,
    error?: Diagnostic,
    rows?: number,
  ): Promise<readonly OpenLineageEvent[]> {
    const attempt = this.take(event)
    return attempt === undefined ? [] : this.end(attempt, type, event.at, error, rows)
  }

  private async begin(event: Extract<RunEvent, { type: 'task_started' }>): Promise<OpenAttempt> {
    const { task, partitions, attempt, at } = event
    this.attempts += 1
    const keys = [partitions[0]?.key ?? '', partitions.at(-1)?.key ?? '']
    const made: OpenAttempt = {
      runId: openLineageRunId('attempt', this.run, task.id, ...keys, attempt, this.attempts),
      task,
      partitions,
      jobFacets: await this.descriptions.job(task, partitions),
      startedAt: at,
      outcomes: [],
    }
    this.open.set(task.id, [...(this.open.get(task.id) ?? []), made])
    return made
  }

  private find({ task, partitions }: Pick<OpenAttempt, 'task' | 'partitions'>): OpenAttempt | undefined {
    const [first] = partitions
    return this.open
      .get(task.id)
      ?.find(
        (each) =>
          first === undefined ||
          each.partitions.length === 0 ||
          each.partitions.some(({ start }) => start === first.start),
      )
  }

  private take(about: Pick<OpenAttempt, 'task' | 'partitions'>): OpenAttempt | undefined {
    const found = this.find(about)
    if (found === undefined) return undefined
    const left = this.open.get(about.task.id)!.filter((each) => each !== found)
    if (left.length === 0) this.open.delete(about.task.id)
    else this.open.set(about.task.id, left)
    return found
  }

  private async end(
    attempt: OpenAttempt,
    type: EventType,
    at: string,
    error?: Diagnostic,
    rows?: number,
  ): Promise<readonly OpenLineageEvent[]> {
    const own = await this.event(attempt, type, at, error, rows)
    return [...this.checks(attempt, at), own]
  }

  private async event(
    attempt: OpenAttempt,
    eventType: EventType,
    eventTime: string,
    error?: Diagnostic,
    rows?: number,
  ): Promise<OpenLineageEvent> {
    const { task, partitions, runId, jobFacets } = attempt
    return {
      eventType,
      eventTime,
      run: { runId, facets: { ...this.runFacets(partitions), ...this.errorFacets(error) } },
      job: { namespace: this.facts.namespace, name: task.model, facets: jobFacets },
      inputs: this.inputs(attempt),
      outputs: await this.outputs(task, rows),
      ...this.origin(),
    }
  }

  private inputs({ task, outcomes }: OpenAttempt): readonly InputDataset[] {
    const inputFacets =
      task.kind === 'check' && outcomes.length > 0 ? { inputFacets: this.assertions(task, outcomes) } : {}
    return this.descriptions.inputs(task.model).map(({ dataset, relation }) => ({
      ...dataset,
      facets: relation === undefined ? {} : this.descriptions.dataset(relation),
      ...inputFacets,
    }))
  }

  private async outputs(task: PlannedTask, rows: number | undefined): Promise<readonly OutputDataset[]> {
    const dataset = task.kind === 'check' ? undefined : this.descriptions.name(task.model)
    if (dataset === undefined) return []
    const lineage = task.kind === 'model' ? await this.descriptions.columnLineage(task.model) : undefined
    const counts = rows !== undefined && task.materialization !== 'view'
    return [
      {
        ...dataset,
        facets: {
          ...this.descriptions.dataset(task.model),
          ...(lineage === undefined ? {} : { columnLineage: lineage }),
        },
        ...(counts
          ? {
              outputFacets: {
                outputStatistics: this.descriptions.facet('outputStatistics', { rowCount: rows }),
              },
            }
          : {}),
      },
    ]
  }

  /** The checks of what was made, as a job of their own that reads it. */
  private checks(attempt: OpenAttempt, at: string): readonly OpenLineageEvent[] {
    const { task, partitions, outcomes, runId, startedAt } = attempt
    const dataset = task.kind === 'check' ? undefined : this.descriptions.name(task.model)
    if (dataset === undefined || outcomes.length === 0) return []
    const isBroken = outcomes.some(({ passed, severity }) => !passed && severity === 'error')
    const common = {
      run: { runId: openLineageRunId('checks', runId), facets: this.runFacets(partitions) },
      job: {
        namespace: this.facts.namespace,
        name: `${task.model}.checks`,
        facets: { jobType: this.descriptions.jobType('TEST') },
      },
      outputs: [],
      ...this.origin(),
    }
    const facets = this.descriptions.dataset(task.model)
    return [
      { eventType: 'START', eventTime: startedAt, ...common, inputs: [{ ...dataset, facets }] },
      {
        eventType: isBroken ? 'FAIL' : 'COMPLETE',
        eventTime: at,
        ...common,
        inputs: [{ ...dataset, facets, inputFacets: this.assertions(task, outcomes) }],
      },
    ]
  }

  private assertions({ model }: PlannedTask, outcomes: readonly CheckOutcome[]): Facets {
    const assertions = assertionsOf(outcomes, this.facts.project.nodes.get(model))
    return { dataQualityAssertions: this.descriptions.facet('dataQualityAssertions', { assertions }) }
  }

  private ofRun(eventType: EventType, eventTime: string, facets: Facets): OpenLineageEvent {
    const { parent, namespace } = this.facts
    const { runId, job } = this.itself()
    return {
      eventType,
      eventTime,
      run: {
        runId,
        facets: {
          ...(parent === undefined ? {} : { parent: this.descriptions.facet('parent', reference(parent)) }),
          ...this.engine(),
          ...facets,
        },
      },
      job: { namespace, name: job.name, facets: { jobType: this.descriptions.jobType('RUN') } },
      inputs: [],
      outputs: [],
      ...this.origin(),
    }
  }

  private itself(): ParentRun {
    const { namespace, command } = this.facts
    return { runId: openLineageRunId('run', this.run), job: { namespace, name: `sluice ${command}` } }
  }

  private runFacets(partitions: readonly Partition[]): Facets {
    const { parent } = this.facts
    const [first, last] = [partitions[0], partitions.at(-1)]
    const above = {
      ...reference(this.itself()),
      ...(parent === undefined ? {} : { root: reference(parent) }),
    }
    return {
      parent: this.descriptions.facet('parent', above),
      ...(first === undefined || last === undefined
        ? {}
        : {
            nominalTime: this.descriptions.facet('nominalTime', {
              nominalStartTime: new Date(first.start).toISOString(),
              nominalEndTime: new Date(last.end).toISOString(),
            }),
          }),
      ...this.engine(),
    }
  }

  private engine(): Facets {
    const { engine, version } = this.facts
    if (engine === undefined) return {}
    const said = { ...engine, openlineageAdapterVersion: version }
    return { processing_engine: this.descriptions.facet('processingEngine', said) }
  }

  private errorFacets(error: Diagnostic | undefined): Facets {
    if (error === undefined) return {}
    const message = `${error.code}: ${error.message}`
    return {
      errorMessage: this.descriptions.facet('errorMessage', { message, programmingLanguage: 'SQL' }),
    }
  }

  private origin() {
    return { producer: this.facts.producer, schemaURL: eventSchema }
  }
}

const ends = { succeeded: 'COMPLETE', failed: 'FAIL', canceled: 'ABORT' } as const

function reference({ runId, job }: ParentRun) {
  return { run: { runId }, job }
}
