import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Diagnostic, SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { isMeant } from '../../core/unit-tests/resolve.ts'
import type { UnitTest } from '../../core/unit-tests/unit-test.ts'
import type { Workspace } from '../workspace.ts'
import type { ChangedNodes } from './changed-since.ts'

export interface LookedTests {
  readonly problems: readonly Diagnostic[]
  /** How many were looked at. */
  readonly count: number
}

/** What is wrong with files of unit tests and with the names in them. Those of models that are broken are left alone: what such a model reads is not known. */
export async function lookAtTests(
  { project, broken }: Workspace,
  selected: ReadonlySet<string>,
  changed: ChangedNodes | undefined,
): Promise<LookedTests> {
  const { root } = project.project
  if (!existsSync(join(root, 'tests'))) return { problems: [], count: 0 }
  const { loadUnitTests } = await import('../../core/unit-tests/load.ts')
  const { resolveTest } = await import('../../core/unit-tests/resolve.ts')
  const loaded = loadUnitTests(root)
  const isWhole = selected.size === project.nodes.size
  const isTouched = ({ place }: Pick<Diagnostic, 'place'>) =>
    isWhole || (place !== undefined && (changed?.testFiles.has(place.file) ?? false))
  const names = [...project.nodes.keys()]
  const isLookedAt = (test: UnitTest) => {
    const meant = names.filter((name) => isMeant(test.model, name))
    if (meant.some((name) => broken.has(name))) return false
    // Whoever removes a model has not touched its tests.
    if (meant.length === 0 && changed !== undefined) return true
    return isTouched(test) || meant.some((name) => selected.has(name))
  }
  const tests = loaded.tests.filter(isLookedAt)
  const unresolved = tests.flatMap((test): readonly Diagnostic[] => {
    // With other variables a model may read other relations.
    const isOther = Object.keys(test.vars).length > 0
    try {
      resolveTest(project, isOther ? { ...test, given: {} } : test)
      return []
    } catch (error) {
      if (error instanceof SluiceError) return error.diagnostics
      throw error
    }
  })
  return { problems: [...loaded.problems.filter(isTouched), ...unresolved], count: tests.length }
}
