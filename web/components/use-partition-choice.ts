import { useCallback, useEffect, useState } from 'preact/hooks'

const prefix = '#partition='

/** The partition that is chosen on the page, by its index: the newest, until the URL's hash or somebody says otherwise. The hash follows. */
export function usePartitionChoice(keys: readonly string[]): readonly [number, (index: number) => void] {
  const [chosen, setChosen] = useState(keys.length - 1)
  useEffect(() => {
    const follow = (): void => {
      const index = keys.indexOf(keyIn(location.hash) ?? '')
      if (index >= 0) setChosen(index)
    }
    follow()
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [keys])
  const choose = useCallback(
    (index: number): void => {
      const key = keys[index]
      if (key === undefined) return
      setChosen(index)
      // Replaced, not added: whoever goes back wants the page before.
      history.replaceState(history.state, '', `${prefix}${encodeURIComponent(key)}`)
    },
    [keys],
  )
  return [Math.min(chosen, keys.length - 1), choose]
}

function keyIn(hash: string): string | undefined {
  if (!hash.startsWith(prefix)) return undefined
  try {
    return decodeURIComponent(hash.slice(prefix.length))
  } catch {
    return undefined
  }
}
