import { useEffect, useState } from 'preact/hooks'

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

/** UTC milliseconds, renewed every half minute; undefined on the server and while the page is taken over, so that both render the same. */
export function useNow(): number | undefined {
  const [now, setNow] = useState<number | undefined>(undefined)
  useEffect(() => {
    const renew = (): void => setNow(Date.now())
    renew()
    listeners.add(renew)
    timer ??= setInterval(() => {
      for (const listener of listeners) listener()
    }, 30_000)
    return () => {
      listeners.delete(renew)
      if (listeners.size > 0) return
      clearInterval(timer)
      timer = undefined
    }
  }, [])
  return now
}
