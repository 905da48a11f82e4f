import pico from 'picocolors'
import type { Output, Terminal } from '../../cli/terminal/terminal.ts'

// Started by npx, the commands that are suggested begin with it.
delete process.env.npm_command

export const plainStyle = pico.createColors(false)

export interface MemoryTerminal extends Terminal {
  outText(): string
  errText(): string
  resize(columns: number): void
}

/** A terminal that keeps what is written; a tty if it has a size. */
export function memoryTerminal(size?: { readonly columns: number; readonly rows: number }): MemoryTerminal {
  let columns = size?.columns
  const listeners = new Set<() => void>()
  const texts = { out: '', err: '' }
  const output = (stream: 'out' | 'err'): Output => ({
    isTty: size !== undefined,
    style: plainStyle,
    columns: () => columns,
    rows: () => size?.rows,
    write(text) {
      texts[stream] += text
    },
    onResize(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  })
  return {
    out: output('out'),
    err: output('err'),
    outText: () => texts.out,
    errText: () => texts.err,
    resize(next) {
      columns = next
      for (const listener of listeners) listener()
    },
  }
}

/** What a terminal shows after this text: the escape sequences that Sluice uses, and no others. */
export function screenOf(text: string): {
  readonly lines: readonly string[]
  readonly isCursorShown: boolean
} {
  const lines: string[] = ['']
  let row = 0
  let column = 0
  let isCursorShown = true
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  const tokens = text.match(/\u001b\[[0-9;?]*[A-Za-z]|\r|\n|[^\u001b\r\n]+/g) ?? []
  for (const token of tokens) {
    if (token === '\n') {
      row += 1
      column = 0
      lines[row] ??= ''
    } else if (token === '\r') column = 0
    else if (token === '\u001b[2K') lines[row] = ''
    else if (token === '\u001b[J') {
      lines.length = row + 1
      lines[row] = lines[row]!.slice(0, column)
    } else if (/\[\d+A$/.test(token)) row = Math.max(0, row - Number(/\d+/.exec(token)![0]))
    else if (token.startsWith('\u001b[?25')) isCursorShown = token.endsWith('h')
    else if (token.startsWith('\u001b[?2026')) continue
    else if (token.startsWith('\u001b'))
      throw new Error(`unexpected escape sequence ${JSON.stringify(token)}`)
    else {
      lines[row] =
        lines[row]!.slice(0, column).padEnd(column) + token + lines[row]!.slice(column + token.length)
      column += token.length
    }
  }
  while (lines.at(-1) === '') lines.pop()
  return { lines, isCursorShown }
}
