import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { catalogue } from '../../core/diagnostics/catalogue.ts'
import type { Diagnostic, Place } from '../../core/diagnostics/diagnostic.ts'

/** What is wrong with diagnostics that a user would be shown: unknown codes, texts of a machine, places that are not there. */
export function judge(diagnostics: readonly Diagnostic[], root: string): readonly string[] {
  if (diagnostics.length === 0) return []
  return diagnostics.flatMap((each) =>
    mistakesOf(each, root).map((mistake) => `${mistake}: ${JSON.stringify(each).slice(0, 2000)}`),
  )
}

function mistakesOf(each: Diagnostic, root: string): readonly string[] {
  const texts = [each.message, each.hint, each.next].filter((text) => text !== undefined)
  return [
    ...(each.code in catalogue ? [] : [`unknown code ${each.code}`]),
    ...(each.message.trim() === '' ? ['no message'] : []),
    ...texts.flatMap(textMistakes),
    ...(each.place === undefined ? [] : placeMistakes(each.place, root)),
    ...(each.via ?? []).flatMap((place) => placeMistakes(place, root)),
  ]
}

/** Words that only a program says. Nothing that the tests mutate has them. */
function textMistakes(text: string): readonly string[] {
  return [
    ...(/\n\s+at \S/.test(text) ? ['a stack trace'] : []),
    ...(/\bundefined\b|\[object \w+\]|\bNaN\b|\bTypeError\b|\bRangeError\b/.test(text)
      ? ["a program's word"]
      : []),
    ...(text.length > 3000 ? ['a message of a page'] : []),
  ]
}

function placeMistakes({ file, line, column }: Place, root: string): readonly string[] {
  let text: string
  try {
    text = readFileSync(join(root, file), 'utf8')
  } catch {
    return [`no file ${file}`]
  }
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  if (!Number.isInteger(line) || line < 1 || line > lines.length) return [`line ${line} of ${lines.length}`]
  const length = lines[line - 1]!.length
  return Number.isInteger(column) && column >= 1 && column <= length + 1
    ? []
    : [`column ${column} of ${length}`]
}
