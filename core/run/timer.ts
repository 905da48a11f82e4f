/** The longest time that a timer of the runtime can wait; a longer one would end at once. */
const LONGEST_MS = 2 ** 31 - 1

/** Does the work when so many milliseconds have passed, however many they are; returns what calls it off. */
export function afterMs(ms: number, work: () => void): () => void {
  let timer = wait(ms)
  function wait(left: number): ReturnType<typeof setTimeout> {
    if (left <= LONGEST_MS) return setTimeout(work, left)
    return setTimeout(() => {
      timer = wait(left - LONGEST_MS)
    }, LONGEST_MS)
  }
  return () => clearTimeout(timer)
}
