import { posix } from 'node:path'
import { type Diagnostic, diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { type Graph, reachable } from './graph.ts'
import { hasWildcard, matcher } from './pattern.ts'
import { parseSelectors, type Selector } from './selector.ts'

/** What selecting needs to know of a project. */
export interface SelectionContext {
  readonly graph: Graph
}

/** The nodes that the values of `--select` name (all, if there are none) without those that the values of `--exclude`
 * name, in the order of the graph. Several values mean a union, as spaces do; commas an intersection.
 * @throws SluiceError SL420 for a selector that matches nothing, SL421 for one that cannot be read, SL422 for a bare name
 * that several nodes have, SL423 if everything is excluded; all of them at once. */
export function select(
  { graph }: SelectionContext,
  include: readonly string[],
  exclude: readonly string[],
): ReadonlySet<string> {
  const problems: Diagnostic[] = []
  const included = include.length === 0 ? new Set(graph.order) : unionOf(graph, include, problems)
  const excluded = unionOf(graph, exclude, problems)
  if (problems.length > 0) throw new SluiceError(problems)
  const left = graph.order.filter((name) => included.has(name) && !excluded.has(name))
  if (left.length === 0 && exclude.length > 0) {
    throw SluiceError.of('SL423', {
      message: `everything that was selected is excluded by "${exclude.join(' ')}"`,
      hint: 'Exclude less.',
    })
  }
  return new Set(left)
}

function unionOf(graph: Graph, values: readonly string[], problems: Diagnostic[]): ReadonlySet<string> {
  const union = new Set<string>()
  for (const value of values) {
    try {
      for (const selectors of parseSelectors(value)) {
        for (const name of intersectionOf(graph, selectors)) union.add(name)
      }
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error
      problems.push(...error.diagnostics)
    }
  }
  return union
}

function intersectionOf(graph: Graph, selectors: readonly Selector[]): ReadonlySet<string> {
  const [first, ...others] = selectors.map((selector) => reachOf(graph, selector))
  const common = new Set([...first!].filter((name) => others.every((other) => other.has(name))))
  if (common.size === 0) {
    throw SluiceError.of('SL420', {
      message: `the selector "${selectors.map((each) => each.text).join(',')}" matches nothing: its parts have nothing in common`,
      hint: 'A comma means both; use a space for either.',
    })
  }
  return common
}

function reachOf(graph: Graph, selector: Selector): ReadonlySet<string> {
  const found = named(graph, selector)
  if (selector.upstream === 0 && selector.downstream === 0) return new Set(found)
  return new Set([
    ...reachable(graph.upstream, found, selector.upstream),
    ...reachable(graph.downstream, found, selector.downstream),
  ])
}

function named(graph: Graph, selector: Selector): readonly string[] {
  switch (selector.method) {
    case 'name':
      return byName(graph, selector)
    case 'tag': {
      const matches = matcher(selector.pattern, '')
      const found = graph.order.filter((name) => graph.nodes.get(name)!.tags.some(matches))
      return found.length > 0 ? found : nothing(selector, allTags(graph))
    }
    case 'path':
      return byPath(graph, selector)
  }
}

function byPath(graph: Graph, selector: Selector): readonly string[] {
  const wanted = posix.normalize(selector.pattern.replaceAll('\\', '/')).replace(/\/$/, '')
  if (wanted === '.') return graph.order
  const matches = matcher(wanted, '/')
  const found = graph.order.filter((name) => filesAndFolders(graph.nodes.get(name)!.path).some(matches))
  return found.length > 0 ? found : nothing({ ...selector, pattern: wanted }, allPaths(graph))
}

/** A pattern of n parts is held against the last n parts of every name, so that a bare name finds its relation in any
 * schema. A whole name is that one alone. */
function byName(graph: Graph, selector: Selector): readonly string[] {
  const { pattern } = selector
  if (graph.nodes.has(pattern)) return [pattern]
  const matches = matcher(pattern, '.')
  const parts = pattern.split('.').length
  const found = graph.order.filter((name) => matches(name.split('.').slice(-parts).join('.')))
  if (found.length === 0) return nothing(selector, graph.order)
  if (found.length > 1 && !hasWildcard(pattern)) {
    throw new SluiceError([
      diagnostic('SL422', {
        message: `"${pattern}" may be ${found.map((name) => `\`${name}\``).join(' or ')}`,
        hint: `Write the schema too, or "*.${pattern}" for all of them.`,
      }),
    ])
  }
  return found
}

function nothing(selector: Selector, candidates: Iterable<string>): never {
  const listing = 'sluice ls prints all names.'
  throw SluiceError.of('SL420', {
    message: `the selector "${selector.text}" matches nothing`,
    hint: didYouMean(selector.pattern, candidates) ?? listing,
  })
}

function allTags(graph: Graph): ReadonlySet<string> {
  return new Set([...graph.nodes.values()].flatMap((node) => node.tags))
}

function allPaths(graph: Graph): ReadonlySet<string> {
  return new Set([...graph.nodes.values()].flatMap((node) => filesAndFolders(node.path)))
}

/** `a/b/c.sql`, `a/b` and `a`. */
function filesAndFolders(path: string): readonly string[] {
  const found = [path]
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    found.push(path.slice(0, end))
  }
  return found
}
