import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { Interval } from '../../core/time/interval.ts'
import { parseRange, rangeOf } from '../../core/time/range.ts'
import type { Options } from './definitions.ts'

/** The interval that `--partition`, or `--from` and `--to`, ask for; undefined if none of them is given. */
export function rangeFrom({ partition, from, to }: Options): Interval | undefined {
  if (partition !== undefined) {
    if (from === undefined && to === undefined) return parseRange(partition)
    throw SluiceError.of('SL905', {
      message: `--partition cannot be combined with ${from === undefined ? '--to' : '--from'}`,
      hint: 'use --partition for one key or the beginning of one, --from and --to for a range',
    })
  }
  return from === undefined && to === undefined ? undefined : rangeOf(from, to)
}
