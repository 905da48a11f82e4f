import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { buildGraph, type NodeKind } from '../../core/graph/graph.ts'
import type { NamedSelectors, SelectorDefinition } from '../../core/graph/named-selectors.ts'
import { select } from '../../core/graph/select.ts'
import type { SelectionContext } from '../../core/graph/selection-context.ts'
import { type Aspect, aspects, type Status, statuses } from '../../core/graph/selector.ts'

interface Thing {
  readonly name: string
  readonly kind: NodeKind
  readonly tags: readonly string[]
  readonly upstream: readonly string[]
  readonly statuses: readonly Status[]
  readonly change: 'new' | readonly Aspect[]
}

/** A selector as a tree, and how it is written. */
type Tree =
  | { readonly kind: 'atom'; readonly text: string; readonly holds: (thing: Thing) => boolean }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'reach'; readonly of: Tree; readonly up: number; readonly down: number }
  | { readonly kind: 'around'; readonly of: Tree }
  | { readonly kind: 'all'; readonly of: readonly Tree[] }
  | { readonly kind: 'any'; readonly of: readonly Tree[] }

interface TreeSet {
  readonly union: readonly Tree[]
  readonly intersection: readonly Tree[]
  readonly exclude: readonly Tree[]
}

const letters = 'abcdefgh'.split('')
const things = fc
  .array(
    fc.record({
      schema: fc.constantFrom('s.', 't.', 's.', ''),
      kind: fc.constantFrom<NodeKind>('model', 'source', 'seed', 'check'),
      upstream: fc.uniqueArray(fc.nat(7), { maxLength: 2 }),
      tags: fc.subarray(['x', 'y y', 'z']),
      statuses: fc.subarray([...statuses], { minLength: 2 }),
      change: fc.oneof(fc.constant('new' as const), fc.subarray([...aspects])),
    }),
    { minLength: 5, maxLength: 8 },
  )
  .map((drafts) => {
    const names = drafts.map(({ schema }, at) => `${schema}${letters[at]}`)
    return drafts.map(
      ({ schema: _, ...draft }, at): Thing => ({
        ...draft,
        name: names[at]!,
        upstream: draft.upstream.filter((each) => each < at).map((each) => names[each]!),
      }),
    )
  })

const atom = (text: string, holds: (thing: Thing) => boolean): Tree => ({ kind: 'atom', text, holds })
const isModified = ({ change }: Thing) => change === 'new' || change.length > 0
const atoms = fc.constantFrom<Tree>(
  ...letters.slice(0, 4).map((letter) => atom(letter, ({ name }) => name.endsWith(letter))),
  atom('s', ({ name }) => name.startsWith('s.')),
  atom('t.[a-d]', ({ name }) => /^t\.[a-d]$/.test(name)),
  atom('[!a-c]', ({ name }) => /[^a-c]$/.test(name)),
  atom('*', () => true),
  atom('tag:x', ({ tags }) => tags.includes('x')),
  atom('tag:"y y"', ({ tags }) => tags.includes('y y')),
  atom('kind:s*', ({ kind }) => kind === 'source' || kind === 'seed'),
  atom('source:*', ({ kind }) => kind === 'source'),
  ...statuses.map((status) => atom(`status:${status}`, (thing) => thing.statuses.includes(status))),
  atom('state:new', ({ change }) => change === 'new'),
  atom('state:modified', isModified),
  atom('state:modified.body', ({ change }) => change === 'new' || change.includes('body')),
  atom('state:unmodified', (thing) => !isModified(thing)),
)

