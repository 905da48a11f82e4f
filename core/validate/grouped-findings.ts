import type { PlacedFinding } from '../compile/linted.ts'
import type { LintRule } from '../config/project.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'

/** Something that a rule found, where it was written. */
export type Placed = Pick<Diagnostic, 'place' | 'via'> & {
  readonly rule: LintRule
  readonly what: readonly string[]
}

/** Findings of one rule and group are told as one, at the place of the first. */
export function groupedFindings(findings: readonly PlacedFinding[]): readonly Placed[] {
  const placed: Placed[] = []
  const groups = new Map<string, Placed & { readonly what: string[] }>()
  for (const { rule, what, group, ...where } of findings) {
    if (group === undefined) {
      placed.push({ rule, what: [what], ...where })
      continue
    }
    // A macro is used in many places and cannot know the names of the relations there.
    if (where.via !== undefined) continue
    const id = `${rule} ${group}`
    const known = groups.get(id)
    if (known === undefined) groups.set(id, { rule, what: [what], ...where })
    else if (!known.what.includes(what)) known.what.push(what)
  }
  return [...placed, ...groups.values()]
}
