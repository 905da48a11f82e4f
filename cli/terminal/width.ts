/** How many cells a terminal gives to a text. Wide (East Asian, emoji) characters take two, marks none. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const escapes = /\u001b\[[0-9;?]*[A-Za-z]/g
const marks = /^[\p{Mn}\p{Me}\p{Cf}]$/u
const ascii = /^[\x20-\x7e]*$/

/** First and last code points of the ranges that Unicode's EastAsianWidth.txt calls W or F, merged where only unassigned ones lie between. */
const wide: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2329, 0x232a],
  [0x23e9, 0x23ec],
  [0x25fd, 0x25fe],
  [0x2614, 0x2615],
  [0x2648, 0x2653],
  [0x26a1, 0x26a1],
  [0x26ce, 0x26ce],
  [0x2705, 0x2705],
  [0x270a, 0x270b],
  [0x2728, 0x2728],
  [0x274c, 0x274c],
  [0x2753, 0x2755],
  [0x2795, 0x2797],
  [0x2b50, 0x2b50],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18d08],
  [0x1b000, 0x1b2fb],
  [0x1f004, 0x1f004],
  [0x1f0cf, 0x1f0cf],
  [0x1f18e, 0x1f18e],
  [0x1f191, 0x1f19a],
  [0x1f200, 0x1f320],
  [0x1f32d, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f7e0, 0x1f7eb],
  [0x1f90c, 0x1faff],
  [0x20000, 0x3fffd],
]

function cellsOf(character: string): number {
  const code = character.codePointAt(0)!
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0
  if (code < 0x300) return 1
  if (marks.test(character)) return 0
  return wide.some(([first, last]) => code >= first && code <= last) ? 2 : 1
}

export function withoutEscapes(text: string): string {
  return text.includes('\u001b') ? text.replace(escapes, '') : text
}

/** Cells that the text takes; escape sequences take none. */
export function displayWidth(text: string): number {
  const plain = withoutEscapes(text)
  if (ascii.test(plain)) return plain.length
  let cells = 0
  for (const character of plain) cells += cellsOf(character)
  return cells
}

/** Cuts a text to at most `cells` cells; what is lost shows as `…`. Escape sequences survive, and are reset at the cut. */
export function truncate(text: string, cells: number): string {
  if (displayWidth(text) <= cells) return text
  if (cells < 1) return ''
  let kept = ''
  let used = 0
  let isStyled = false
  for (let at = 0; at < text.length; ) {
    escapes.lastIndex = at
    const sequence = text[at] === '\u001b' ? escapes.exec(text) : null
    if (sequence && sequence.index === at) {
      kept += sequence[0]
      isStyled = true
      at += sequence[0].length
      continue
    }
    const character = String.fromCodePoint(text.codePointAt(at)!)
    const width = cellsOf(character)
    if (used + width > cells - 1) break
    kept += character
    used += width
    at += character.length
  }
  return `${kept}…${isStyled ? '\u001b[0m' : ''}`
}

/** Cuts the middle out of a name, so that its beginning and its end can still be told apart. */
export function truncateMiddle(text: string, cells: number): string {
  if (displayWidth(text) <= cells) return text
  const characters = [...text]
  const head: string[] = []
  const tail: string[] = []
  let left = cells - 1
  for (let from = 0, to = characters.length - 1; from <= to; ) {
    const takesHead = head.length <= tail.length
    const character = takesHead ? characters[from++]! : characters[to--]!
    left -= cellsOf(character)
    if (left < 0) break
    if (takesHead) head.push(character)
    else tail.unshift(character)
  }
  return cells < 1 ? '' : `${head.join('')}…${tail.join('')}`
}

export function padEnd(text: string, cells: number): string {
  return text + ' '.repeat(Math.max(0, cells - displayWidth(text)))
}

export function padStart(text: string, cells: number): string {
  return ' '.repeat(Math.max(0, cells - displayWidth(text))) + text
}
