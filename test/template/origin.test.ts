import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { offsetAt } from '../../core/diagnostics/place.ts'
import { originOf } from '../../core/template/origin.ts'
import type { Context } from '../../core/template/render.ts'
import type { Rendered, Written } from '../../core/template/template.ts'
import { renderText } from './rendering.ts'
import { anyProject, type GeneratedProject, mark } from './templates.ts'

interface Marked {
  readonly texts: ReadonlyMap<string, string>
  readonly macros: Readonly<Record<string, string>>
  /** Each mark became a character that occurs nowhere else: where it was written. */
  readonly written: ReadonlyMap<string, { readonly file: string; readonly offset: number }>
}

function markedUniquely({ text, macros }: GeneratedProject): Marked {
  const written = new Map<string, { file: string; offset: number }>()
  let next = 0xa000
  const unique = (file: string, source: string): string =>
    source.replaceAll(mark, (_, offset: number) => {
      const character = String.fromCharCode(next++)
      written.set(character, { file, offset })
      return character
    })
  const files = Object.entries(macros).map(
    ([name, macro]) => [name, unique(`macros/${name}.sql`, macro)] as const,
  )
  const texts = new Map(files.map(([name, macro]) => [`macros/${name}.sql`, macro]))
  texts.set('model.sql', unique('model.sql', text))
  return { texts, macros: Object.fromEntries(files), written }
}

function sliceOf(texts: Marked['texts'], { file, offset, endOffset }: Written): string {
  return texts.get(file)!.slice(offset, endOffset)
}

/** `expect` costs too much for every character of a thousand templates. */
function ensure(holds: boolean, what: string, { text, spans }: Rendered): void {
  if (!holds) throw new Error(`${what}\n${JSON.stringify(text)}\n${JSON.stringify(spans, undefined, 1)}`)
}

function checkSpans(result: Rendered, { texts }: Marked): void {
  const { text, spans } = result
  let end = 0
  for (const span of spans) {
    ensure(span.start === end, 'spans are adjacent', result)
    end = span.end
    const source = texts.get(span.file)!
    if (span.kind === 'text')
      ensure(sliceOf(texts, span) === text.slice(span.start, span.end), 'text is copied', result)
    else {
      const isInTag =
        /\{\{~?[&{]?\s*$/.test(source.slice(Math.max(span.offset - 20, 0), span.offset)) &&
        /^\s*\}?~?\}\}/.test(source.slice(span.endOffset, span.endOffset + 20))
      ensure(isInTag, 'values are whole tags', result)
    }
    for (const call of span.calls) ensure(/^\{\{~?#?>/.test(sliceOf(texts, call)), 'calls are calls', result)
    ensure((span.calls.at(-1)?.file ?? span.file) === 'model.sql', 'calls begin in the model', result)
  }
  ensure(end === text.length, 'spans cover the text', result)
}

describe('where a rendered text was written', () => {
  test('every character of any rendered template leads back to its own place, through nested macros', {
    timeout: 300_000,
  }, () => {
    let rendered = 0
    let throughMacros = 0
    fc.assert(
      fc.property(anyProject, (project) => {
        const marked = markedUniquely(project)
        const { texts, macros, written } = marked
        let result: Rendered
        try {
          result = renderText(texts.get('model.sql')!, project.context as Context, { macros })
        } catch (error) {
          if (error instanceof SluiceError) return
          throw error
        }
        checkSpans(result, marked)
        for (let offset = 0; offset < result.text.length; offset++) {
          const expected = written.get(result.text[offset]!)
          if (!expected) continue
          const { place, via } = originOf(result, offset, (file) => texts.get(file))
          const offsetInFile = offsetAt(texts.get(place.file)!, place.line, place.column)
          ensure(
            place.file === expected.file && offsetInFile === expected.offset,
            `origin of ${offset}`,
            result,
          )
          if (via.length > 1) throughMacros += 1
        }
        rendered += 1
      }),
      { seed: 20260402, numRuns: 1500 },
    )
    expect(rendered).toBeGreaterThan(1000)
    expect(throughMacros).toBeGreaterThan(1000)
  })

  test('a value leads to its expression and to the macro calls around it, innermost first', () => {
    const macros = {
      outer: 'a\r\n  {{> inner column="amount"}} b',
      inner: '(\n {{identifier\tcolumn}} / {{vars.scale}})',
    }
    const model = 'select 1,\r\n\t{{> outer}} from x'
    const texts = new Map([
      ['model.sql', model],
      ['macros/outer.sql', macros.outer],
      ['macros/inner.sql', macros.inner],
    ])
    const result = renderText(model, { vars: { scale: 100 } }, { macros })
    expect(result.text).toBe('select 1,\r\n\ta\r\n  (\n "amount" / 100) b from x')
    const at = (piece: string) => originOf(result, result.text.indexOf(piece), (file) => texts.get(file))
    expect(at('100')).toEqual({
      place: { file: 'macros/inner.sql', line: 2, column: 28, endLine: 2, endColumn: 38 },
      via: [
        { file: 'macros/outer.sql', line: 2, column: 3, endLine: 2, endColumn: 30 },
        { file: 'model.sql', line: 2, column: 2, endLine: 2, endColumn: 13 },
      ],
    })
    expect(at('mount').place).toMatchObject({ line: 2, column: 4, endColumn: 21 })
    expect(at(' b from')).toMatchObject({ place: { file: 'macros/outer.sql', line: 2, column: 30 } })
    expect(at('from x')).toEqual({ place: { file: 'model.sql', line: 2, column: 14 }, via: [] })
  })

  test('offsets at and beyond the end lead to the end of the file', () => {
    const result = renderText('select 1\nfrom x', {})
    const place = (offset: number) => originOf(result, offset, () => 'select 1\nfrom x').place
    expect(place(15)).toEqual({ file: 'model.sql', line: 2, column: 7 })
    expect(place(99)).toEqual({ file: 'model.sql', line: 2, column: 7 })
    expect(originOf(renderText('', {}), 0, () => '').place).toEqual({ file: 'model.sql', line: 1, column: 1 })
  })

  test('the indentation of a macro that stands on a line of its own leads to the line of its call', () => {
    const model = 'select\n    {{> columns}}\nfrom x'
    const result = renderText(model, {}, { macros: { columns: 'a,\nb\n' } })
    expect(result.text).toBe('select\n    a,\n    b\nfrom x')
    const place = originOf(result, result.text.indexOf('  b'), () => model).place
    expect(place).toMatchObject({ file: 'model.sql', line: 2 })
  })
})
