import { useMemo, useRef } from 'preact/hooks'
import { dataSource } from '../client/data.ts'
import type { LineageOf } from './trace.ts'

/** Each relation's lineage is loaded once; of what has none it is undefined. */
export function useLineages(): LineageOf {
  const known = useRef(new Map<string, ReturnType<LineageOf>>())
  return useMemo(
    () => (relation) => {
      const found = known.current.get(relation)
      if (found !== undefined) return found
      const answer = dataSource()
        .lineage(relation)
        .catch(() => undefined)
      known.current.set(relation, answer)
      return answer
    },
    [],
  )
}
