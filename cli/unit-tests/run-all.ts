import type { CompiledProject } from '../../core/compile/compiled.ts'
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
    const workspace = vars === '{}' ? first : await workspaceWith(invocation, group[0]!.vars)
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
  return new Set(
    tests.flatMap(({ model }) =>
      [...nodes.keys()].filter((name) => name === model || name.endsWith(`.${model}`)),
    ),
  )
}
