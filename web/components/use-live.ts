import { useEffect, useState } from 'preact/hooks'

/** False as the page was written, true once it runs in a browser: what only works with JavaScript waits for it. */
export function useIsLive(): boolean {
  const [isLive, setLive] = useState(false)
  useEffect(() => setLive(true), [])
  return isLive
}
