import { SluiceError } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import {
  circlesOf,
  type NamedSelector,
  type NamedSelectors,
  readable,
  type SelectorDefinition,
  type SelectorSet,
  textsOf,
} from '../graph/named-selectors.ts'
import { parseSelectors } from '../graph/selector.ts'
import { mistakeAt, type Path, type Problem } from './problem.ts'
import { isMap, sentence } from './schema/values.ts'

type Add = (...problems: readonly Problem[]) => void

const setKeys = ['union', 'intersection', 'exclude'] as const

/** Reads `selectors` of `sluice.yml`. What cannot be read is reported and left out. */
export function readSelectors(raw: Readonly<Record<string, unknown>>, add: Add): NamedSelectors {
  const selectors: Record<string, NamedSelector> = Object.create(null)
  for (const [name, value] of Object.entries(raw)) {
    const path = ['selectors', name]
    if (!/^[\p{L}\p{N}_.-]+$/u.test(name)) {
      add(
        mistakeAt('SL109', path, 'key', {
          message: `\`${name}\` cannot be the name of a selector.`,
          hint: 'Use letters, digits, `_`, `-` and `.`, so that `selector:NAME` can name it.',
        }),
      )
    }
    const read = named(value, path, add)
    if (read !== undefined) selectors[name] = read
  }
  checkReferences(selectors, new Set(Object.keys(raw)), add)
  return { ...selectors }
}

function named(raw: unknown, path: Path, add: Add): NamedSelector | undefined {
  if (!isMap(raw)) return wrapped(definitionOf(raw, path, add))
  const { description, ...set } = raw
  if (description !== undefined && typeof description !== 'string') {
    add(mistakeAt('SL105', [...path, 'description'], 'value', { message: '`description` must be text.' }))
  }
  const read = wrapped(setOf(set, path, add))
  return read === undefined || typeof description !== 'string' ? read : { ...read, description }
}

function wrapped(definition: SelectorDefinition | undefined): NamedSelector | undefined {
  return definition === undefined ? undefined : { definition }
}

function definitionOf(raw: unknown, path: Path, add: Add): SelectorDefinition | undefined {
  if (typeof raw === 'string') return textOf(raw, path, add)
  if (isMap(raw)) return setOf(raw, path, add)
  if (Array.isArray(raw)) return listOf(raw, path, add)
  add(
    mistakeAt('SL105', path, 'value', {
      message: 'A selector is text, a list, or a map of `union`, `intersection` and `exclude`.',
      hint: raw === null ? 'Write something, or remove it.' : 'Text that looks like a number needs quotes.',
    }),
  )
  return undefined
}

function textOf(text: string, path: Path, add: Add): string | undefined {
  try {
    parseSelectors({ text, origin: '' })
    return text
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    for (const { message, hint } of error.diagnostics) {
      add(mistakeAt('SL135', path, 'value', { message: `${sentence(message)}.`, hint: sentence(hint) }))
    }
    return undefined
  }
}

function listOf(raw: readonly unknown[], path: Path, add: Add): readonly SelectorDefinition[] | undefined {
  if (raw.length === 0) {
    const fields = { message: 'A list of selectors is empty.', hint: 'Name at least one, or remove the key.' }
    add(mistakeAt('SL106', path, 'value', fields))
    return undefined
  }
  const read = raw.map((each, at) => definitionOf(each, [...path, at], add))
  return read.every((each) => each !== undefined) ? read : undefined
}

function setOf(raw: Readonly<Record<string, unknown>>, path: Path, add: Add): SelectorSet | undefined {
  const unknown = Object.keys(raw).filter((key) => !setKeys.some((known) => known === key))
  for (const key of unknown) {
    const hint = sentence(didYouMean(key, setKeys, 1)) ?? 'Keys are `union`, `intersection` and `exclude`.'
    add(mistakeAt('SL104', [...path, key], 'key', { message: `A selector has no key \`${key}\`.`, hint }))
  }
  const lists = setKeys.flatMap((key) => {
    if (!(key in raw)) return []
    const value = raw[key]
    const list = listOf(Array.isArray(value) ? value : [value], [...path, key], add)
    return [[key, list] as const]
  })
  if (lists.length === 0 && unknown.length === 0) {
    const hint = 'Give `union`, `intersection` or `exclude`.'
    add(mistakeAt('SL106', path, 'value', { message: 'A selector is empty.', hint }))
  }
  const isRead = unknown.length === 0 && lists.length > 0 && lists.every(([, list]) => list !== undefined)
  return isRead ? (Object.fromEntries(lists) as SelectorSet) : undefined
}

/** `selector:NAME` must mean one of the selectors, and never lead back. */
function checkReferences(selectors: NamedSelectors, known: ReadonlySet<string>, add: Add): void {
  for (const [name, { definition }] of Object.entries(selectors)) {
    for (const { text, path } of textsOf(definition)) {
      for (const { core } of readable(text)) {
        if (core.method !== 'selector' || known.has(core.name)) continue
        add(
          mistakeAt('SL137', ['selectors', name, ...path], 'value', {
            message: `There is no named selector \`${core.name}\`.`,
            hint: sentence(didYouMean(core.name, known)) ?? `There are ${[...known].join(', ')}.`,
          }),
        )
      }
    }
  }
  for (const circle of circlesOf(selectors)) {
    add(
      mistakeAt('SL136', ['selectors', circle[0]!], 'value', {
        message: `These selectors go in a circle: ${circle.join(' → ')} (each names the next).`,
        hint: 'Take one of these references out.',
      }),
    )
  }
}
