import { type Diagnostic, SluiceError } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { reachable } from './graph.ts'
import { matching } from './methods.ts'
import { isList, namedSelector, readable, type SelectorDefinition, textsOf } from './named-selectors.ts'
import type { Change, SelectionContext } from './selection-context.ts'
import { type Intersection, parseSelectors, type Selector, type WantedChange } from './selector.ts'
import { mistakeIn, type SelectorText } from './selector-text.ts'

/** The nodes that the values of `--select` name (all, if there are none) without those that the values of `--exclude`
 * name, in the order of the graph. Several values mean a union, as spaces do; commas an intersection. What depends on states alone may
 * be empty, if something else is selected.
 * @throws SluiceError SL420 for a selector that matches nothing, SL421 for one that cannot be read, SL422 for a bare name
 * that several nodes have, SL423 if everything is excluded, SL424 for `state:` without a saved manifest, SL426 if nothing is in the
 * state asked for, SL427 for an unknown named selector; all of them at once. */
export function select(
  context: SelectionContext,
  include: readonly string[],
  exclude: readonly string[],
): ReadonlySet<string> {
  const selection = new Selection(context)
  const included = include.length === 0 ? selection.everything() : selection.ofValues('--select', include)
  const excluded = selection.ofValues('--exclude', exclude)
  if (selection.problems.length > 0) throw new SluiceError(selection.problems)
  const left = context.graph.order.filter((name) => included.names.has(name) && !excluded.names.has(name))
  if (left.length > 0) return new Set(left)
  if (included.names.size === 0 && included.mayBeEmpty) throw nothingInState(include)
  if (exclude.length === 0) return new Set() // A project without nodes.
  throw SluiceError.of('SL423', {
    message: `everything that was selected is excluded by "${exclude.join(' ')}"`,
    hint: 'Exclude less.',
  })
}

/** Which answers from outside of the project selectors need, named ones looked through. */
export function outsideOf(
  selectors: SelectionContext['selectors'],
  values: readonly string[],
): ReadonlySet<'state' | 'status'> {
  const found = new Set<'state' | 'status'>()
  const seen = new Set<string>()
  const visit = (text: string): void => {
    for (const { core } of readable(text)) {
      if (core.method === 'state' || core.method === 'status') found.add(core.method)
      if (core.method !== 'selector' || seen.has(core.name)) continue
      seen.add(core.name)
      const named = namedSelector(selectors ?? {}, core.name)
      if (named !== undefined) for (const each of textsOf(named.definition)) visit(each.text)
    }
  }
  for (const value of values) visit(value)
  return found
}

interface Found {
  readonly names: ReadonlySet<string>
  /** To find nothing is nobody's mistake: it depends on states, or the mistake is told already. */
  readonly mayBeEmpty: boolean
}

const refused: Found = { names: new Set(), mayBeEmpty: true }

class Selection {
  readonly problems: Diagnostic[] = []
  private readonly context: SelectionContext
  private readonly named = new Map<string, Found>()
  /** Named selectors that are being looked up. */
  private readonly open: string[] = []

  constructor(context: SelectionContext) {
    this.context = context
  }

  everything(): Found {
    return { names: new Set(this.context.graph.order), mayBeEmpty: false }
  }

  ofValues(origin: string, values: readonly string[]): Found {
    return union(values.map((text) => this.ofText({ text, origin })))
  }

  private ofText(source: SelectorText): Found {
    return union(
      this.collecting([], () => parseSelectors(source)).map((each) =>
        this.collecting(refused, () => this.ofIntersection(each)),
      ),
    )
  }

  private ofIntersection(wanted: Intersection): Found {
    const found = intersection(wanted.selectors.map((selector) => this.reachOf(selector)))
    if (found.names.size > 0 || found.mayBeEmpty || wanted.selectors.length === 1) return found
    throw mistakeIn(
      wanted.source,
      wanted,
      'SL420',
      `the selector "${wanted.text}" matches nothing: its parts have nothing in common`,
      'A comma means both; use a space for either.',
    )
  }

  private reachOf(selector: Selector): Found {
    const { graph } = this.context
    const { names, mayBeEmpty } = this.namedBy(selector)
    const { reach } = selector
    if (reach.kind === 'surroundings') {
      const downstream = reachable(graph.downstream, names, Number.POSITIVE_INFINITY)
      return { names: reachable(graph.upstream, downstream, Number.POSITIVE_INFINITY), mayBeEmpty }
    }
    if (reach.upstream === 0 && reach.downstream === 0) return { names, mayBeEmpty }
    const all = [
      ...reachable(graph.upstream, names, reach.upstream),
      ...reachable(graph.downstream, names, reach.downstream),
    ]
    return { names: new Set(all), mayBeEmpty }
  }

