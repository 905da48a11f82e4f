import type { TextFile } from './template.ts'
import type { ParsedTemplate } from './tree.ts'

/** Parses a template; `bodyStart` is where it begins in the file (after a model's header). Throws a `SluiceError` (SL2…). */
export type TemplateParser = (file: TextFile, bodyStart?: number) => ParsedTemplate

/** Whether a text has anything that Handlebars must look at; without it a text renders as itself. */
export function containsTags(text: string, bodyStart = 0): boolean {
  return text.includes('{{', bodyStart)
}

/** A text without tags as a template. */
export function plainTemplate(file: TextFile, bodyStart = 0): ParsedTemplate {
  const text = file.text.slice(bodyStart)
  const body = text === '' ? [] : [{ kind: 'text' as const, text, start: bodyStart }]
  return { file: file.file, text: file.text, bodyStart, program: { body, blockParams: 0, inlines: [] } }
}

/** A parser for many templates. Handlebars' grammar is loaded here, once, so that nothing else pays for it. */
export async function loadTemplateParser(): Promise<TemplateParser> {
  const { parseTags } = await import('./grammar.ts')
  return (file, bodyStart = 0) =>
    containsTags(file.text, bodyStart) ? parseTags(file, bodyStart) : plainTemplate(file, bodyStart)
}

/** Parses one template; loads Handlebars only if the text has tags. */
export async function parseTemplate(file: TextFile, bodyStart = 0): Promise<ParsedTemplate> {
  if (!containsTags(file.text, bodyStart)) return plainTemplate(file, bodyStart)
  return (await loadTemplateParser())(file, bodyStart)
}
