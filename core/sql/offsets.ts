/** Maps UTF-8 byte offsets of `text` to UTF-16 indexes. A byte inside a character maps to that character's start,
 * a byte beyond the end to the text's length. For ASCII text the mapping costs nothing. */
export function byteOffsets(text: string): (byte: number) => number {
  const first = firstNonAscii(text)
  if (first === text.length) return (byte) => Math.min(byte, text.length)
  let units: Uint32Array | undefined
  return (byte) => {
    if (byte <= first) return byte
    units ??= unitsByByte(text)
    return byte < units.length ? units[byte]! : text.length
  }
}

function firstNonAscii(text: string): number {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return index
  return text.length
}

/** For each UTF-8 byte, the UTF-16 index of the character it belongs to. A lone surrogate is encoded as U+FFFD: 3 bytes. */
function unitsByByte(text: string): Uint32Array {
  const units = new Uint32Array(text.length * 3)
  let byte = 0
  for (let index = 0; index < text.length; ) {
    const point = text.codePointAt(index)!
    const width = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
    units.fill(index, byte, byte + width)
    byte += width
    index += point < 0x10000 ? 1 : 2
  }
  return units.subarray(0, byte)
}
