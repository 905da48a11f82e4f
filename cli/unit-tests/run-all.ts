import type { CompiledProject } from '../../core/compile/compiled.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { isMeant } from '../../core/unit-tests/resolve.ts'
import { runUnitTest, type TestOutcome } from '../../core/unit-tests/run-test.ts'
import type { UnitTest } from '../../core/unit-tests/unit-test.ts'
import type { Invocation } from '../command.ts'
import type { Workspace } from '../workspace.ts'
import { openWorld, workspaceWith } from './world.ts'

/** A unit test that was run. */
export interface RunTest {
  /** With the whole name of its model. */
  readonly test: UnitTest
  readonly outcome: TestOutcome
  readonly durationMs: number
  /** File of the model, if there is such a model. */
  readonly path: string | undefined
}

/** Runs tests one after the other, those with the same variables in one database, and tells of each as it ends. */
export async function runAll(
  invocation: Invocation,
  first: Workspace,
  tests: readonly UnitTest[],
  ended: (run: RunTest) => void,
): Promise<readonly RunTest[]> {
  const runs = new Map<UnitTest, RunTest>()
  for (const [vars, group] of byVars(tests)) {
    const workspace = vars === '{}' ? first : await withVars(invocation, group[0]!)
    if (workspace instanceof SluiceError) {
      for (const test of group) {
        const run = notRun(first, test, workspace)
        runs.set(test, run)
        ended(run)
      }
      continue
    }
    const opened = await openWorld(invocation, workspace, modelsOf(workspace.project, group))
    try {
      for (const test of group) {
        if (invocation.signal.aborted) return [...runs.values()]
        const startedAt = performance.now()
        const outcome = await runUnitTest(opened.world, test, invocation.signal)
        const [model] = modelsOf(workspace.project, [test])
        const run = {
          test: model === undefined ? test : { ...test, model },
          outcome,
          durationMs: performance.now() - startedAt,
          path: workspace.project.nodes.get(model ?? '')?.path,
        }
        runs.set(test, run)
        ended(run)
      }
    } finally {
      await opened.close()
    }
  }
  return tests.flatMap((test) => runs.get(test) ?? [])
}

/** The project with the variables of a test; the error if there is no such project. Other tests run all the same. */
async function withVars(invocation: Invocation, test: UnitTest): Promise<Workspace | SluiceError> {
  try {
    return await workspaceWith(invocation, test.vars)
  } catch (error) {
    if (error instanceof SluiceError) return error
    throw error
  }
}

function notRun({ project }: Workspace, test: UnitTest, error: SluiceError): RunTest {
  const [model] = modelsOf(project, [test])
  const [problem] = error.diagnostics
  return {
    test: model === undefined ? test : { ...test, model },
    outcome: {
      kind: 'broken',
      // What the variables break is told where the test sets them.
      problem: {
        ...problem!,
        message: `with the variables of the unit test \`${test.name}\`: ${problem!.message.replace('`--vars` sets', 'it sets')}`,
        model: model ?? test.model,
        place: test.place,
      },
    },
    durationMs: 0,
    path: project.nodes.get(model ?? '')?.path,
  }
}

function byVars(tests: readonly UnitTest[]): ReadonlyMap<string, readonly UnitTest[]> {
  const groups = new Map<string, UnitTest[]>()
  for (const test of tests) {
    const key = JSON.stringify(
      Object.fromEntries(Object.entries(test.vars).sort(([a], [b]) => (a < b ? -1 : 1))),
    )
    groups.set(key, [...(groups.get(key) ?? []), test])
  }
  return groups
}

/** The models that tests name, as far as there are such models. */
function modelsOf({ nodes }: CompiledProject, tests: readonly UnitTest[]): ReadonlySet<string> {
  return new Set(tests.flatMap(({ model }) => [...nodes.keys()].filter((name) => isMeant(model, name))))
}