const steps = fc.constantFrom(0, 1, 2, Number.POSITIVE_INFINITY)
const reached = (core: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> =>
  fc.oneof(
    core,
    fc.record({ of: core, up: steps, down: steps }).map((reach): Tree => ({ kind: 'reach', ...reach })),
    core.map((of): Tree => ({ kind: 'around', of })),
  )
const unionOf = (core: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> =>
  fc
    .array(
      fc
        .array(reached(core), { minLength: 1, maxLength: 2 })
        .map((of): Tree => (of.length === 1 ? of[0]! : { kind: 'all', of })),
      { minLength: 1, maxLength: 3 },
    )
    .map((of): Tree => (of.length === 1 ? of[0]! : { kind: 'any', of }))
const named = (name: string) => fc.constant<Tree>({ kind: 'named', name })
const setOf = (core: fc.Arbitrary<Tree>): fc.Arbitrary<TreeSet> => {
  const list = (maxLength: number) => fc.array(unionOf(core), { maxLength })
  return fc
    .record({ union: list(2), intersection: list(2), exclude: list(1) })
    .filter((set) => set.union.length + set.intersection.length + set.exclude.length > 0)
}

function written(tree: Tree): string {
  switch (tree.kind) {
    case 'atom':
      return tree.text
    case 'named':
      return `selector:${tree.name}`
    case 'around':
      return `@${written(tree.of)}`
    case 'reach': {
      const digits = (count: number) => (Number.isFinite(count) ? `${count}` : '')
      const before = tree.up > 0 ? `${digits(tree.up)}+` : ''
      return `${before}${written(tree.of)}${tree.down > 0 ? `+${digits(tree.down)}` : ''}`
    }
    case 'all':
      return tree.of.map(written).join(',')
    case 'any':
      return tree.of.map(written).join(' ')
  }
}

const definition = ({ union, intersection, exclude }: TreeSet): SelectorDefinition => ({
  ...(union.length > 0 ? { union: union.map(written) } : {}),
  ...(intersection.length > 0 ? { intersection: intersection.map(written) } : {}),
  ...(exclude.length > 0 ? { exclude: exclude.map(written) } : {}),
})

/** Asks of each node alone whether it is meant, as slowly as it is said. Notes whether anything on the way was empty. */
class Oracle {
  sawNothing = false
  private readonly known = new Map<Tree | TreeSet, readonly Thing[]>()
  private readonly all: readonly Thing[]
  private readonly sets: Readonly<Record<string, TreeSet>>

  constructor(all: readonly Thing[], sets: Readonly<Record<string, TreeSet>>) {
    this.all = all
    this.sets = sets
  }

  found(tree: Tree): readonly Thing[] {
    const known = this.known.get(tree)
    if (known !== undefined) return known
    const found = this.noted(this.all.filter((thing) => this.holds(tree, thing)))
    this.known.set(tree, found)
    return found
  }

  noted(found: readonly Thing[]): readonly Thing[] {
    if (found.length === 0) this.sawNothing = true
    return found
  }

  private holds(tree: Tree, thing: Thing): boolean {
    switch (tree.kind) {
      case 'atom':
        return tree.holds(thing)
      case 'named':
        return this.ofSet(this.sets[tree.name]!).includes(thing)
      case 'reach':
        return this.found(tree.of).some(
          (core) => this.reaches(core, thing, tree.up) || this.reaches(thing, core, tree.down),
        )
      case 'around': {
        const core = this.found(tree.of)
        const below = this.all.filter((each) => core.some((one) => this.reaches(each, one, this.all.length)))
        return below.some((each) => this.reaches(each, thing, this.all.length))
      }
      case 'all':
        return tree.of.map((each) => this.found(each)).every((found) => found.includes(thing))
      case 'any':
        return tree.of.map((each) => this.found(each)).some((found) => found.includes(thing))
    }
  }

  private ofSet(set: TreeSet): readonly Thing[] {
    const { union, intersection, exclude } = set
    const known = this.known.get(set)
    if (known !== undefined) return known
    const any = union.map((each) => this.found(each))
    const every = intersection.map((each) => this.found(each))
    const none = exclude.map((each) => this.found(each))
    const found = this.noted(
      this.all.filter(
        (thing) =>
          (any.length === 0 || any.some((each) => each.includes(thing))) &&
          every.every((each) => each.includes(thing)) &&
          !none.some((each) => each.includes(thing)),
      ),
    )
    this.known.set(set, found)
    return found
  }

  private reaches(from: Thing, to: Thing, within: number): boolean {
    if (from === to) return true
    if (within === 0) return false
    return from.upstream.some((name) =>
      this.reaches(this.all.find((each) => each.name === name)!, to, within - 1),
    )
  }
}

test('any selection agrees with an oracle that asks each node alone', () => {
  let selected = 0
  let refused = 0
  const inner = fc.oneof({ weight: 4, arbitrary: atoms }, { weight: 1, arbitrary: named('first') })
  const outer = fc.oneof({ weight: 6, arbitrary: inner }, { weight: 1, arbitrary: named('second') })
  fc.assert(
    fc.property(things, setOf(atoms), setOf(inner), unionOf(outer), fc.option(unionOf(outer)), (...drawn) => {
      const [all, first, second, include, exclude] = drawn
      const selectors: NamedSelectors = {
        first: { definition: definition(first) },
        second: { definition: definition(second) },
      }
      const byName = new Map(all.map((thing) => [thing.name, thing]))
      const context: SelectionContext = {
        graph: buildGraph(all.map((thing) => ({ ...thing, path: `models/${thing.name}.sql` }))),
        selectors,
        facts: ({ length }) => ({ materialization: `m${length}`, checks: [] }),
        statusOf: (name) => new Set(byName.get(name)!.statuses),
        changeOf: (name) => {
          const { change } = byName.get(name)!
          return change === 'new' ? { kind: 'new' } : { kind: 'known', differs: new Set(change) }
        },
      }
      const oracle = new Oracle(all, { first, second })
      const left = oracle.found(include)
      const out = exclude === null ? [] : oracle.found(exclude)
      const expected = left.filter((thing) => !out.includes(thing)).map((thing) => thing.name)
      try {
        const names = select(context, [written(include)], exclude === null ? [] : [written(exclude)])
        expect([...names].sort()).toEqual(expected.sort())
        selected += 1
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error
        // Only what is empty somewhere is refused.
        expect(oracle.sawNothing || expected.length === 0, error.message).toBe(true)
        refused += 1
      }
    }),
    { seed: 3107, numRuns: 1200 },
  )
  expect(selected).toBeGreaterThan(300)
  expect(refused).toBeGreaterThan(100)
})
