import type { Code } from '../diagnostics/catalogue.ts'
import { closest, didYouMean, suggested } from '../diagnostics/suggest.ts'
import { memberNames, memberOf, signatures } from './builtins.ts'
import type { Mistake } from './failure.ts'
import type { Contexts, LoopData, Scope } from './scope.ts'
import { isList, kindOf } from './sql-text.ts'
import { SqlFragment, type TemplateValue } from './template.ts'
import type { PathNode, Range } from './tree.ts'

export interface NameMistake extends Mistake {
  readonly code: Code
  readonly range: Range
}

/** Names that exist elsewhere, with the reason why not here. */
export type Absent = Readonly<Record<string, string>>

/** The value of a path, or undefined if there is none; then `explainMissing` says why. */
export function resolve(path: PathNode, scope: Scope): TemplateValue | undefined {
  const { parts } = path
  let value: TemplateValue | undefined
  let next = 0
  if (path.scope === 'context') value = contextAt(path.depth, scope)
  else if (path.scope === 'data') {
    value = dataValue(dataAt(scope.data, path.depth), parts[0])
    next = 1
  } else {
    let params = scope.blockParams
    for (let level = path.level; level > 0; level--) params = params?.outer
    value = params?.values[path.index]
    next = 1
  }
  for (; next < parts.length && value !== undefined; next++) value = memberOf(value, parts[next]!)
  return value
}

function contextAt(depth: number, scope: Scope): TemplateValue | undefined {
  if (depth === 0) return scope.context
  let contexts: Contexts | undefined = scope.contexts
  for (let i = 0; i < depth; i++) contexts = contexts?.outer
  return contexts?.context
}

function dataAt(data: LoopData, depth: number): LoopData | undefined {
  let found: LoopData | undefined = data
  for (let i = 0; i < depth; i++) found = found?.outer
  return found
}

function dataValue(data: LoopData | undefined, name: string | undefined): TemplateValue | undefined {
  switch (name) {
    case 'root':
      return data?.root
    case 'index':
    case 'key':
    case 'first':
    case 'last':
      return data?.loop?.[name]
    case 'partial-block':
      return data && data.partialBlock !== undefined
    default:
      return undefined
  }
}

const loopNames = ['index', 'key', 'first', 'last']

/** Why a path has no value. */
export function explainMissing(path: PathNode, scope: Scope, absent: Absent): NameMistake {
  if (path.scope === 'data') {
    const name = path.parts[0] ?? ''
    if (dataValue(dataAt(scope.data, path.depth), name) === undefined) return unknownData(path, name)
  }
  if (path.scope === 'context' && contextAt(path.depth, scope) === undefined)
    return {
      code: 'SL203',
      range: path,
      message: `\`${shown(path.text)}\` goes out of more blocks than there are`,
      hint: `${scope.calls.length > 0 ? 'a macro sees only its own context; ' : ''}\`@root.name\` reaches the outermost one`,
    }
  return missingMember(path, scope, absent)
}

function unknownData(path: PathNode, name: string): NameMistake {
  if (loopNames.includes(name))
    return {
      code: 'SL203',
      range: path,
      message: `\`${shown(path.text)}\` has a meaning only inside \`{{#each}}\``,
    }
  return {
    code: 'SL203',
    range: path,
    message: `there is no \`${shown(path.text)}\``,
    hint: didYouMean(`@${name}`, ['@root', ...loopNames.map((each) => `@${each}`)]),
  }
}

function missingMember(path: PathNode, scope: Scope, absent: Absent): NameMistake {
  const first = path.scope === 'context' ? 0 : 1
  let at: TemplateValue | undefined = resolve({ ...path, parts: path.parts.slice(0, first) }, scope)
  let known = first
  for (; known < path.parts.length; known++) {
    const next: TemplateValue | undefined = at === undefined ? undefined : memberOf(at, path.parts[known]!)
    if (next === undefined) break
    at = next
  }
  const name = path.parts[known] ?? path.text
  const prefix = prefixOf(path, known)
  if (known > 0 && at !== undefined) return missingIn(at, path, prefix, name)
  const reason = path.scope === 'context' ? absentReason(path, absent) : undefined
  if (reason !== undefined)
    return { code: 'SL208', range: path, message: `\`${shown(path.text)}\` has no meaning here: ${reason}` }
  return {
    code: 'SL203',
    range: path,
    message: `there is no name \`${shown(path.text)}\` here`,
    hint: outerHint(path, scope, name) ?? nameHint(path, at, scope, name),
  }
}

