import type { Adapter } from '../../core/adapter.ts'
import type { BoundProject } from '../../core/bind/bound.ts'
import { assumedType } from '../../core/compile/clock.ts'
import type { ProjectLineage } from '../../core/lineage/project.ts'
import type { ParentRun, RunFacts } from '../../core/openlineage/facts.ts'
import type { PlannedTask } from '../../core/plan/plan.ts'
import type { Partition } from '../../core/time/interval.ts'
import type { Invocation } from '../command.ts'
import { openLineage } from '../lineage/open-lineage.ts'
import { version } from '../version.ts'
import { windowOf } from '../window.ts'
import type { Workspace } from '../workspace.ts'
import { spaceOf } from './dataset-space.ts'
import { type LocationOf, sourceLocations } from './source-location.ts'

/** Finds out what the events of a run say beside what happens in it. What cannot be found out is left out: the run is not told. */
export async function factsOf(
  workspace: Workspace,
  adapter: Adapter,
  invocation: Invocation,
  models: ReadonlySet<string>,
): Promise<{ readonly facts: RunFacts; readonly close: () => Promise<void> }> {
  const { project, factory } = workspace
  const { environment, signal, command } = invocation
  const { root, name, target } = project.project
  const [opened, engine, locationOf] = await Promise.all([
    orNothing(openLineage(workspace, invocation, models)),
    orNothing(engineOf(adapter, factory.dialectName, signal)),
    orNothing(sourceLocations(root, { environment, signal })),
  ])
  const parent = parentOf(environment.OPENLINEAGE_PARENT_ID)
  const columnsOf = columnsIn(opened?.bound)
  const facts: RunFacts = {
    project,
    command,
    namespace: environment.OPENLINEAGE_NAMESPACE || `${name}/${target.name}`,
    producer: `urn:sluice:${encodeURIComponent(version)}`,
    version,
    space: spaceOf(await workspace.target(), root, factory.dialect.defaultSchema),
    ...(parent === undefined ? {} : { parent }),
    ...(engine === undefined ? {} : { engine }),
    columnsOf,
    lineageOf: (model) => lineageOf(opened?.lineage, model),
    sqlOf: (task, partitions) => orNothing(sqlOf(workspace, columnsOf, task, partitions)),
    locationOf: locationOf ?? nowhere,
  }
  return { facts, close: async () => opened?.close() }
}

const nowhere: LocationOf = () => undefined

async function orNothing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch {
    // Events say less then. Whatever is wrong the run itself meets, and tells.
    return undefined
  }
}

function columnsIn(bound: BoundProject | undefined): RunFacts['columnsOf'] {
  return (relation) => {
    const found = bound?.relations.get(relation)
    return found?.kind === 'bound' ? found.columns : undefined
  }
}

async function lineageOf(lineage: ProjectLineage | undefined, model: string) {
  return lineage === undefined ? undefined : orNothing(lineage.direct(model))
}

async function sqlOf(
  { project, texts, factory }: Workspace,
  columnsOf: RunFacts['columnsOf'],
  { model, kind }: PlannedTask,
  partitions: readonly Partition[],
): Promise<string | undefined> {
  const node = project.nodes.get(model)
  if (kind === 'check') return (await texts.check(model, undefined)).text
  if (node?.kind !== 'model') return undefined
  const [first, last] = [partitions[0], partitions.at(-1)]
  if (first === undefined || last === undefined || node.config.partition === undefined)
    return (await texts.model(node, undefined)).text
  const { name, type } = node.config.partition.column
  const loose = (text: string) => factory.dialect.fold(text, false)
  const bound = columnsOf(model)?.find((each) => loose(each.name) === loose(name))?.type
  const columnType =
    type ??
    (bound === undefined ? undefined : factory.dialect.columnType(bound)) ??
    assumedType(node.config.partition)
  const window = windowOf(project, node, { key: first.key, start: first.start, end: last.end }, columnType)
  return (await texts.model(node, window)).text
}

/** `PostgreSQL 18.1 on x86_64 …` and `v1.5.5` both say it. */
async function engineOf(adapter: Adapter, name: string, signal: AbortSignal): Promise<RunFacts['engine']> {
  const [row] = await adapter.session((session) => session.query('select version() as version'), signal)
  const found = /\d+(?:\.\d+)+/.exec(String(row?.version))?.[0]
  return found === undefined ? undefined : { name, version: found }
}

/** `namespace/job/run`, as the clients of OpenLineage write it. A namespace may hold slashes. */
function parentOf(text: string | undefined): ParentRun | undefined {
  const found = /^(.+)\/([^/]+)\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.exec(text ?? '')
  if (found === null) return undefined
  return { job: { namespace: found[1]!, name: found[2]! }, runId: found[3]!.toLowerCase() }
}
