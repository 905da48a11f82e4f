import type { Cause } from './difference.ts'
import type { SideTemplates } from './side.ts'

/** What changed of what a model's SQL is rendered from. */
export interface Causes {
  /** Its own template differs. */
  readonly isEdited: boolean
  /** Macros and vars that it uses and that differ: without an edit they are why its SQL does. */
  readonly causes: readonly Cause[]
}

/** Why a file's SQL differs. Where its template is not known on both sides, it counts as not edited. */
export function causesOf(
  before: SideTemplates,
  after: SideTemplates,
  paths: { readonly before: string; readonly after: string },
): Causes {
  const text = after.textOf(paths.after)
  if (text === undefined) return { isEdited: false, causes: [] }
  const old = before.textOf(paths.before)
  const macros = macrosOf(after, text)
  const texts = [text, ...macros.map((name) => after.macroOf(name) ?? '')]
  return {
    isEdited: old !== undefined && old !== text,
    causes: [
      ...macros
        .filter((name) => differs(before.macros, after.macros, name))
        .map((name) => ({ kind: 'macro', name }) as const),
      ...varsIn(texts)
        .filter((name) => differs(before.vars, after.vars, name))
        .map((name) => ({ kind: 'var', name }) as const),
    ],
  }
}

function differs(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  name: string,
): boolean {
  return before.get(name) !== after.get(name)
}

const macroCall = /\{\{~?\s*#?>\s*(?:"([^"]+)"|'([^']+)'|([^\s})|~]+))/g

/** Macros that a text calls, directly or not, in the order in which they are met. */
function macrosOf(templates: SideTemplates, text: string): readonly string[] {
  const found = new Set<string>()
  const waiting = [text]
  for (let within = waiting.shift(); within !== undefined; within = waiting.shift()) {
    for (const call of within.matchAll(macroCall)) {
      const name = call[1] ?? call[2] ?? call[3]!
      if (found.has(name)) continue
      found.add(name)
      waiting.push(templates.macroOf(name) ?? '')
    }
  }
  return [...found].filter((name) => templates.macros.has(name))
}

function varsIn(texts: readonly string[]): readonly string[] {
  const found = new Set<string>()
  for (const text of texts) {
    for (const tag of text.matchAll(/\{\{[^}]*\}\}/g))
      for (const use of tag[0].matchAll(/\bvars\.(?:\[([^\]]+)\]|([\w$-]+))/g)) found.add(use[1] ?? use[2]!)
  }
  return [...found].sort()
}
