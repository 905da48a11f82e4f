/** An instant in UTC as tables show it: `2001-01-05 06:30:00`. */
export function instantText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

/** As `instantText`, in the middle of a sentence. */
export function instantInText(ms: number): string {
  return `${instantText(ms)} UTC`
}
