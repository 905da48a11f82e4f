import type { Change, ChangeOf } from '../graph/selection-context.ts'
import { aspects } from '../graph/selector.ts'
import type { Definition } from './definition.ts'

/** How each node of the project differs from the definitions saved of another version of it. */
export function changesFrom(
  saved: ReadonlyMap<string, Definition>,
  now: (name: string) => Definition,
): ChangeOf {
  return (name): Change => {
    const before = saved.get(name)
    if (before === undefined) return { kind: 'new' }
    const after = now(name)
    return {
      kind: 'known',
      differs: new Set(aspects.filter((aspect) => before[aspect] !== after[aspect])),
    }
  }
}
