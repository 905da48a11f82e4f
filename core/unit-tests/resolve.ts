import type { CompiledModel, CompiledProject } from '../compile/compiled.ts'
import { sentence } from '../config/schema/values.ts'
import { type DiagnosticFields, SluiceError } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { Partition } from '../time/interval.ts'
import { partitionsOverlapping } from '../time/layout.ts'
import { rangeIn } from '../time/requested-range.ts'
import type { RowsConfig, UnitTest } from './unit-test.ts'

/** A unit test whose names have been found. */
export interface ResolvedTest {
  readonly test: UnitTest
  readonly model: CompiledModel
  readonly partition: Partition | undefined
  /** What is given of each relation that the model reads, itself included if it reads itself; the others are empty. */
  readonly given: ReadonlyMap<string, RowsConfig>
}

/**
 * Finds what a unit test names.
 * @throws SluiceError SL170 or SL171
 */
export function resolveTest(project: CompiledProject, test: UnitTest): ResolvedTest {
  const { nodes } = project
  const models = [...nodes.values()].filter((node) => node.kind === 'model')
  const name = named(
    test.model,
    models.map((each) => each.name),
  )
  const model = models.find((each) => each.name === name)
  if (model === undefined) {
    throw refused('SL170', test, {
      message: `there is no model \`${test.model}\``,
      ...hint(
        didYouMean(
          test.model,
          models.map((each) => each.name),
        ),
      ),
    })
  }
  const readable = [...model.upstream, ...(model.readsItself ? [model.name] : [])]
  const given = new Map<string, RowsConfig>()
  for (const [written, rows] of Object.entries(test.given)) {
    const relation = named(written, readable)
    if (relation === undefined) {
      throw refused('SL170', test, {
        message: `${model.name} does not read \`${written}\``,
        ...hint(
          didYouMean(written, readable) ??
            `it reads ${readable.length === 0 ? 'nothing' : readable.join(', ')}`,
        ),
      })
    }
    given.set(relation, rows)
  }
  return { test, model, partition: partitionOf(model, test), given }
}

/** Whether a name as written can mean a relation: its whole name, or the last part of it. */
export function isMeant(written: string, name: string): boolean {
  return name === written || name.endsWith(`.${written}`)
}

function named(written: string, names: readonly string[]): string | undefined {
  if (names.includes(written)) return written
  const meant = names.filter((name) => isMeant(written, name))
  return meant.length === 1 ? meant[0] : undefined
}

function partitionOf({ name, layout }: CompiledModel, test: UnitTest): Partition | undefined {
  const { partition: key } = test
  if (layout === undefined) {
    if (key === undefined) return undefined
    throw refused('SL171', test, {
      message: `${name} has no partitions, and the test names one`,
      hint: 'Remove `partition`.',
    })
  }
  if (key === undefined) {
    throw refused('SL171', test, {
      message: `${name} is built by partition, and the test names none`,
      hint: 'Add `partition: KEY`; `sluice partitions` lists the keys.',
    })
  }
  const found = partitionsOverlapping(layout, rangeIn(layout, { from: key, to: key })).filter(
    (each) => each.key === key,
  )
  if (found.length === 1) return found[0]
  throw refused('SL171', test, {
    message: `${name} has no partition \`${key}\``,
    hint: 'Write the whole key of a partition within its history; `sluice partitions` lists them.',
  })
}

/** An error of a unit test, at its place. */
export function refused(
  code: 'SL170' | 'SL171' | 'SL671',
  { name, model, place }: UnitTest,
  { message, ...fields }: DiagnosticFields,
): SluiceError {
  return SluiceError.of(code, { model, place, ...fields, message: `the unit test \`${name}\`: ${message}` })
}

function hint(text: string | undefined): { readonly hint?: string } {
  const said = sentence(text)
  return said === undefined ? {} : { hint: said }
}