  private namedBy(selector: Selector): Found {
    const { core, source } = selector
    switch (core.method) {
      case 'selector':
        return this.ofName(core.name, selector)
      case 'status': {
        const { statusOf } = this.context
        if (statusOf === undefined) throw notHere(selector)
        return this.filtered((name) => statusOf(name).has(core.status))
      }
      case 'state': {
        const { changeOf } = this.context
        if (changeOf === undefined) throw noManifest(selector)
        return this.filtered((name) => isWanted(changeOf(name), core.change))
      }
      default: {
        const match = matching(this.context, core.method, core.pattern)
        if (match.kind === 'found') return { names: new Set(match.names), mayBeEmpty: false }
        if (match.kind === 'nothing')
          throw mistakeIn(
            source,
            selector,
            'SL420',
            `the selector "${selector.text}" matches nothing`,
            match.hint,
          )
        const message = `"${selector.text}" may be ${match.candidates.join(' or ')}`
        throw mistakeIn(source, selector, 'SL422', message, match.hint)
      }
    }
  }

  private filtered(isMeant: (name: string) => boolean): Found {
    return { names: new Set(this.context.graph.order.filter(isMeant)), mayBeEmpty: true }
  }

  private ofName(name: string, selector: Selector): Found {
    const known = this.named.get(name)
    if (known !== undefined) return known
    const { selectors = {} } = this.context
    const named = namedSelector(selectors, name)
    if (named === undefined) {
      const names = Object.keys(selectors)
      const hint = didYouMean(name, names) ?? listing(names)
      throw mistakeIn(selector.source, selector, 'SL427', `there is no named selector \`${name}\``, hint)
    }
    // Reading sluice.yml refuses circles.
    if (this.open.includes(name)) throw new Error(`the named selector ${name} names itself`)
    this.open.push(name)
    const before = this.problems.length
    const found = this.ofDefinition(named.definition, `selectors.${name}`)
    this.open.pop()
    const isTold = this.problems.length > before
    this.named.set(name, isTold ? { ...found, mayBeEmpty: true } : found)
    if (found.names.size > 0 || found.mayBeEmpty || isTold) return this.named.get(name)!
    const hint = 'What it selects is excluded again, or has nothing in common.'
    throw mistakeIn(
      selector.source,
      selector,
      'SL420',
      `the named selector \`${name}\` selects nothing`,
      hint,
    )
  }

  private ofDefinition(definition: SelectorDefinition, origin: string): Found {
    if (typeof definition === 'string') return this.ofText({ text: definition, origin })
    if (isList(definition)) return this.anyOf(definition, origin)
    const { union: any, intersection: each = [], exclude = [] } = definition
    const parts = [
      ...(any === undefined ? [] : [this.anyOf(any, `${origin}.union`)]),
      ...each.map((one, at) => this.ofDefinition(one, `${origin}.intersection[${at}]`)),
    ]
    const base = parts.length === 0 ? this.everything() : intersection(parts)
    const excluded = this.anyOf(exclude, `${origin}.exclude`)
    return {
      names: new Set([...base.names].filter((name) => !excluded.names.has(name))),
      mayBeEmpty: base.mayBeEmpty || excluded.mayBeEmpty,
    }
  }

  private anyOf(definitions: readonly SelectorDefinition[], origin: string): Found {
    return union(definitions.map((each, at) => this.ofDefinition(each, `${origin}[${at}]`)))
  }

  /** Mistakes are kept, so that one look finds all of them. */
  private collecting<T>(otherwise: T, work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error
      this.problems.push(...error.diagnostics)
      return otherwise
    }
  }
}

function union(all: readonly Found[]): Found {
  return {
    names: new Set(all.flatMap((found) => [...found.names])),
    mayBeEmpty: all.some((found) => found.mayBeEmpty),
  }
}

function intersection([first = refused, ...others]: readonly Found[]): Found {
  return {
    names: new Set([...first.names].filter((name) => others.every((other) => other.names.has(name)))),
    mayBeEmpty: first.mayBeEmpty || others.some((found) => found.mayBeEmpty),
  }
}

function isWanted(change: Change, wanted: WantedChange): boolean {
  const isNew = change.kind === 'new'
  switch (wanted.kind) {
    case 'new':
      return isNew
    case 'old':
      return !isNew
    case 'unmodified':
      return !isNew && change.differs.size === 0
    case 'modified':
      if (isNew) return true
      return wanted.aspect === undefined ? change.differs.size > 0 : change.differs.has(wanted.aspect)
    default:
      throw new Error(`unknown change ${wanted satisfies never}`)
  }
}

function notHere(selector: Selector): SluiceError {
  return mistakeIn(
    selector.source,
    selector,
    'SL421',
    `"${selector.text}" cannot be used here`,
    'A relation is named here, whatever its state.',
  )
}

function noManifest(selector: Selector): SluiceError {
  return mistakeIn(
    selector.source,
    selector,
    'SL424',
    `"${selector.text}" compares with a saved manifest, and none is given`,
    'Name one by --state: the manifest.json that `sluice compile` wrote of the other version, or its folder.',
  )
}

function nothingInState(include: readonly string[]): SluiceError {
  return SluiceError.of('SL426', {
    message: `nothing is selected by "${include.join(' ')}" now`,
    hint: 'No relation is in the state that it asks for; that may be good news.',
  })
}

function listing(names: readonly string[]): string {
  if (names.length === 0) return 'sluice.yml has none: add it below `selectors`.'
  return `There are ${names.map((name) => `\`${name}\``).join(', ')}.`
}
