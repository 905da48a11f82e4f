/** Where an axis is marked, and what it says there. */
export interface Tick {
  readonly at: number
  readonly label: string
}

/** Marks of an axis from 0 to at least `max`, some `count` of them at round values; the last is the axis' end. */
export function valueTicks(max: number, count: number, unit: 'rows' | 'ms'): readonly Tick[] {
  const step = unit === 'ms' ? niceDuration(max / count) : niceNumber(Math.max(max, 1) / count)
  const least = unit === 'ms' ? step : Math.max(step, 1)
  const steps = Math.max(1, Math.ceil(max / least - 1e-9))
  const unitMs = unit === 'ms' ? durationUnits.findLast(([, ms]) => ms <= least)! : undefined
  return Array.from({ length: steps + 1 }, (_, index) => {
    const at = index * least
    if (at === 0) return { at, label: '0' }
    return { at, label: unitMs ? `${short(at / unitMs[1])} ${unitMs[0]}` : compactCount(at) }
  })
}

const durationUnits = [
  ['ms', 1],
  ['s', 1_000],
  ['min', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
] as const

const durationSteps = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((step) => step * 1_000),
  ...[1, 2, 5, 10, 15, 30].map((step) => step * 60_000),
  ...[1, 2, 3, 6, 12].map((step) => step * 3_600_000),
]

function niceDuration(least: number): number {
  const found = durationSteps.find((step) => step >= least)
  return found ?? niceNumber(least / 86_400_000) * 86_400_000
}

/** The smallest of 1, 2 and 5 times a power of ten that is not below `least`. */
function niceNumber(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  const step = [1, 2, 5, 10].find((each) => each * power >= least * (1 - 1e-9)) ?? 10
  return step * power
}

/** `950`, `1.5k`, `20M`. */
export function compactCount(value: number): string {
  const units = [
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const
  const unit = units.find(([size]) => value >= size)
  return unit ? `${short(value / unit[0])}${unit[1]}` : short(value)
}

function short(value: number): string {
  return `${Number(value.toPrecision(3))}`
}

/** Marks along partitions, at most `most`: where years, months, days or hours begin, whichever fits, else every so many of them. */
export function keyTicks(keys: readonly string[], most: number): readonly Tick[] {
  if (keys.length === 0 || most < 1) return []
  const levels = [13, 10, 7, 4].map((length) => beginnings(keys, length))
  const fitting = levels.find((ticks) => ticks.length <= most && ticks.length > 1)
  if (fitting !== undefined) return withoutCrowd(fitting, keys.length / most)
  const coarsest = levels.findLast((ticks) => ticks.length > most) ?? levels.at(-1)!
  const every = niceStep(Math.ceil(coarsest.length / most))
  return coarsest.filter((_, index) => index % every === 0)
}

/** The first mark stands where the axis begins, maybe just before the next one. */
function withoutCrowd(ticks: readonly Tick[], least: number): readonly Tick[] {
  return ticks[1]!.at - ticks[0]!.at < least * 0.8 ? ticks.slice(1) : ticks
}

function niceStep(least: number): number {
  for (let power = 1; ; power *= 10) {
    const step = [1, 2, 5].find((each) => each * power >= least)
    if (step !== undefined) return step * power
  }
}

/** Where the first characters of the keys change, as the first partition of each month. */
function beginnings(keys: readonly string[], length: number): readonly Tick[] {
  const ticks: Tick[] = []
  keys.forEach((key, at) => {
    const label = key.slice(0, length)
    if (at === 0 || label !== keys[at - 1]!.slice(0, length)) ticks.push({ at, label })
  })
  return ticks
}
