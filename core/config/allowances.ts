import type { Layer } from './layers.ts'
import type { Allowance } from './project.ts'

/** What a model is excused from by all of its layers together; of two that name one rule the nearer counts. */
export function allowancesOf(layers: readonly Layer[]): readonly Allowance[] {
  const found = new Map<string, Allowance>()
  for (const { settings, source, prefix, isOwn } of layers) {
    for (const { rule, reason } of settings.allow ?? []) {
      if (found.has(rule)) continue
      found.set(rule, {
        rule,
        ...(reason === undefined ? {} : { reason }),
        at: { file: source.file, path: [...prefix, 'allow', ...(reason === undefined ? [] : [rule])] },
        ...(isOwn ? {} : { isShared: true }),
      })
    }
  }
  return found.size === 0 ? nothing : [...found.values()]
}

const nothing: readonly never[] = []
