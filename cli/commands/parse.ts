import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { diagnostic, SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { Handler, Invocation } from '../command.ts'
import { reasonOfFileError } from '../diagnostics/file.ts'
import { exitCodes } from '../exit.ts'
import { type ParsedFileJson, parsedFileJson } from '../json/parsed.ts'
import { parserOf } from '../parsers.ts'
import { type TableColumn, tableLines } from '../terminal/table.ts'
import { jsonLine } from '../text/json.ts'

/** Prints the tables and columns that SQL files name, one object a file. */
export const parse: Handler = async (invocation) => {
  const texts = await Promise.all(invocation.arguments.map((file) => textOf(file, invocation)))
  const parser = await parserOf(invocation.options.dialect ?? 'duckdb')
  try {
    const results = await parser.parse(texts)
    const parsed = results.map((result, at) => parsedFileJson(invocation.arguments[at]!, texts[at]!, result))
    print(parsed, invocation)
    return parsed.some((each) => each.error) ? exitCodes.failed : exitCodes.good
  } finally {
    await parser.close()
  }
}

async function textOf(file: string, { workingDirectory, standardInput }: Invocation): Promise<string> {
  if (file === '-') return standardInput()
  try {
    return await readFile(resolve(workingDirectory, file), 'utf8')
  } catch (error) {
    throw new SluiceError(
      [diagnostic('SL909', { message: `cannot read ${file}: ${reasonOfFileError(error)}` })],
      {
        cause: error,
      },
    )
  }
}

function print(parsed: readonly ParsedFileJson[], { format, terminal }: Invocation): void {
  const { out } = terminal
  if (format === 'json') {
    for (const each of parsed) out.write(jsonLine(each))
    return
  }
  const width = out.columns()
  const rows = parsed.flatMap(({ file, tables, error }) => [
    ...tables.map(({ name, line, column }) => [name, `${file}:${line}:${column}`]),
    ...(error
      ? [[`error: ${error.message}`, [file, error.line, error.column].filter(Boolean).join(':')]]
      : []),
  ])
  const columns: readonly TableColumn[] = [{ title: 'TABLE' }, { title: 'FIRST NAMED AT', shrinks: 'middle' }]
  const lines = tableLines(columns, rows, { title: out.style.dim, ...(width === undefined ? {} : { width }) })
  out.write(`${lines.join('\n')}\n`)
}
