import type { ColumnType } from './project.ts'

/** Parts of a format, from the coarsest on. */
const tokens = ['YYYY', 'MM', 'DD', 'HH', 'mm', 'ss'] as const

export type FormatMistake =
  | { readonly kind: 'unusable'; readonly message: string; readonly hint: string }
  | { readonly kind: 'too_coarse'; readonly message: string; readonly hint: string }

/**
 * Why a format cannot be used for a partition column of text or integers, or undefined. Values must sort by time byte for byte
 * and name one instant each, so a format is year, month, day, hour, minute and second in this order, from the year on without
 * a gap, with separators between that are no letters but `T` and `Z`. `parts` of them tell the partitions of the grain apart.
 */
export function formatMistake(
  format: string,
  type: ColumnType,
  grain: string,
  parts: number,
): FormatMistake | undefined {
  const example = exampleFor(type, parts)
  const hint = `For example ${example}.`
  const pieces = format.match(/YYYY|MM|DD|HH|mm|ss|T(?=HH)|[A-Za-z]+|[^A-Za-z]+/g) ?? []
  const used: string[] = []
  for (const part of pieces) {
    if ((tokens as readonly string[]).includes(part)) used.push(part)
    else if (/[A-Za-z]/.test(part) && part !== 'T' && part !== 'Z') {
      return {
        kind: 'unusable',
        message: `\`${part}\` is not a part of a date`,
        hint: `Parts are ${tokens.join(', ')}. ${hint}`,
      }
    } else if (/\d/.test(part)) {
      return {
        kind: 'unusable',
        message: `\`${part}\` holds digits, which would be read as part of the date`,
        hint,
      }
    } else if (type === 'integer') {
      return { kind: 'unusable', message: `An integer cannot hold \`${part}\``, hint }
    }
  }
  if (!used.every((token, at) => token === tokens[at]) || used.length === 0) {
    return {
      kind: 'unusable',
      message: `\`${format}\` does not sort by time`,
      hint: `Begin with YYYY, then ${tokens.slice(1).join(', ')} in this order and without a gap. ${hint}`,
    }
  }
  if (used.length < parts) {
    return {
      kind: 'too_coarse',
      message: `\`${format}\` gives several partitions ${grain} the same value`,
      hint: `Use a finer format or a coarser grain. ${hint}`,
    }
  }
  return undefined
}

/** A format that fits, for hints. */
export function exampleFor(type: ColumnType, parts: number): string {
  const texts = ['YYYY', 'YYYY-MM', 'YYYY-MM-DD', 'YYYY-MM-DD HH', 'YYYY-MM-DD HH:mm', 'YYYY-MM-DD HH:mm:ss']
  const integers = ['YYYY', 'YYYYMM', 'YYYYMMDD', 'YYYYMMDDHH', 'YYYYMMDDHHmm', 'YYYYMMDDHHmmss']
  return (type === 'integer' ? integers : texts)[parts - 1]!
}
