/** A link that may stand in a page: `http`, `https` or `mailto`, whole. Undefined for everything else: other schemes however they are spelled, and
 * relative ones, which lead nowhere from a page of the site. */
export function safeUrl(text: string): string | undefined {
  const written = text.trim()
  if (written.length > 2_000 || !/^(?:https?:\/\/|mailto:)[^\s]/i.test(written)) return undefined
  if (hasControl(written)) return undefined
  try {
    const { protocol } = new URL(written)
    return protocol === 'http:' || protocol === 'https:' || protocol === 'mailto:' ? written : undefined
  } catch {
    return undefined
  }
}

/** Browsers leave line breaks and tabs in a URL out, so that they could hide what it is. */
function hasControl(text: string): boolean {
  return [...text].some((character) => {
    const code = character.codePointAt(0)!
    return code < 0x20 || (code >= 0x7f && code < 0xa0)
  })
}
