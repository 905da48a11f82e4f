import { didYouMean } from '../diagnostics/suggest.ts'
import type { GraphNode } from './graph.ts'
import { fileName, normalizedPath, withoutEnding } from './path-text.ts'
import { hasWildcard, matcher, type Pattern, patternText, type Separator } from './pattern.ts'
import type { NodeFacts, SelectionContext } from './selection-context.ts'
import type { PatternMethod } from './selector.ts'

/** What a pattern names. */
export type Match =
  | { readonly kind: 'found'; readonly names: readonly string[] }
  | { readonly kind: 'nothing'; readonly hint: string }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly string[]; readonly hint: string }

/** Holds a pattern against every node, in the order of the graph. */
export function matching(context: SelectionContext, method: PatternMethod, pattern: Pattern): Match {
  const { graph } = context
  const nodes = [...graph.nodes.values()]
  const byTexts = (texts: (node: GraphNode) => readonly string[], separator: Separator = '') => {
    const matches = matcher(pattern, separator)
    const found = nodes.filter((node) => texts(node).some(matches)).map((node) => node.name)
    return orNothing(found, pattern, () => nodes.flatMap(texts))
  }
  switch (method) {
    case 'name':
      return byName(context, pattern)
    case 'path':
      return byPath(context, pattern)
    case 'file':
      return byTexts(({ path }) => [fileName(path), withoutEnding(fileName(path))])
    case 'tag':
      return byTexts((node) => node.tags)
    case 'kind':
      return byTexts((node) => [node.kind])
    case 'source':
      return bySource(context, pattern)
    case 'exposure':
      return byExposure(context, pattern)
    case 'check':
      return byTexts((node) => factsOf(context, node.name).checks)
    case 'materialization':
      return byTexts((node) => [factsOf(context, node.name).materialization])
    case 'owner':
      return byTexts(({ name }) => listOf(factsOf(context, name).owner))
    default:
      throw new Error(`unknown method ${method satisfies never}`)
  }
}

/** A pattern of n parts is held against the last n parts of every name, so that a bare name finds its relation in any schema; if
 * it finds none, it may be a schema. A whole name is that one alone, and an exposure takes no name away from what is built. */
function byName(context: SelectionContext, pattern: Pattern): Match {
  const { order, nodes } = context.graph
  const text = patternText(pattern)
  if (nodes.has(text)) return { kind: 'found', names: [text] }
  const matches = matcher(pattern, '.')
  const parts = text.split('.').length
  const all = order.filter((name) => matches(name.split('.').slice(-parts).join('.')))
  const inProject = hasWildcard(pattern) ? all : all.filter((name) => nodes.get(name)!.kind !== 'exposure')
  const named = inProject.length > 0 ? inProject : all
  const inSchema = order.filter((name) => matches(schemaOf(name)))
  if (!hasWildcard(pattern) && named.length + Math.min(inSchema.length, 1) > 1)
    return ambiguous(text, named, inSchema)
  const found = named.length > 0 ? named : inSchema
  if (found.length > 0) return { kind: 'found', names: found }
  const candidates = [...order, ...order.map(schemaOf)].filter((each) => each !== '')
  const near = otherMeaning(context, text) ?? didYouMean(text, candidates)
  return { kind: 'nothing', hint: near ?? 'sluice ls prints all names.' }
}

function ambiguous(text: string, named: readonly string[], inSchema: readonly string[]): Match {
  if (inSchema.length === 0) {
    const hint = `Write the schema too, or "*.${text}" for all of them.`
    return { kind: 'ambiguous', candidates: named.map((name) => `\`${name}\``), hint }
  }
  return {
    kind: 'ambiguous',
    candidates: [...named.map((name) => `\`${name}\``), `the schema \`${text}\``],
    hint: `Write "${text}.*" for all of the schema, or the whole name of a relation.`,
  }
}

/** A tag or a named selector without its method. */
function otherMeaning({ graph, selectors = {} }: SelectionContext, text: string): string | undefined {
  if (Object.hasOwn(selectors, text)) return `selector:${text} is a named selector of sluice.yml.`
  const isTag = [...graph.nodes.values()].some((node) => node.tags.includes(text))
  return isTag ? `tag:${text} selects by tag.` : undefined
}

function schemaOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf('.'), 0))
}

function byPath({ graph }: SelectionContext, pattern: Pattern): Match {
  const wanted = normalized(pattern)
  if (patternText(wanted) === '.') return { kind: 'found', names: graph.order }
  const matches = matcher(wanted, '/')
  const paths = (name: string) => filesAndFolders(graph.nodes.get(name)!.path)
  const found = graph.order.filter((name) => paths(name).some(matches))
  return orNothing(found, wanted, () => graph.order.flatMap(paths))
}

/** Without `./`, `//`, `..` and a `/` at the end; in quotes a path is taken as it stands. */
function normalized(pattern: Pattern): Pattern {
  const [only, ...others] = pattern
  if (only === undefined || others.length > 0) return pattern
  const text = normalizedPath(only.text.replaceAll('\\', '/')).replace(/(?<=.)\/$/, '')
  return [{ ...only, text }]
}

/** `a/b/c.sql`, `a/b` and `a`. */
function filesAndFolders(path: string): readonly string[] {
  const found = [path]
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    found.push(path.slice(0, end))
  }
  return found
}

/** A pattern without a dot names a schema of sources, as in dbt, or a source that has none; if there is neither, tables in any
 * schema. */
function bySource({ graph }: SelectionContext, pattern: Pattern): Match {
  const sources = [...graph.nodes.values()].flatMap((node) => (node.kind === 'source' ? [node.name] : []))
  const matches = matcher(pattern, '.')
  const candidates = [...sources, ...sources.map(schemaOf)]
  const found = sources.filter((name) => matches(name) || matches(schemaOf(name)))
  if (found.length > 0) return { kind: 'found', names: found }
  const tables = sources.filter((name) => matches(name.slice(name.lastIndexOf('.') + 1)))
  return orNothing(tables, pattern, () => candidates)
}

/** By the name that its entry has. */
function byExposure({ graph }: SelectionContext, pattern: Pattern): Match {
  const matches = matcher(pattern, '')
  const exposures = [...graph.nodes.values()].filter(({ kind }) => kind === 'exposure')
  const ownName = ({ name }: GraphNode) => name.slice(name.indexOf('.') + 1)
  const found = exposures.filter((node) => matches(ownName(node))).map(({ name }) => name)
  return orNothing(found, pattern, () => exposures.map(ownName))
}

function factsOf({ facts }: SelectionContext, name: string): NodeFacts {
  if (facts === undefined) throw new Error('a selector asks for facts that were not given')
  return facts(name)
}

function listOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text]
}

function orNothing(found: readonly string[], pattern: Pattern, candidates: () => Iterable<string>): Match {
  if (found.length > 0) return { kind: 'found', names: found }
  return { kind: 'nothing', hint: meant(patternText(pattern), candidates()) }
}

/** More than these are not read in a hint. */
const LISTED = 8

function meant(text: string, candidates: Iterable<string>): string {
  const all = [...new Set(candidates)].filter((each) => each !== '').sort()
  const near = didYouMean(text, all)
  if (near !== undefined) return near
  if (all.length === 0) return 'The project has none at all.'
  return all.length <= LISTED
    ? `There are ${all.map((each) => `\`${each}\``).join(', ')}.`
    : 'sluice ls prints all names, with --output json all that can be selected by.'
}
