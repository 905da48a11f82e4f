import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

/** How many rows of a long list to show: `step` at first, more when its end comes into view. Begins anew when `about` changes. */
export function useMore(
  total: number,
  step: number,
  about: unknown,
): { readonly shown: number; readonly end: RefObject<HTMLElement> } {
  const [count, setCount] = useState({ about, shown: step })
  const shown = Math.min(total, count.about === about ? count.shown : step)
  const end = useRef<HTMLElement>(null)
  useEffect(() => {
    const element = end.current
    if (element === null || shown >= total) return
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setCount({ about, shown: shown + step })
      },
      { rootMargin: '1500px' },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [shown, total, step, about])
  return { shown, end: end as RefObject<HTMLElement> }
}
