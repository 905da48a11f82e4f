import { type ContentCache, contentKey } from '../cache/content-cache.ts'
import type { FileParsers } from '../config/load.ts'
import { type ParsedModelHeader, parseModelHeader } from '../config/model-header.ts'

/** Reads headers of models, and remembers what they say by path and text. */
export function rememberedHeaders(cache: ContentCache): Pick<FileParsers, 'modelHeader'> {
  return {
    modelHeader: (text, path) => {
      const key = contentKey(['header', path, text])
      const known = cache.get(key) as ParsedModelHeader | undefined
      if (known !== undefined) return known
      const parsed = parseModelHeader(text, path)
      // Mistakes are worth the time: they may hold what plain data cannot say.
      if (parsed.problems.length === 0) cache.set(key, parsed)
      return parsed
    },
  }
}
