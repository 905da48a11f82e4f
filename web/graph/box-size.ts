import type { LayoutBox } from '../layout/request.ts'

/** Sizes of what is drawn, in pixels at scale 1. */
export const titleHeight = 34
export const rowHeight = 20
/** Left of the title stands the kind's sign, right of it the state's. */
export const titleStart = 30
const titleEnd = 28
const rowStart = 12
const rowEnd = 12
const narrowest = 120
const widest = 260

/** What a box shows, as far as it decides the size. */
export interface BoxContent {
  readonly id: string
  readonly label: string
  /** Columns below the title. */
  readonly columns?: readonly string[]
}

/** A box as wide as its text, within bounds; longer text is shortened when it is drawn. */
export function sizedBox({ id, label, columns = [] }: BoxContent): LayoutBox {
  const wanted = Math.max(
    textWidth(label) + titleStart + titleEnd,
    ...columns.map((name) => textWidth(name) * rowFontShare + rowStart + rowEnd),
  )
  const rows = columns.map((name, at) => ({ name, y: titleHeight + rowHeight * (at + 0.5) }))
  return {
    id,
    width: Math.min(widest, Math.max(narrowest, Math.ceil(wanted / 10) * 10)),
    height: titleHeight + (rows.length === 0 ? 0 : rowHeight * rows.length + 6),
    portY: titleHeight / 2,
    ...(rows.length === 0 ? {} : { rows }),
  }
}

/** Rows are written smaller than titles: 12 to 13 pixels. */
const rowFontShare = 12 / 13

/** The title as it fits a box of this width. */
export function shownTitle(label: string, width: number): string {
  return shortened(label, width - titleStart - titleEnd)
}

/** A column's name as it fits. */
export function shownRow(name: string, width: number): string {
  return shortened(name, (width - rowStart - rowEnd) / rowFontShare)
}

/** Without its middle, as names of relations differ at the beginning and at the end. */
function shortened(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  const characters = [...text]
  let front = 0
  let back = 0
  let room = width - characterWidth('…')
  for (;;) {
    const isFront = front <= back
    const next = isFront ? characters[front]! : characters[characters.length - 1 - back]!
    room -= characterWidth(next)
    if (room < 0 || front + back >= characters.length) break
    if (isFront) front++
    else back++
  }
  return `${characters.slice(0, front).join('')}…${characters.slice(characters.length - back).join('')}`
}

/** About how wide a text is in the title's 13 pixels of any sans-serif, rather too wide: nothing can be measured where pages are made. */
function textWidth(text: string): number {
  let width = 0
  for (const character of text) width += characterWidth(character)
  return width
}

function characterWidth(character: string): number {
  if (/[ijlI.,:;'|!()[\]ft]/.test(character)) return 4.4
  if (/[mwMW@%]/.test(character)) return 12
  if (/[A-Z]/.test(character)) return 9
  return character.codePointAt(0)! < 0x1100 ? 7.4 : 14
}
