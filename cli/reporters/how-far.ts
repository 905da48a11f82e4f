import type { Colors } from '../terminal/terminal.ts'
import { count, duration } from '../text/quantity.ts'
import { endedOf, type Progress } from './progress.ts'

/** A run with more partitions than this is told by how fast it goes, too. */
const mostShort = 12

/** How far a run is: partitions of all, what went wrong, how fast it goes, how long it may still take, how long it has taken. */
export function howFar(progress: Progress, nowMs: number, style: Colors): string {
  const { tally, plannedPartitions, throughput } = progress
  const ended = endedOf(tally)
  const isLong = plannedPartitions > mostShort
  const rate = isLong ? throughput.perMinute(nowMs) : undefined
  const leftMs = isLong ? throughput.remainingMs(plannedPartitions - ended, nowMs) : undefined
  const parts = [
    `${count(ended)}/${count(plannedPartitions)}`,
    tally.failed > 0 && style.red(`${count(tally.failed)} failed`),
    tally.blocked > 0 && style.yellow(`${count(tally.blocked)} blocked`),
    rate !== undefined && leftMs !== undefined && `${duration(leftMs)} left`,
    rate !== undefined && style.dim(`${rateText(rate)}/min`),
    style.dim(duration(nowMs - progress.startedMs)),
  ]
  return parts.filter(Boolean).join(style.dim(' · '))
}

function rateText(perMinute: number): string {
  return perMinute < 10 ? perMinute.toFixed(1) : count(Math.round(perMinute))
}