function missingIn(at: TemplateValue, path: PathNode, prefix: string, name: string): NameMistake {
  const owner = prefix === '' ? 'this' : prefix
  if (
    at === null ||
    (typeof at !== 'object' && typeof at !== 'string') ||
    (typeof at === 'object' && isList(at))
  )
    return {
      code: 'SL203',
      range: path,
      message: `\`${owner}\` is ${kindOf(at)} and has no member \`${name}\``,
      ...(at !== null && typeof at === 'object' ? { hint: 'go through its items with `{{#each}}`' } : {}),
    }
  const names = memberNames(at)
  const some = names.slice(0, 6).map((each) => `\`${each}\``)
  return {
    code: 'SL203',
    range: path,
    message: `\`${owner}\` has no member \`${name}\``,
    hint:
      didYouMean(
        dotted(prefix, name),
        names.map((each) => dotted(prefix, each)),
      ) ??
      (some.length > 0 ? `it has ${some.join(', ')}${names.length > some.length ? ', …' : ''}` : undefined),
  }
}

/** Inside `each` and `with` names belong to the item: a name of an outer context is the usual mistake. */
function outerHint(path: PathNode, scope: Scope, name: string): string | undefined {
  if (path.scope !== 'context') return undefined
  let contexts = scope.contexts
  for (let i = 0; i < path.depth; i++) contexts = contexts?.outer
  let up = '../'.repeat(path.depth)
  for (let outer = contexts?.outer; outer; outer = outer.outer) {
    up += '../'
    if (memberOf(outer.context, name) !== undefined)
      return `names belong to the block's item here: write \`${up}${path.parts.join('.')}\``
  }
  return memberOf(scope.data.root, name) === undefined || scope.context === scope.data.root
    ? undefined
    : `names belong to the block's item here: write \`@root.${path.parts.join('.')}\``
}

function nameHint(
  path: PathNode,
  at: TemplateValue | undefined,
  scope: Scope,
  name: string,
): string | undefined {
  const names = at === undefined ? [] : memberNames(at)
  const rest = path.parts.slice(1).join('.')
  const near = suggested(closest(name, names).map((each) => dotted(each, rest)))
  if (near) return near
  if (Object.hasOwn(signatures, name)) return `\`${name}\` is a helper: write \`${signatures[name]!.usage}\``
  const vars = memberOf(scope.data.root, 'vars')
  if (vars !== undefined && memberOf(vars, name) !== undefined) return `did you mean \`vars.${name}\`?`
  if (scope.calls.length > 0 && path.depth === 0)
    return `give it to the macro where it is called, \`${name}=…\`, or write \`(default ${name} …)\``
  return names.length > 0
    ? `there is ${names
        .slice(0, 8)
        .map((each) => `\`${each}\``)
        .join(', ')}`
    : undefined
}

function absentReason(path: PathNode, absent: Absent): string | undefined {
  for (let count = path.parts.length; count > 0; count--) {
    const name = path.parts.slice(0, count).join('.')
    if (Object.hasOwn(absent, name)) return absent[name]
  }
  return undefined
}

/** A path of any length in a sentence. */
function shown(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`
}

/** The path as written up to the member number `known`. */
function prefixOf(path: PathNode, known: number): string {
  return `${'../'.repeat(path.depth)}${path.scope === 'data' ? '@' : ''}${path.parts.slice(0, known).join('.')}`
}

function dotted(prefix: string, name: string): string {
  return prefix === '' || name === '' || prefix.endsWith('/') ? `${prefix}${name}` : `${prefix}.${name}`
}

/** The reason why `{{this}}` is no value where the root context has no relation of its own. */
export function absentThis(path: PathNode, scope: Scope, absent: Absent): string | undefined {
  const isContext =
    path.parts.length === 0 && path.scope === 'context' && !(scope.context instanceof SqlFragment)
  return isContext && scope.context === scope.data.root && Object.hasOwn(absent, 'this')
    ? absent.this
    : undefined
}
