import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { checkRange, type RequestedRange } from '../../core/time/requested-range.ts'
import type { Options } from './definitions.ts'

/** The range that `--partition`, or `--from` and `--to`, ask for; undefined if none of them is given. */
export function rangeFrom({ partition, from, to }: Options): RequestedRange | undefined {
  if (partition !== undefined && (from !== undefined || to !== undefined)) {
    throw SluiceError.of('SL905', {
      message: `--partition cannot be combined with ${from === undefined ? '--to' : '--from'}`,
      hint: 'use --partition for one key or the beginning of one, --from and --to for a range',
    })
  }
  const first = partition ?? from
  const last = partition ?? to
  if (first === undefined && last === undefined) return undefined
  const range = {
    ...(first === undefined ? {} : { from: first }),
    ...(last === undefined ? {} : { to: last }),
  }
  checkRange(range)
  return range
}
