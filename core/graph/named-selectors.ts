import { parseSelectors, type Selector } from './selector.ts'

/** Selectors under a name, as `sluice.yml` has them: a text as for `--select`; a list of such, for any of them; or a set. */
export type SelectorDefinition = string | readonly SelectorDefinition[] | SelectorSet

/** What is in any of `union` (everything, if there is none) and in each of `intersection`, but in none of `exclude`. */
export interface SelectorSet {
  readonly union?: readonly SelectorDefinition[]
  readonly intersection?: readonly SelectorDefinition[]
  readonly exclude?: readonly SelectorDefinition[]
}

export interface NamedSelector {
  readonly description?: string
  readonly definition: SelectorDefinition
}

export type NamedSelectors = Readonly<Record<string, NamedSelector>>

export function namedSelector(selectors: NamedSelectors, name: string): NamedSelector | undefined {
  return Object.hasOwn(selectors, name) ? selectors[name] : undefined
}

/** One text of a definition, and where in it that stands. */
export interface DefinedText {
  readonly text: string
  readonly path: readonly (string | number)[]
}

/** Every text of a definition, in the order of writing. */
export function textsOf(
  definition: SelectorDefinition,
  path: readonly (string | number)[] = [],
): readonly DefinedText[] {
  if (typeof definition === 'string') return [{ text: definition, path }]
  if (isList(definition)) return definition.flatMap((each, at) => textsOf(each, [...path, at]))
  return (['union', 'intersection', 'exclude'] as const).flatMap((key) =>
    (definition[key] ?? []).flatMap((each, at) => textsOf(each, [...path, key, at])),
  )
}

export function isList(definition: SelectorDefinition): definition is readonly SelectorDefinition[] {
  return Array.isArray(definition)
}

/** One shortest-first way from each selector back to itself: `['hot', 'nightly', 'hot']`. Each circle is told once. */
export function circlesOf(selectors: NamedSelectors): readonly (readonly string[])[] {
  const circles: (readonly string[])[] = []
  const finished = new Set<string>()
  const visit = (name: string, way: readonly string[]): void => {
    const back = way.indexOf(name)
    if (back >= 0) {
      circles.push([...way.slice(back), name])
      return
    }
    const definition = namedSelector(selectors, name)?.definition
    if (finished.has(name) || definition === undefined) return
    for (const next of namesIn(definition)) visit(next, [...way, name])
    finished.add(name)
  }
  for (const name of Object.keys(selectors)) visit(name, [])
  return circles
}

/** The named selectors that a definition names. */
function namesIn(definition: SelectorDefinition): ReadonlySet<string> {
  return new Set(
    textsOf(definition)
      .flatMap(({ text }) => readable(text))
      .flatMap(({ core }) => (core.method === 'selector' ? [core.name] : [])),
  )
}

/** The selectors of a text; none of one that cannot be read, which others say. */
export function readable(text: string): readonly Selector[] {
  try {
    return parseSelectors({ text, origin: '' }).flatMap((each) => each.selectors)
  } catch {
    return []
  }
}
